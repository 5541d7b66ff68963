"""Who may open a page. Every view says so with `@open_to(...)`; a view that does not stops the application's start."""

from __future__ import annotations

import enum
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from sqlalchemy import Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import db, now, table_of
from lti_tool.errors import DomainError, NotAllowed
from lti_tool.people.models import Course, GrantKind, LaunchSession, Person, Purpose, ResourceLink, Role, StaffGrant
from lti_tool.people.sessions import hash_secret, public_id_in, secret_of
from lti_tool.texts import gettext as _

View = TypeVar("View", bound=Callable[..., Any])


class Audience(enum.StrEnum):
    PUBLIC = "public"
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    # Somebody who chooses what to place in a course: the Deep Linking pages and nothing else.
    PLACER = "placer"
    # Whoever runs the server, in through a one-time link: the administration pages and nothing else.
    OPERATOR = "operator"


STAFF = (Audience.INSTRUCTOR, Audience.COORDINATOR, Audience.ADMINISTRATOR)
EVERYONE = (Audience.LEARNER, *STAFF)


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit that a request belongs to. `id` is the row's; a placing visit may have no course, an operator's has
    neither course nor person."""

    id: int
    public_id: str
    purpose: Purpose
    person_id: int | None
    person_name: str | None
    course_id: int | None
    course_title: str | None
    locale: str
    return_url: str | None
    # The person's own, None for the installation's.
    timezone: str | None

    @property
    def audiences(self) -> frozenset[Audience]:
        return frozenset({Audience.OPERATOR if self.purpose is Purpose.OPERATING else Audience.PLACER})


@dataclass(frozen=True, slots=True)
class Launch(Visit):
    """A visit behind a resource link, as its launch and today's grants make it."""

    person_id: int
    course_id: int
    link_id: int
    link_title: str | None
    # The custom parameter `module` of the link; None opens "My training".
    module_key: str | None
    role: Role
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
    """The visit of this request; only within views for learners, instructors, coordinators or administrators."""
    launch: Launch = g.launch
    return launch


def current_visit() -> Visit:
    """The visit of this request, whatever its purpose; only within views that are not public."""
    visit: Visit = g.visit
    return visit


def own_zone() -> ZoneInfo:
    """The time zone of whoever makes this request, else the installation's."""
    return ZoneInfo(current_visit().timezone or current_app.config["SETTINGS"].timezone)


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
        _recognise_visit()
        return
    allowed = audiences_of(request.endpoint, current_app.view_functions[request.endpoint])
    if Audience.PUBLIC in allowed:
        return
    visit = _keep_visit(visit_of_request())
    if not visit.audiences & allowed:
        raise NotAllowed(f"audiences {sorted(visit.audiences)} at {request.endpoint}")


def _recognise_visit() -> None:
    """There is no such page, but the one that says so can show the way back."""
    try:
        _keep_visit(visit_of_request())
    except VisitEnded:
        return


def _keep_visit(visit: Visit) -> Visit:
    g.visit = visit
    if isinstance(visit, Launch):
        g.launch = visit
    return visit


def visit_of_request() -> Visit:
    """Load and prove the visit named in the path; raises `VisitEnded`."""
    public_id = public_id_in(request.path)
    secret = secret_of(request, public_id, current_app.config["SETTINGS"].secure) if public_id else None
    if not public_id or not secret:
        raise VisitEnded("no visit cookie")
    visit = find_visit(db.session, public_id, secret)
    if visit is None:
        raise VisitEnded("unknown, expired or unproven visit")
    return visit


def find_visit(session: Session, public_id: str, secret: str) -> Visit | None:
    rows = session.connection().execute(_VISIT, {"public_id": public_id, "moment": now()}).all()
    if not rows or not hmac.compare_digest(rows[0].secret_hash, hash_secret(secret)):
        return None
    return _launch(public_id, rows) if rows[0].purpose is Purpose.TRAINING else Visit(**_common(public_id, rows[0]))


def _common(public_id: str, row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "public_id": public_id,
        "purpose": row.purpose,
        "person_id": row.person_id,
        "person_name": row.person_name,
        "course_id": row.course_id,
        "course_title": row.course_title,
        "locale": row.locale,
        "return_url": row.return_url,
        "timezone": row.person_timezone,
    }


def _launch(public_id: str, rows: Sequence[Row[Any]]) -> Launch:
    """`rows` are the visit with each of its grants."""
    row = rows[0]
    relevant = [grant for grant in rows if grant.receiver_id is not None or grant.role is Role.INSTRUCTOR]
    return Launch(
        **_common(public_id, row),
        link_id=row.link_id,
        link_title=row.link_title,
        module_key=row.module_key,
        role=row.role,
        cohort_ids=frozenset(grant.cohort_id for grant in relevant if grant.cohort_id is not None),
        administrator=row.administrator or any(grant.kind is GrantKind.ADMINISTRATOR for grant in relevant),
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
            visit.id,
            visit.secret_hash,
            visit.purpose,
            visit.administrator,
            visit.person_id,
            visit.course_id,
            visit.link_id,
            visit.role,
            visit.locale,
            visit.return_url,
            person.name.label("person_name"),
            person.timezone.label("person_timezone"),
            course.title.label("course_title"),
            link.title.label("link_title"),
            link.module_key,
            grant.kind,
            grant.cohort_id,
            grant.person_id.label("receiver_id"),
        )
        .select_from(table_of(LaunchSession))
        .outerjoin(table_of(Person), person.id == visit.person_id)
        .outerjoin(table_of(Course), course.id == visit.course_id)
        .outerjoin(table_of(ResourceLink), link.id == visit.link_id)
        .outerjoin(table_of(StaffGrant), granted)
        .where(visit.public_id == bindparam("public_id"), visit.expires_at > bindparam("moment"))
    )


_VISIT = _visit_query()
