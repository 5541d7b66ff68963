"""How far the demo's people have come with everything but the modules."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Preparation, SignUp, SignUpState, TrainingSession
from lti_tool.course_module.models import AgreementShare, FinalEvaluation, Side
from lti_tool.demo_lms.seed_people import UNMATCHED
from lti_tool.employment.models import Employment
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.people.models import Person
from tests.demo_lms.seeding import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def subjects(seeded: Session) -> dict[int, str]:
    return {person.id: person.subject for person in seeded.scalars(select(Person))}


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
