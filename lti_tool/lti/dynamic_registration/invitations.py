"""Invitations: codes that let one platform register itself, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import DomainError
from lti_tool.lti.models import Platform, RegistrationInvitation
from lti_tool.people.models import ID_LENGTH
from lti_tool.people.sessions import hash_secret
from lti_tool.texts import gettext as _

LIFETIME = timedelta(days=7)
LONGEST_LIFETIME = timedelta(days=90)


class InvitationRefused(DomainError):
    """What was asked for makes no invitation."""


class InvitationClosed(DomainError):
    """The code opens nothing, or nothing any more."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "invitation-closed",
            title=_("This invitation cannot be used"),
            explanation=_("It has been used, has expired or was taken back, or it was not copied completely."),
            advice=_("Ask whoever sent it to you for a new one."),
        )


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """`created_by` is as in the model; `platform` is the name of the registration it led to."""

    id: int
    note: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    platform: str | None

    @property
    def state(self) -> str:
        """ "open", "used" or "expired"."""
        if self.used_at is not None:
            return "used"
        return "open" if self.expires_at > now() else "expired"


def invite(
    session: Session, note: str, created_by: str, lifetime: timedelta = LIFETIME
) -> tuple[RegistrationInvitation, str]:
    """A new invitation and its code, which is told here and kept nowhere. Raises `InvitationRefused`."""
    note = note.strip()
    if len(note) > ID_LENGTH or not note.isprintable():
        raise InvitationRefused("invitation-note", explanation=_("The note must be at most 255 printable characters."))
    if not timedelta() < lifetime <= LONGEST_LIFETIME:
        raise InvitationRefused("invitation-lifetime", explanation=_("An invitation is valid for 1 to 90 days."))
    code = secrets.token_hex(16)
    moment = now()
    row = RegistrationInvitation(
        code_hash=hash_secret(code),
        note=note,
        created_by=created_by,
        created_at=moment,
        expires_at=moment + lifetime,
    )
    session.add(row)
    session.flush()
    return row, code


def listed(session: Session) -> list[ListedInvitation]:
    """All invitations, newest first."""
    row = RegistrationInvitation
    columns = (row.id, row.note, row.created_by, row.created_at, row.expires_at, row.used_at, Platform.name)
    found = select(*columns).outerjoin(Platform, Platform.id == row.platform_id).order_by(row.id.desc())
    return [ListedInvitation(*values) for values in session.execute(found)]


def revoke(session: Session, invitation_id: int) -> bool:
    """Delete an invitation that has not been used; False if there is none (any more), which is no error."""
    row = RegistrationInvitation
    unused = delete(row).where(row.id == invitation_id, row.used_at.is_(None))
    return session.scalar(unused.returning(row.id)) is not None


def is_open(session: Session, code: str) -> bool:
    return session.scalar(select(RegistrationInvitation.id).where(_opens(code))) is not None


def use(session: Session, code: str) -> int:
    """Spend the invitation, within the transaction that stores the registration; returns its row id.

    Of two at once one gets it, the other raises `InvitationClosed`.
    """
    row = RegistrationInvitation
    spent: int | None = session.scalar(update(row).where(_opens(code)).values(used_at=now()).returning(row.id))
    if spent is None:
        raise InvitationClosed
    return spent


def _opens(code: str) -> ColumnElement[bool]:
    row = RegistrationInvitation
    return and_(row.code_hash == hash_secret(code.strip()), row.used_at.is_(None), row.expires_at > now())
