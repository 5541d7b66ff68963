"""What a person is in a course and on the platform, from the roles claim. Pure.

https://www.imsglobal.org/spec/lti/v1p3#role-vocabularies
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

_CONTEXT_PREFIX = "http://purl.imsglobal.org/vocab/lis/v2/membership"

# Administrators of a course run it like its instructors. Content developers build it but have no business with what
# people write there; mentors, managers and members even less.
_STAFF = frozenset({"Instructor", "Administrator"})
_STAFF_SUBROLES = frozenset(
    f"Instructor#{name}"
    for name in ("PrimaryInstructor", "SecondaryInstructor", "Lecturer", "GuestInstructor", "ExternalInstructor")
)


_PLATFORM_ADMINISTRATORS = frozenset(
    f"http://purl.imsglobal.org/vocab/lis/v2/{where}/person#{role}"
    for where, role in (("system", "Administrator"), ("system", "SysAdmin"), ("institution", "Administrator"))
)


def is_instructor(roles: Iterable[str]) -> bool:
    """True for staff of the course itself; institution and system roles say nothing about it (least privilege)."""
    held = _context_roles(roles)
    return not _assists(held) and not held.isdisjoint(_STAFF | _STAFF_SUBROLES)


def may_place(roles: Collection[str]) -> bool:
    """True for those who may choose what stands in the course: its staff, those who build it, and administrators."""
    held = _context_roles(roles)
    builds = "ContentDeveloper" in held and not _assists(held)
    return builds or is_instructor(roles) or is_platform_administrator(roles)


def is_platform_administrator(roles: Iterable[str]) -> bool:
    """True for administrators of the platform's whole installation or institution."""
    return not _PLATFORM_ADMINISTRATORS.isdisjoint(roles)


def _context_roles(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(role for role in map(_context_role, roles) if role)


def _assists(held: Iterable[str]) -> bool:
    # Learning assistants are enrolled as teaching assistants in many courses, and platforms send the principal role
    # Instructor beside it. They are the learners here.
    return any(role.split("#")[-1].startswith("TeachingAssistant") for role in held)


def _context_role(role: str) -> str | None:
    """ "Instructor" or "Instructor#Lecturer", from the full or the short form; None for any other vocabulary."""
    if not role.startswith(_CONTEXT_PREFIX):
        return None if ":" in role else role
    rest = role.removeprefix(_CONTEXT_PREFIX)
    principal, subrole = rest.startswith("#"), rest.startswith("/") and "#" in rest
    return rest[1:] if principal or subrole else None
