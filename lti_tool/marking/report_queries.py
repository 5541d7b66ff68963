"""Reports that wait to be applied, and whom their names may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.queries import is_expected
from lti_tool.employment.models import Employment
from lti_tool.errors import NotFound
from lti_tool.marking.access import may_attend
from lti_tool.marking.models import AttendanceReport
from lti_tool.marking.report_actions import attendees_in, chosen_in
from lti_tool.marking.report_matching import Candidate
from lti_tool.marking.report_view import Outcome, outcome_of
from lti_tool.people.models import Person


def waiting_reports(session: Session, session_id: int) -> Sequence[AttendanceReport]:
    query = select(AttendanceReport).where(
        AttendanceReport.session_id == session_id, AttendanceReport.closed_at.is_(None)
    )
    return session.scalars(query.order_by(AttendanceReport.id)).all()


def report_in(session: Session, session_id: int, report_id: int) -> AttendanceReport:
    """Raises `NotFound` if the session has no such report."""
    query = select(AttendanceReport).where(AttendanceReport.id == report_id, AttendanceReport.session_id == session_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("no such report")
    return found


def candidates_for(session: Session, held: TrainingSession) -> list[Candidate]:
    """Everybody who may have been there; addresses are those of the platform and of lists of employed people."""
    people = session.execute(
        select(Person.id, Person.name, Person.email, is_expected(held).label("expected"))
        .where(may_attend(held))
        .order_by(Person.name, Person.id)
    ).all()
    emails: dict[int, set[str]] = defaultdict(set)
    employed = select(Employment.person_id, Employment.email).where(
        Employment.cohort_id == held.cohort_id, Employment.person_id.is_not(None), Employment.email.is_not(None)
    )
    for person_id, email in [*session.execute(employed), *((row.id, row.email) for row in people if row.email)]:
        emails[person_id].add(email.casefold())
    return [Candidate(row.id, row.name or "", frozenset(emails[row.id]), row.expected) for row in people]


def outcome_for(session: Session, held: TrainingSession, report: AttendanceReport) -> Outcome:
    return outcome_of(
        attendees_in(report),
        candidates_for(session, held),
        chosen_in(report),
        (held.starts_at, held.ends_at),
        report.share,
    )
