"""Dates are made, changed and called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from lti_tool.attendance.planning import (
    CalledOff,
    Impossible,
    Mistake,
    TooFewPlaces,
    TookPlace,
    call_off,
    change_session,
    create_sessions,
    usual_deadline,
)
from lti_tool.errors import DomainError
from lti_tool.programme.models import CompletionCheck
from tests.attendance.dates import HOUR, START, ask_for_meetings, give_place, new_date, planned
from tests.cast import Cast

OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def date(session: Session, cast: Cast) -> TrainingSession:
    ask_for_meetings(session)
    return planned(session, cast)


def test_a_date_is_stored_as_it_was_planned(session: Session, cast: Cast, date: TrainingSession) -> None:
    session.expire_all()
    assert (date.starts_at, date.capacity, date.taken, date.sequence) == (START, 20, 0, 0)
    assert date.created_by == cast.person_id("kari")
    assert len(date.uid) == 32


def test_what_is_not_possible_is_said_field_by_field(session: Session, cast: Cast, date: TrainingSession) -> None:
    wrong: dict[Mistake, dict[str, Any]] = {
        Mistake.ENDS_BEFORE_IT_STARTS: {"ends_at": START},
        Mistake.TOO_LONG: {"ends_at": START + timedelta(days=2)},
        Mistake.COUNTS_FOR_NOTHING: {"minutes": 0},
        Mistake.SIGN_UP_AFTER_START: {"sign_up_until": START + HOUR},
        Mistake.NOWHERE: {"place": ""},
        Mistake.NO_ADDRESS: {"online_url": "ntnu.zoom.us/j/1"},
        Mistake.NO_ROOM: {"capacity": 0},
    }
    for mistake, changes in wrong.items():
        for attempt in (
            lambda new: create_sessions(session, None, [new_date(cast), new]),
            lambda new: change_session(session, 1, date, new),
        ):
            with pytest.raises(Impossible) as refused:
                attempt(new_date(cast, **changes))
            assert refused.value.mistakes == (mistake,)
            assert refused.value.explanation
    assert set(wrong) == set(Mistake)
    assert len(session.scalars(select(TrainingSession)).all()) == 1


def test_a_meeting_of_courses_is_planned_for_a_course_and_one_of_the_programme_is_not(
    session: Session, cast: Cast, date: TrainingSession
) -> None:
    course_id = cast.courses["TDT4100"]
    assert planned(session, cast, meeting_key="first-meeting", course_id=course_id).course_id == course_id
    for changes in ({"meeting_key": "first-meeting"}, {"course_id": course_id}, {"meeting_key": "core-9"}):
        with pytest.raises(DomainError, match="unknown meeting"):
            planned(session, cast, **changes)


def test_a_change_is_counted_if_those_who_come_should_know_of_it(
    session: Session, cast: Cast, date: TrainingSession
) -> None:
    told: list[dict[str, Any]] = [
        {"starts_at": START + HOUR},
        {"ends_at": START + 2 * HOUR},
        {"place": "Room R2"},
        {"town": "Gjøvik"},
        {"online_url": "https://ntnu.zoom.us/j/1"},
        {"language": "en"},
    ]
    new = new_date(cast)
    for count, changes in enumerate(told, 1):
        new, before = replace(new, **changes), date.changed_at
        change_session(session, 1, date, new)
        assert (date.sequence, date.changed_at > before) == (count, True)
        change_session(session, 1, date, new)
        assert date.sequence == count
    change_session(session, 1, date, replace(new, capacity=30, note="Bring *a pen*.", leader="Kari"))
    assert (date.sequence, date.capacity, date.note) == (len(told), 30, "Bring *a pen*.")


def test_a_date_keeps_room_for_all_who_have_a_place(session: Session, cast: Cast, date: TrainingSession) -> None:
    give_place(session, date, cast.person_id("lina"), cast.person_id("frode"))
    with pytest.raises(TooFewPlaces) as refused:
        change_session(session, 1, date, new_date(cast, capacity=1, place="Room R2"))
    assert refused.value.taken == 2
    session.expire_all()
    assert (date.capacity, date.place) == (20, "Room R1")
    assert change_session(session, 1, date, new_date(cast, capacity=2)).capacity == 2
    assert change_session(session, 1, date, new_date(cast, capacity=None)).capacity is None


def test_a_date_stays_one_of_its_meeting(session: Session, cast: Cast, date: TrainingSession) -> None:
    with pytest.raises(ValueError, match="stays one of its meeting"):
        change_session(session, 1, date, new_date(cast, meeting_key="core-2"))


def test_calling_a_date_off_takes_every_place_and_says_so_once(
    session: Session, cast: Cast, date: TrainingSession
) -> None:
    lina, frode, kari = (cast.person_id(name) for name in ("lina", "frode", "kari"))
    other = planned(session, cast, place="Room R2")
    give_place(session, date, lina)
    give_place(session, date, frode, state=SignUpState.WAITING)
    give_place(session, other, frode)
    assert call_off(session, kari, date) == [lina, frode]
    assert call_off(session, kari, date) == []
    assert (date.taken, date.sequence, date.cancelled_at is not None) == (0, 1, True)
    assert [row.session_id for row in session.scalars(select(SignUp))] == [other.id]
    events = session.scalars(select(SignUpEvent).order_by(SignUpEvent.id)).all()
    assert [(event.person_id, event.change, event.by) for event in events] == [
        (lina, SignUpChange.CALLED_OFF, kari),
        (frode, SignUpChange.CALLED_OFF, kari),
    ]
    with pytest.raises(CalledOff):
        change_session(session, kari, date, new_date(cast))


def test_a_date_with_attendance_took_place(session: Session, cast: Cast, date: TrainingSession) -> None:
    lina, kari = cast.person_id("lina"), cast.person_id("kari")
    session.add(Mark(session_id=date.id, person_id=lina, presence=Presence.PRESENT, marked_by=kari))
    session.flush()
    with pytest.raises(TookPlace):
        call_off(session, kari, date)
    assert date.cancelled_at is None


def test_signing_up_usually_ends_three_days_before_by_the_clocks_of_the_place() -> None:
    # The clocks are put back in the night before 25 October 2026.
    start = datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert usual_deadline(start, OSLO, start - timedelta(days=30)) == datetime(2026, 10, 23, 7, tzinfo=UTC)
    assert usual_deadline(start, OSLO, start - timedelta(days=1)) == start


def test_other_hours_have_the_completion_of_those_who_were_there_looked_at(
    session: Session, cast: Cast, date: TrainingSession
) -> None:
    lina, kari = cast.person_id("lina"), cast.person_id("kari")
    session.add(Mark(session_id=date.id, person_id=lina, presence=Presence.PRESENT, marked_by=kari))
    session.flush()
    change_session(session, kari, date, new_date(cast, place="Room R2"))
    assert session.scalars(select(CompletionCheck)).all() == []
    change_session(session, kari, date, new_date(cast, minutes=180))
    assert [one.person_id for one in session.scalars(select(CompletionCheck))] == [lina]
