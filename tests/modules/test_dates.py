"""When a step is due: the cohort's date, more time for one person, and what counts as late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lti_tool.modules.dates import (
    Deadline,
    deadline,
    deadlines_for,
    deadlines_of,
    every_deadline_of,
    for_evaluation,
    is_late,
    is_over,
)
from lti_tool.modules.models import Extension, StepDate
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.statements import statements

DUE = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

moments = st.integers(0, 365 * 24).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + hours * HOUR)
graces = st.integers(0, 24 * 30)


def test_a_step_is_due_at_its_date_and_late_only_after_the_grace() -> None:
    found = deadline(DUE, 24)
    assert found == Deadline(DUE, DUE + DAY, extended=False)
    assert [is_late(found, at) for at in (DUE, DUE + HOUR, DUE + DAY, DUE + DAY + HOUR)] == [False, False, False, True]


def test_nothing_is_late_without_a_date() -> None:
    assert not is_late(None, DUE + 1000 * DAY)


@given(due_at=moments, grace=graces, until=st.none() | moments)
def test_an_extension_only_ever_gives_more_time(due_at: datetime, grace: int, until: datetime | None) -> None:
    without, found = deadline(due_at, grace), deadline(due_at, grace, until)
    assert found.due_at == max(moment for moment in (due_at, until) if moment)
    assert found.closes_at - found.due_at == timedelta(hours=grace)
    assert found.extended == (found != without)


@given(due_at=moments, grace=graces, handed_out=moments, days=st.integers(1, 60), moment=moments)
def test_whoever_gets_an_essay_late_has_days_enough_and_nobody_less_than_the_date_says(
    due_at: datetime, grace: int, handed_out: datetime, days: int, moment: datetime
) -> None:
    step = deadline(due_at, grace)
    found = for_evaluation(step, handed_out, days)
    assert found.due_at <= found.closes_at
    assert is_over(found, moment) == (is_late(step, moment) and moment - handed_out > days * DAY)


def put_dates(cast: Cast, session: Session) -> None:
    """The test and the evaluations have a date; Lina has a week more for the test, Frode none in truth."""
    key = {"cohort_id": cast.cohort_id, "module_id": cast.module_id}
    session.add(StepDate(**key, step=Step.TEST, due_at=DUE, grace_hours=6))
    session.add(StepDate(**key, step=Step.EVALUATIONS, due_at=DUE + 7 * DAY))
    session.flush()
    session.add(Extension(**key, person_id=cast.person_id("lina"), step=Step.TEST, until=DUE + 7 * DAY))
    session.add(Extension(**key, person_id=cast.person_id("frode"), step=Step.TEST, until=DUE - DAY))
    # An extension of a step that has no date gives time where no time is short.
    session.add(Extension(**key, person_id=cast.person_id("lina"), step=Step.ESSAY, until=DUE))
    session.commit()


def test_each_person_has_the_dates_of_the_cohort_and_their_own_extension(cast: Cast, session: Session) -> None:
    put_dates(cast, session)
    people = [cast.person_id(name) for name in ("lina", "frode", "amir")]
    evaluations = Deadline(DUE + 7 * DAY, DUE + 7 * DAY)
    everybodys = {Step.TEST: Deadline(DUE, DUE + 6 * HOUR), Step.EVALUATIONS: evaluations}
    extended = Deadline(DUE + 7 * DAY, DUE + 7 * DAY + 6 * HOUR, extended=True)
    expected = [{Step.TEST: extended, Step.EVALUATIONS: evaluations}, everybodys, everybodys]
    assert [deadlines_of(session, one, cast.cohort_id, cast.module_id) for one in people] == expected
    place = (cast.cohort_id, cast.module_id)
    assert [every_deadline_of(session, one, [cast.cohort_id]) for one in people] == [{place: e} for e in expected]
    session.rollback()
    with statements(cast.app) as seen:
        found = deadlines_for(session, dict.fromkeys(people), place)
    assert found == dict(zip(people, expected, strict=True))
    assert len(seen) == 1


def test_a_cohort_without_dates_has_none(cast: Cast, session: Session) -> None:
    lina = cast.person_id("lina")
    assert deadlines_of(session, lina, cast.cohort_id, cast.module_id) == {}
    assert every_deadline_of(session, lina, [cast.cohort_id]) == {}
    assert deadlines_for(session, {lina: DUE}, (cast.cohort_id, cast.module_id)) == {lina: {}}


def test_whoever_got_an_essay_late_has_the_days_of_the_cohort_for_it(cast: Cast, session: Session) -> None:
    put_dates(cast, session)
    lina, amir = cast.person_id("lina"), cast.person_id("amir")
    found = deadlines_for(session, {lina: DUE + 5 * DAY, amir: None}, (cast.cohort_id, cast.module_id))
    assert [found[one][Step.EVALUATIONS].due_at - DUE for one in (lina, amir)] == [12 * DAY, 7 * DAY]
