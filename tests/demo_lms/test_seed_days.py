"""On any day on which the demo is made its term is in full swing, and everybody stands where their story says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import TrainingSession
from lti_tool.completion.queries import verdicts_in
from lti_tool.completion.verdicts import Reason, Status, Verdict
from lti_tool.database import now
from lti_tool.demo_lms.seed_story import WRITERS
from lti_tool.demo_lms.seed_work import MODULE
from lti_tool.modules.dates import every_deadline_of
from lti_tool.peer_review.expiry import expire
from lti_tool.people.models import Person
from lti_tool.programme.queries import current_module
from tests.demo_lms.seeding import on_sqlite, seed

AHEAD = timedelta(days=8)
# A Sunday before the usual dates of a term; the last day of a term, after them, at the end of a year.
DAYS = (date(2027, 2, 28), date(2027, 12, 31))


@on_sqlite
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_on_any_day_everybody_is_in_the_middle_of_it(session: Session, day: date) -> None:
    with time_machine.travel(day):
        seed(session)
        check_verdicts(verdicts(session))
        check_meetings(session)
        check_deadlines(session)


def verdicts(session: Session) -> dict[str, Verdict]:
    subjects = {person.id: person.subject for person in session.scalars(select(Person))}
    found = verdicts_in(session, current_module(session, MODULE).cohort_id, now())
    return {subjects[person_id]: verdict for person_id, verdict in found.items()}


def check_verdicts(found: dict[str, Verdict]) -> None:
    assert [sub for sub, verdict in found.items() if verdict.status is Status.DONE] == ["la-nils"]
    assert (found["la-thuy"].status, found["la-thuy"].reason) == (Status.AT_RISK, Reason.ABSENT)
    exempt = {sub: verdict.reason for sub, verdict in found.items() if verdict.status is Status.EXEMPT}
    assert exempt == {"la-elif": Reason.NOT_REQUIRED, "la-daniel": Reason.RECOGNISED}
    assert not [sub for sub, verdict in found.items() if verdict.status is Status.MISSED]
    assert found["la-oda"].parts[0].reason is Reason.HAS_PLACE


def check_meetings(session: Session) -> None:
    """They are on working days, in three towns and online; of each meeting some are over and some can be chosen."""
    dates = session.scalars(select(TrainingSession).where(TrainingSession.course_id.is_(None))).all()
    assert {one.starts_at.weekday() for one in dates} <= set(range(5))
    assert {one.town for one in dates} == {"Trondheim", "Gjøvik", "Ålesund", ""}
    assert {one.language for one in dates} == {"nb", "en"}
    for meeting in ("core-1", "core-2"):
        ahead = [one for one in dates if one.meeting_key == meeting and one.sign_up_until > now() + timedelta(1)]
        assert {bool(one.online_url) for one in ahead} == {True, False}
        assert any(one.ends_at < now() for one in dates if one.meeting_key == meeting)


def check_deadlines(session: Session) -> None:
    """Nobody is late, and nothing runs out."""
    cohort_id = current_module(session, MODULE).cohort_id
    for writer in WRITERS:
        person_id = session.scalars(select(Person.id).where(Person.subject == writer.sub)).one()
        dates = every_deadline_of(session, person_id, [cohort_id]).values()
        assert len(dates) == 8
        assert all(found.due_at > now() + AHEAD for deadlines in dates for found in deadlines.values())
    assert expire(session, now() + AHEAD) == 0
