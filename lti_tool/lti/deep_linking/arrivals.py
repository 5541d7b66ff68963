"""Opens the visit in which somebody chooses what to place, and keeps what their platform asked for."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.errors import DomainError
from lti_tool.lti.arrivals import (
    Arrival,
    keep_course,
    keep_membership,
    keep_person,
    keep_product,
    makes_roster_due,
    recall,
    role_of,
    spend_nonce,
)
from lti_tool.lti.claims import DeepLinkingClaim
from lti_tool.lti.launch import VerifiedLaunch
from lti_tool.lti.models import DeepLinkingRequest
from lti_tool.lti.roles import may_place
from lti_tool.people.models import LaunchSession, Purpose, Role
from lti_tool.people.sessions import NewVisit, OpenedVisit, open_visit
from lti_tool.texts import gettext as _
from lti_tool.web import supported_locale


class PlacingRefused(DomainError):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "placing-not-by-staff",
            title=_("Only staff can add content to a course"),
            explanation=_("Your learning platform did not tell us that you are staff in this course."),
            advice=_("If you are, ask whoever runs the course to give you that role there, and try again."),
        )


def record_placing(session: Session, launch: VerifiedLaunch, browser_locale: str | None) -> Arrival:
    """Spend the nonce and open a visit for placing; raises `PlacingRefused`, and `LaunchOutdated` on a replay."""
    claims = launch.claims
    if not may_place(claims.roles):
        raise PlacingRefused
    connection = session.connection()
    spend_nonce(connection, launch)
    known = recall(connection, launch)
    person_id, role = keep_person(connection, launch, known), role_of(claims)
    # Administrators place links outside of any course, too.
    course_id = keep_course(connection, launch, known) if claims.context else None
    # Whoever may place without instructing is no learner of the course either.
    if course_id is not None and role is Role.INSTRUCTOR:
        keep_membership(connection, person_id, course_id, role, known)
    keep_product(connection, launch)
    locale = known.person_locale or supported_locale(claims.locale or browser_locale)
    visit = open_visit(session, NewVisit(person_id, course_id, None, role, locale, claims.return_url, Purpose.PLACING))
    _keep_request(connection, visit, launch)
    return Arrival(visit, role, course_id is not None and makes_roster_due(claims, known))


def _keep_request(connection: Connection, visit: OpenedVisit, launch: VerifiedLaunch) -> None:
    asked = _asked(launch)
    visits = table_of(LaunchSession).c
    row = {
        "visit_id": connection.execute(select(visits.id).where(visits.public_id == visit.public_id)).scalar_one(),
        "deployment_id": launch.deployment_pk,
        "return_url": asked.return_url,
        "data": asked.data,
        "accept_types": asked.accept_types,
        "accept_targets": asked.accept_targets or [],
        "accept_multiple": bool(asked.accept_multiple),
        "accept_lineitem": asked.accept_lineitem,
    }
    connection.execute(insert(table_of(DeepLinkingRequest)), row)


def _asked(launch: VerifiedLaunch) -> DeepLinkingClaim:
    if launch.claims.deep_linking is None:
        raise ValueError("a verified Deep Linking request says what it accepts")
    return launch.claims.deep_linking
