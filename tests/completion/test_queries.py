"""Completion as the database has it, in the few statements that it may take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import Preparation, Presence, SignUpState, Source, TrainingSession
from lti_tool.completion.facts import records_in
from lti_tool.completion.offers import setting_of
from lti_tool.completion.queries import verdict_of, verdicts_in
from lti_tool.completion.records import Records, Turnout
from lti_tool.completion.verdicts import Reason, Status
from lti_tool.database import now
from lti_tool.employment.models import Employment
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.modules.dates import deadline
from lti_tool.modules.models import Extension, ModuleChoice, StepDate
from lti_tool.people.models import Membership
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort, Programme
from tests import work
from tests.attendance.dates import give_place, planned
from tests.cast import Cast
from tests.completion.made import LAOS
from tests.conftest import CountStatements


@pytest.fixture
def lina(session: Session, cast: Cast) -> int:
    """The programme of the cast is LAOS, with one of its modules."""
    session.scalars(select(Programme)).one().body = LAOS.model_dump(mode="json")
    session.flush()
    return cast.person_id("lina")


def date(session: Session, cast: Cast, days: float = 30, **changes: object) -> TrainingSession:
    at = now() + timedelta(days=days)
    moments = {"starts_at": at, "ends_at": at + timedelta(hours=4), "sign_up_until": at}
    return planned(session, cast, **moments | changes)


def records_of(session: Session, cast: Cast, person_id: int) -> Records:
    """The same for one person alone as among everybody."""
    session.flush()
    alone, among_all = (
        dict(records_in(session, setting_of(session, cast.cohort_id, people), [person_id], whole=people is None))[
            person_id
        ]
        for people in ([person_id], None)
    )
    assert alone._replace(offer=among_all.offer) == among_all
    return among_all


def test_what_became_of_dates_is_read(session: Session, cast: Cast, lina: int) -> None:
    missed, taken, waited = (date(session, cast, days) for days in (-3, 30, 40))
    course = date(session, cast, -2, course_id=cast.courses["TDT4100"], meeting_key="follow-up")
    elsewhere = date(session, cast, -2, course_id=cast.courses["TMA4100"], meeting_key="follow-up")
    for found, presence in ((missed, Presence.ABSENT), (course, Presence.LATE), (elsewhere, Presence.PRESENT)):
        mark(session, cast.person_id("kari"), found, lina, presence, source=Source.LIST, reason="Seen")
    give_place(session, taken, lina)
    give_place(session, waited, lina, state=SignUpState.WAITING)
    session.add(Preparation(person_id=lina, cohort_id=cast.cohort_id, meeting_key="core-1", answers={}, done_at=now()))
    read = records_of(session, cast, lina)
    assert read.held == {"core-1": Turnout((), (missed.id,), (taken.id,), (waited.id,), True)}
    assert read.courses == {
        cast.courses["TDT4100"]: Turnout((course.id,)),
        cast.courses["TMA4100"]: Turnout((elsewhere.id,)),
    }


def test_a_course_that_somebody_has_left_asks_nothing_of_them(session: Session, cast: Cast, lina: int) -> None:
    course_id = cast.courses["TDT4100"]
    date(session, cast, -2, course_id=course_id, meeting_key="follow-up")
    session.execute(update(Membership).where(Membership.course_id == course_id).values(left_at=now()))
    work.take_part_in(session, lina)
    assert records_of(session, cast, lina).courses == {}


def test_what_was_done_in_modules_is_read_with_extensions(session: Session, cast: Cast, lina: int) -> None:
    due, later = now() - timedelta(days=1), now() + timedelta(days=5)
    place = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
    session.add(StepDate(**place, due_at=due, grace_hours=24))
    session.add(Extension(**place, person_id=lina, until=later))
    work.try_test(session, lina, 3, passed=True)
    work.submit_essay(session, lina)
    found = records_of(session, cast, lina).work["om1"]
    assert (found.chosen, found.begun, found.done) == (True, True, frozenset({Step.TEST, Step.ESSAY}))
    assert found.deadlines == {Step.EVALUATIONS: deadline(due, 24, later)}
    assert (found.completed_at, found.handed_out_at) == (None, None)


def test_a_chosen_module_counts_before_it_is_begun(session: Session, cast: Cast, lina: int) -> None:
    session.add(ModuleChoice(person_id=lina, cohort_id=cast.cohort_id, module_id=cast.module_id))
    work.complete(session, cast.person_id("frode"))
    assert verdict_of(session, lina, cast.cohort_id, now()).part("online-modules").items[0].key == "om1"
    done = verdict_of(session, cast.person_id("frode"), cast.cohort_id, now())
    assert (done.part("online-modules").hours_done, done.part("online-modules").reason) == (3, Reason.NOT_OFFERED)


@pytest.mark.parametrize(
    ("jobs", "reason"),
    [
        ({"student-assistant": False}, Reason.NOT_REQUIRED),
        ({"student-assistant": False, "learning-assistant": False}, None),
        ({"student-assistant": False, "learning-assistant": True}, Reason.NOT_REQUIRED),
        ({"student-assistant": True}, None),
    ],
    ids=["one", "two", "one that has ended", "none any more"],
)
def test_what_somebody_is_employed_as_now_is_read(
    session: Session, cast: Cast, lina: int, jobs: dict[str, bool], reason: Reason | None
) -> None:
    """`jobs` says of each position whether it has ended."""
    place = {"cohort_id": cast.cohort_id, "reference": "lina", "name": "Lina", "person_id": lina, "matched_at": now()}
    for position, ended in jobs.items():
        session.add(Employment(**place, position=position, ended_at=now() if ended else None))
    session.flush()
    found = verdict_of(session, lina, cast.cohort_id, now())
    assert (found.reason if found.status is Status.EXEMPT else None) == reason


@pytest.mark.parametrize(("decision", "status"), [(Decision.APPROVED, Status.EXEMPT), (Decision.DECLINED, None)])
def test_approved_training_is_recognised_in_every_term(
    session: Session, cast: Cast, lina: int, decision: Decision, status: Status | None
) -> None:
    programme_id = session.get_one(Cohort, cast.cohort_id).programme_id
    before = Cohort(programme_id=programme_id, term="2026-spring", is_open=False)
    session.add(before)
    session.flush()
    asked = {"person_id": lina, "programme_id": programme_id, "cohort_id": before.id, "public_id": "a"}
    session.add(EquivalenceApplication(**asked, category="teacher-education", statement="-", decision=decision))
    session.flush()
    found = verdict_of(session, lina, cast.cohort_id, now()).status
    assert (found if found is Status.EXEMPT else None) == status


def test_a_cohort_two_terms_ago_cannot_be_worked_in_any_more(session: Session, cast: Cast, lina: int) -> None:
    old = session.get_one(Cohort, cast.cohort_id)
    for term, over in (("2027-spring", False), ("2027-autumn", True)):
        session.execute(update(Cohort).values(is_open=False))
        session.add(Cohort(programme_id=old.programme_id, term=term, is_open=True))
        session.flush()
        assert setting_of(session, old.id, None).offer.over is over


def test_the_term_ends_at_midnight_where_the_programme_is(session: Session, cast: Cast, lina: int) -> None:
    ends_at = setting_of(session, cast.cohort_id, None).offer.term_ends_at
    assert ends_at is not None
    assert ends_at.isoformat() == "2026-12-31T23:00:00+00:00"


def test_any_number_of_people_takes_the_same_few_statements(
    session: Session, cast: Cast, lina: int, count_statements: CountStatements
) -> None:
    def cost() -> tuple[int, int]:
        session.flush()
        with count_statements() as statements:
            found = verdicts_in(session, cast.cohort_id, now())
        return len(found), len(statements)

    work.complete(session, lina)
    people, before = cost()
    for name in ("frode", "amir"):
        work.complete(session, cast.person_id(name))
        give_place(session, date(session, cast), cast.person_id(name))
    assert cost() == (people + 2, before)
    assert before <= 8


def test_everybody_stands_alone_as_among_all(session: Session, cast: Cast, lina: int) -> None:
    work.complete(session, lina)
    give_place(session, date(session, cast), cast.person_id("frode"))
    session.flush()
    moment = now()
    everybody = verdicts_in(session, cast.cohort_id, moment)
    assert set(everybody) == {lina, cast.person_id("frode")}
    for person_id, verdict in everybody.items():
        assert verdict_of(session, person_id, cast.cohort_id, moment) == verdict


def test_somebody_who_has_done_nothing_has_a_verdict(session: Session, cast: Cast) -> None:
    assert verdict_of(session, cast.person_id("tuva"), cast.cohort_id, now()).hours_done == 0
