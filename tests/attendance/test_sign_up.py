"""One place for each meeting: signing up, moving, waiting and giving up, and what each of them refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import (
    Mark,
    Presence,
    SignUp,
    SignUpChange,
    SignUpEvent,
    SignUpState,
    TrainingSession,
)
from lti_tool.attendance.planning import call_off
from lti_tool.attendance.queries import people_of
from lti_tool.attendance.sign_up import Attended, Closed, Full, Kept, cancel, sign_up, wait
from lti_tool.errors import NotFound
from lti_tool.programme.models import Enrolment
from tests.attendance.dates import START, ask_for_meetings, planned
from tests.cast import Cast

DAY = timedelta(days=1)
# Signing up for the first date ends three days before it.
EARLY, LATE = START - 10 * DAY, START - DAY
AFTER = START + DAY


@pytest.fixture
def monday(session: Session, cast: Cast) -> TrainingSession:
    """It has one place."""
    ask_for_meetings(session)
    return planned(session, cast, capacity=1)


@pytest.fixture
def friday(session: Session, cast: Cast, monday: TrainingSession) -> TrainingSession:
    """Four days later, with one place."""
    return on_day(session, cast, 4)


def on_day(session: Session, cast: Cast, days: int, **changes: object) -> TrainingSession:
    starts_at = START + days * DAY
    dates = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3), "sign_up_until": starts_at - 3 * DAY}
    return planned(session, cast, **{"capacity": 1, **dates, **changes})


def states(session: Session, cast: Cast, name: str) -> dict[int, SignUpState]:
    own = select(SignUp).where(SignUp.person_id == cast.person_id(name))
    return {one.session_id: one.state for one in session.scalars(own)}


def changes(session: Session, cast: Cast, name: str) -> list[tuple[int, SignUpChange]]:
    own = select(SignUpEvent).where(SignUpEvent.person_id == cast.person_id(name)).order_by(SignUpEvent.id)
    return [(event.session_id, event.change) for event in session.scalars(own)]


def mark(session: Session, cast: Cast, name: str, date: TrainingSession, presence: Presence) -> None:
    kari = cast.person_id("kari")
    session.add(Mark(session_id=date.id, person_id=cast.person_id(name), presence=presence, marked_by=kari))
    session.flush()


def test_a_place_is_taken_once_however_often_it_is_asked_for(
    session: Session, cast: Cast, monday: TrainingSession
) -> None:
    lina = cast.person_id("lina")
    first, second = (sign_up(session, lina, monday.id, EARLY) for _ in range(2))
    assert first is second
    assert monday.taken == 1
    assert changes(session, cast, "lina") == [(monday.id, SignUpChange.SIGNED_UP)]
    assert session.scalars(select(Enrolment.person_id)).all() == [lina]


def test_a_full_date_is_refused_and_the_place_on_another_is_kept(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession
) -> None:
    sign_up(session, cast.person_id("lina"), monday.id, EARLY)
    sign_up(session, cast.person_id("frode"), friday.id, EARLY)
    with pytest.raises(Full):
        sign_up(session, cast.person_id("lina"), friday.id, EARLY)
    assert states(session, cast, "lina") == {monday.id: SignUpState.PLACE}


def test_moving_gives_the_old_place_to_whoever_waits_for_it(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession
) -> None:
    sign_up(session, cast.person_id("lina"), monday.id, EARLY)
    wait(session, cast.person_id("frode"), monday.id, EARLY)
    sign_up(session, cast.person_id("lina"), friday.id, EARLY)
    assert states(session, cast, "lina") == {friday.id: SignUpState.PLACE}
    assert states(session, cast, "frode") == {monday.id: SignUpState.PLACE}
    assert (monday.taken, friday.taken) == (1, 1)


def test_whoever_waits_has_no_place_and_stays_in_line_with_a_place_elsewhere(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession
) -> None:
    sign_up(session, cast.person_id("lina"), monday.id, EARLY)
    wait(session, cast.person_id("frode"), monday.id, EARLY)
    sign_up(session, cast.person_id("frode"), friday.id, EARLY)
    assert states(session, cast, "frode") == {monday.id: SignUpState.WAITING, friday.id: SignUpState.PLACE}
    assert [one.person_id for one in people_of(session, monday)] == [cast.person_id("lina")]
    assert monday.taken == 1


def test_whoever_asks_to_wait_where_there_is_room_has_a_place(
    session: Session, cast: Cast, monday: TrainingSession
) -> None:
    wait(session, cast.person_id("lina"), monday.id, EARLY)
    assert states(session, cast, "lina") == {monday.id: SignUpState.PLACE}


def test_a_place_can_be_given_up_until_the_deadline_and_a_turn_in_the_line_longer(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession
) -> None:
    lina, frode = cast.person_id("lina"), cast.person_id("frode")
    sign_up(session, lina, monday.id, EARLY)
    wait(session, frode, monday.id, EARLY)
    with pytest.raises(Kept):
        cancel(session, lina, monday.id, LATE)
    with pytest.raises(Kept):
        sign_up(session, lina, friday.id, LATE)
    assert cancel(session, frode, monday.id, LATE)
    assert states(session, cast, "lina") == {monday.id: SignUpState.PLACE}
    assert cancel(session, lina, monday.id, monday.sign_up_until)
    assert not cancel(session, lina, monday.id, EARLY)
    assert monday.taken == 0


@pytest.mark.parametrize("ask", [sign_up, wait])
def test_nobody_gets_into_a_date_after_its_deadline_or_once_it_is_called_off(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession, ask: Callable[..., object]
) -> None:
    with pytest.raises(Closed):
        ask(session, cast.person_id("lina"), monday.id, LATE)
    call_off(session, cast.person_id("kari"), friday)
    with pytest.raises(Closed):
        ask(session, cast.person_id("lina"), friday.id, EARLY)


def test_a_session_of_a_course_has_no_sign_up(session: Session, cast: Cast, monday: TrainingSession) -> None:
    course = cast.courses["TDT4100"]
    meeting = planned(session, cast, meeting_key="first-meeting", course_id=course, capacity=None)
    with pytest.raises(NotFound):
        sign_up(session, cast.person_id("lina"), meeting.id, EARLY)
    assert {one.person_id for one in people_of(session, meeting)} == {
        cast.person_id(name) for name in ("lina", "frode", "amir")
    }


def test_whoever_was_there_needs_no_other_date(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession
) -> None:
    mark(session, cast, "lina", monday, Presence.LATE)
    with pytest.raises(Attended):
        sign_up(session, cast.person_id("lina"), friday.id, EARLY)


@pytest.mark.parametrize("marked", [True, False])
def test_a_date_that_was_missed_is_made_up_on_another_and_stays_on_the_list_of_the_first(
    session: Session, cast: Cast, monday: TrainingSession, marked: bool
) -> None:
    later = on_day(session, cast, 14)
    lina = cast.person_id("lina")
    sign_up(session, lina, monday.id, EARLY)
    if marked:
        mark(session, cast, "lina", monday, Presence.ABSENT)
    sign_up(session, lina, later.id, AFTER)
    assert states(session, cast, "lina") == {later.id: SignUpState.PLACE}
    assert [one.person_id for one in people_of(session, monday)] == [lina]
    assert [one.person_id for one in people_of(session, later)] == [lina]


def test_whoever_gave_up_before_it_began_is_not_expected(session: Session, cast: Cast, monday: TrainingSession) -> None:
    sign_up(session, cast.person_id("lina"), monday.id, EARLY)
    cancel(session, cast.person_id("lina"), monday.id, EARLY)
    assert people_of(session, monday) == []
