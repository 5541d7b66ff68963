"""How far the demo's people have come with everything but the modules, on any day on which it is made."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Preparation, SignUp, SignUpState, TrainingSession
from lti_tool.completion.queries import verdicts_in
from lti_tool.completion.verdicts import Reason, Status, Verdict
from lti_tool.course_module.models import AgreementShare, FinalEvaluation, Side
from lti_tool.database import now
from lti_tool.demo_lms.seed_people import UNMATCHED
from lti_tool.employment.models import Employment
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.people.models import Person
from lti_tool.programme.queries import current_module
from tests.demo_lms.seeding import seed

# A Sunday, and the last day of a term.
DAYS = (date(2026, 11, 22), date(2027, 7, 31))


@pytest.fixture
def subjects(seeded: Session) -> dict[int, str]:
    return subjects_in(seeded)


def subjects_in(session: Session) -> dict[int, str]:
    return {person.id: person.subject for person in session.scalars(select(Person))}


def verdicts(session: Session) -> dict[str, Verdict]:
    subjects = subjects_in(session)
    found = verdicts_in(session, current_module(session, "om1").cohort_id, now())
    return {subjects[person_id]: verdict for person_id, verdict in found.items()}


# Which day it is is nothing to a database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_on_any_day_everybody_stands_where_their_story_says(session: Session, day: date) -> None:
    with time_machine.travel(day):
        found = verdicts(seed(session))
        check_dates(session)
    assert [sub for sub, verdict in found.items() if verdict.status is Status.DONE] == ["la-nils"]
    assert (found["la-thuy"].status, found["la-thuy"].reason) == (Status.AT_RISK, Reason.ABSENT)
    exempt = {sub: verdict.reason for sub, verdict in found.items() if verdict.status is Status.EXEMPT}
    assert exempt == {"la-elif": Reason.NOT_REQUIRED, "la-daniel": Reason.RECOGNISED}
    assert not [sub for sub, verdict in found.items() if verdict.status is Status.MISSED]
    assert found["la-oda"].parts[0].reason is Reason.HAS_PLACE


def check_dates(session: Session) -> None:
    """They are on working days, in three towns and online; of each meeting some are over and some can be chosen."""
    dates = session.scalars(select(TrainingSession).where(TrainingSession.course_id.is_(None))).all()
    assert {one.starts_at.weekday() for one in dates} <= set(range(5))
    assert {one.town for one in dates} == {"Trondheim", "Gjøvik", "Ålesund", ""}
    assert {one.language for one in dates} == {"nb", "en"}
    for meeting in ("core-1", "core-2"):
        ahead = [one for one in dates if one.meeting_key == meeting and one.sign_up_until > now() + timedelta(1)]
        assert {bool(one.online_url) for one in ahead} == {True, False}
        assert any(one.ends_at < now() for one in dates if one.meeting_key == meeting)


def test_one_date_is_full_and_somebody_waits_for_it(seeded: Session, subjects: dict[int, str]) -> None:
    (waiting,) = seeded.scalars(select(SignUp).where(SignUp.state == SignUpState.WAITING))
    full = seeded.get_one(TrainingSession, waiting.session_id)
    assert (subjects[waiting.person_id], full.taken, full.capacity) == ("la-thuy", 3, 3)
    prepared = select(Preparation.person_id).where(
        Preparation.meeting_key == full.meeting_key, Preparation.done_at.is_not(None)
    )
    people = set(seeded.scalars(select(SignUp.person_id).where(SignUp.session_id == full.id)))
    assert {subjects[one] for one in people & set(seeded.scalars(prepared))} == {"la-oda"}


def test_some_have_agreed_and_one_evaluation_is_released(seeded: Session, subjects: dict[int, str]) -> None:
    shares = seeded.scalars(select(AgreementShare)).all()
    confirmed = {subjects[one.person_id] for one in shares if one.confirmed_revision}
    assert confirmed == {"la-amina", "la-nils", "la-oda", "la-priya"}
    written = {(subjects[one.person_id], one.side) for one in seeded.scalars(select(FinalEvaluation))}
    assert written == {("la-nils", Side.ASSISTANT), ("la-nils", Side.DEPARTMENT), ("la-oda", Side.ASSISTANT)}
    assert all(one.submitted_at for one in seeded.scalars(select(FinalEvaluation)))


def test_the_list_names_some_who_have_not_come_and_one_whom_nobody_recognises(
    seeded: Session, subjects: dict[int, str]
) -> None:
    lines = seeded.scalars(select(Employment)).all()
    assert {subjects[one.person_id]: one.position for one in lines if one.person_id}["la-elif"] == "student-assistant"
    unmatched = {one.name for one in lines if one.person_id is None}
    assert {"Ingrid Solberg", "Mateusz Kowalczyk", "Thuy Nguyen"} <= unmatched
    assert UNMATCHED not in {subjects[one.person_id] for one in lines if one.person_id}
    decisions = {subjects[one.person_id]: one.decision for one in seeded.scalars(select(EquivalenceApplication))}
    assert decisions == {"la-priya": Decision.PENDING, "la-daniel": Decision.APPROVED}
