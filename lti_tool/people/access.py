"""Who may open a page. Every view says so with `@open_to(...)`; a view that does not stops the application's start."""

from __future__ import annotations

import enum
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import db, now, table_of
from lti_tool.errors import DomainError, NotAllowed
from lti_tool.people.models import Course, GrantKind, LaunchSession, Person, ResourceLink, Role, StaffGrant
from lti_tool.people.sessions import hash_secret, public_id_in, secret_of
from lti_tool.texts import gettext as _

View = TypeVar("View", bound=Callable[..., Any])


class Audience(enum.StrEnum):
    PUBLIC = "public"
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


STAFF = (Audience.INSTRUCTOR, Audience.COORDINATOR, Audience.ADMINISTRATOR)
EVERYONE = (Audience.LEARNER, *STAFF)


@dataclass(frozen=True, slots=True)
class Launch:
    """The visit that a request belongs to, as its launch and today's grants make it."""

    public_id: str
    person_id: int
    person_name: str | None
    course_id: int
    course_title: str | None
    link_id: int
    link_title: str | None
    # The custom parameter `module` of the link; None opens "My training".
    module_key: str | None
    role: Role
    locale: str
    return_url: str | None
    # Cohorts this person coordinates, by grant to them or to the course they instruct.
    cohort_ids: frozenset[int]
    administrator: bool

    @property
    def audiences(self) -> frozenset[Audience]:
        held = {Audience(self.role.value)}
        if self.cohort_ids:
            held.add(Audience.COORDINATOR)
        if self.administrator:
            held.add(Audience.ADMINISTRATOR)
        return frozenset(held)

    @property
    def staff(self) -> bool:
        return bool(self.audiences & set(STAFF))


class VisitEnded(DomainError):
    """No valid visit behind this address: expired, another browser, or the cookie was kept back."""

    status = 401

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("Your visit has ended"),
            explanation=_(
                "For your safety a visit lasts at most eight hours and stays in one browser. "
                "What you saved is safe, and what you typed is still on this device."
            ),
            advice=_("Open the link in your course again."),
        )


def open_to(*audiences: Audience) -> Callable[[View], View]:
    """Declare who may use a view. Any one of the audiences is enough."""

    def declare(view: View) -> View:
        view.audiences = frozenset(audiences)  # type: ignore[attr-defined]
        return view

    return declare


def current_launch() -> Launch:
    """The visit of this request; only within views that are not public."""
    launch: Launch = g.launch
    return launch


def init_access(app: Flask) -> None:
    app.before_request(_check_access)


def require_audiences(app: Flask) -> None:
    """Raise RuntimeError when a route does not say who may use it."""
    silent = [name for name, view in app.view_functions.items() if not audiences_of(name, view)]
    if silent:
        raise RuntimeError(f"routes without @open_to: {', '.join(sorted(silent))}")


def audiences_of(endpoint: str, view: Callable[..., Any]) -> frozenset[Audience]:
    if endpoint == "static" or endpoint.endswith(".static"):
        return frozenset({Audience.PUBLIC})
    declared: frozenset[Audience] = getattr(view, "audiences", frozenset())
    return declared


def _check_access() -> None:
    if request.endpoint is None:
        return
    allowed = audiences_of(request.endpoint, current_app.view_functions[request.endpoint])
    if Audience.PUBLIC in allowed:
        return
    g.launch = launch_of_request()
    if not g.launch.audiences & allowed:
        raise NotAllowed(f"audiences {sorted(g.launch.audiences)} at {request.endpoint}")


def launch_of_request() -> Launch:
    """Load and prove the visit named in the path; raises `VisitEnded`."""
    public_id = public_id_in(request.path)
    secret = secret_of(request, public_id, current_app.config["SETTINGS"].secure) if public_id else None
    if not public_id or not secret:
        raise VisitEnded("no visit cookie")
    launch = find_launch(db.session, public_id, secret)
    if launch is None:
        raise VisitEnded("unknown, expired or unproven visit")
    return launch


def find_launch(session: Session, public_id: str, secret: str) -> Launch | None:
    rows = session.connection().execute(_VISIT, {"public_id": public_id, "moment": now()}).all()
    if not rows or not hmac.compare_digest(rows[0].secret_hash, hash_secret(secret)):
        return None
    row = rows[0]
    relevant = [grant for grant in rows if grant.receiver_id is not None or grant.role is Role.INSTRUCTOR]
    return Launch(
        public_id=public_id,
        person_id=row.person_id,
        person_name=row.person_name,
        course_id=row.course_id,
        course_title=row.course_title,
        link_id=row.link_id,
        link_title=row.link_title,
        module_key=row.module_key,
        role=row.role,
        locale=row.locale,
        return_url=row.return_url,
        cohort_ids=frozenset(grant.cohort_id for grant in relevant if grant.cohort_id is not None),
        administrator=any(grant.kind is GrantKind.ADMINISTRATOR for grant in relevant),
    )


def _visit_query() -> Select[*tuple[Any, ...]]:
    """The visit, once for each grant to its person or its course and once if there is none.

    Every page begins with it, so it is built once, of tables: mapped classes would have it compiled anew each time.
    """
    visit, grant = table_of(LaunchSession).c, table_of(StaffGrant).c
    person, course, link = table_of(Person).c, table_of(Course).c, table_of(ResourceLink).c
    granted = or_(grant.person_id == visit.person_id, grant.course_id == visit.course_id)
    return (
        select(
            visit.secret_hash,
            visit.person_id,
            visit.course_id,
            visit.link_id,
            visit.role,
            visit.locale,
            visit.return_url,
            person.name.label("person_name"),
            course.title.label("course_title"),
            link.title.label("link_title"),
            link.module_key,
            grant.kind,
            grant.cohort_id,
            grant.person_id.label("receiver_id"),
        )
        .select_from(table_of(LaunchSession))
        .join(table_of(Person), person.id == visit.person_id)
        .join(table_of(Course), course.id == visit.course_id)
        .join(table_of(ResourceLink), link.id == visit.link_id)
        .outerjoin(table_of(StaffGrant), granted)
        .where(visit.public_id == bindparam("public_id"), visit.expires_at > bindparam("moment"))
    )


_VISIT = _visit_query()
