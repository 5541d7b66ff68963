"""A launch from a platform's gradebook that asks to see the work behind a grade.

https://www.imsglobal.org/spec/lti-sr/v1p0
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lti_tool.errors import DomainError
from lti_tool.lti.arrivals import context_key, keep_membership, keep_person, recall, role_of, spend_nonce
from lti_tool.lti.launch import VerifiedLaunch
from lti_tool.lti.models import LineItem
from lti_tool.lti.roles import is_platform_administrator
from lti_tool.people.models import Course, Membership, Person, ResourceLink, Role
from lti_tool.people.sessions import NewVisit, OpenedVisit, open_visit
from lti_tool.texts import gettext as _
from lti_tool.web import supported_locale


class WorkUnknown(DomainError):
    status = 404

    def __init__(self, reason: str, explanation: str) -> None:
        super().__init__(
            reason,
            title=_("There is no work to show"),
            explanation=explanation,
            advice=_("Open the training from its link in the course; from there you reach everything it holds."),
        )


class WorkOfSomebodyElse(DomainError):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "review-of-somebody-else",
            title=_("This work belongs to somebody else"),
            explanation=_("Learning assistants can look at their own work here, and at nobody else's."),
            advice=_("Open the training from its link in the course to see your own."),
        )


def record_review(
    session: Session, launch: VerifiedLaunch, browser_locale: str | None
) -> tuple[OpenedVisit, str, dict[str, Any]]:
    """Spend the nonce and open a visit; returns it with the endpoint and the values of the page that shows the work.

    Raises `LaunchOutdated` on a replay, `WorkUnknown` and `WorkOfSomebodyElse`; nothing may be committed then.
    """
    connection = session.connection()
    spend_nonce(connection, launch)
    claims, role = launch.claims, role_of(launch.claims)
    if role is Role.LEARNER and _whose(launch) != claims.sub:
        raise WorkOfSomebodyElse
    link = _link(session, launch)
    learner_id = _learner(session, launch, link.course_id)
    known = recall(connection, launch)
    person_id = keep_person(connection, launch, known)
    keep_membership(connection, person_id, link.course_id, role, known)
    locale = known.person_locale or supported_locale(claims.locale or browser_locale)
    administrator = launch.trusts_administrators and is_platform_administrator(claims.roles)
    visit = NewVisit(person_id, link.course_id, link.id, role, locale, claims.return_url, administrator=administrator)
    page = ("home.start", {}) if role is Role.LEARNER else ("gradebook.learner", {"person_id": learner_id})
    return open_visit(session, visit), *page


def _link(session: Session, launch: VerifiedLaunch) -> Row[int, int]:
    """The link whose line item the launch names. The roles hold in the launch's context, so it must lie there."""
    grading = launch.claims.grading
    found = session.execute(
        select(ResourceLink.id, ResourceLink.course_id)
        .join(LineItem, LineItem.link_id == ResourceLink.id)
        .join(Course, Course.id == ResourceLink.course_id)
        .where(
            LineItem.url == (grading.lineitem if grading else None),
            Course.deployment_id == launch.deployment_pk,
            Course.context_id == context_key(launch.claims),
        )
        .order_by(ResourceLink.id)
    ).first()
    if found is None:
        raise WorkUnknown("review-of-unknown-line-item", _("This gradebook column does not belong to the training."))
    return found


def _learner(session: Session, launch: VerifiedLaunch, course_id: int) -> int:
    found = session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.platform_id == launch.platform_id,
            Person.subject == _whose(launch),
            Membership.course_id == course_id,
            Membership.role == Role.LEARNER,
        )
    ).one_or_none()
    if found is None:
        raise WorkUnknown(
            "review-of-unknown-learner", _("The training knows of no such learning assistant in this course.")
        )
    return found


def _whose(launch: VerifiedLaunch) -> str:
    if launch.claims.for_user is None:
        raise ValueError("a verified submission review says whose work it asks for")
    return launch.claims.for_user.user_id
