"""Free places go to those who wait, in order, until signing up ends; nobody loses a place by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Presence, SignUpChange, SignUpState, TrainingSession
from lti_tool.attendance.planning import call_off, change_session
from lti_tool.attendance.promotion import promote
from lti_tool.attendance.sign_up import cancel, sign_up, wait
from lti_tool.attendance.sign_up_rules import Held, is_moved, is_open, may_leave
from lti_tool.database import now
from tests.attendance.dates import START, give_place, new_date
from tests.attendance.test_sign_up import AFTER, DAY, EARLY, LATE, changes, friday, mark, monday, on_day, states
from tests.cast import Cast

__all__ = ["friday", "monday"]


@pytest.fixture
def line(session: Session, cast: Cast, monday: TrainingSession) -> TrainingSession:
    """Lina has the only place on Monday; Frode, Amir and Siri wait for it."""
    sign_up(session, cast.person_id("lina"), monday.id, EARLY)
    for name in ("frode", "amir", "siri"):
        wait(session, cast.person_id(name), monday.id, EARLY)
    return monday


def holders(session: Session, cast: Cast, date: TrainingSession) -> list[str]:
    return [name for name in cast.people if states(session, cast, name).get(date.id) is SignUpState.PLACE]


def test_the_place_that_is_given_up_goes_to_the_first_in_line(
    session: Session, cast: Cast, line: TrainingSession
) -> None:
    cancel(session, cast.person_id("lina"), line.id, EARLY)
    assert holders(session, cast, line) == ["frode"]
    assert changes(session, cast, "frode")[-1] == (line.id, SignUpChange.PROMOTED)


def test_more_room_is_for_as_many_as_it_holds(session: Session, cast: Cast, line: TrainingSession) -> None:
    line.capacity = 3
    assert promote(session, line.id, EARLY) == [cast.person_id("frode"), cast.person_id("amir")]
    assert promote(session, line.id, EARLY) == []
    assert (line.taken, holders(session, cast, line)) == (3, ["lina", "frode", "amir"])


def test_a_coordinator_who_makes_more_room_promotes_the_next(
    session: Session, cast: Cast, line: TrainingSession
) -> None:
    change_session(session, cast.person_id("kari"), line, new_date(cast, capacity=2))
    assert holders(session, cast, line) == ["lina", "frode"]


def test_calling_a_date_off_gives_its_people_their_turn_elsewhere(
    session: Session, cast: Cast, monday: TrainingSession, friday: TrainingSession
) -> None:
    """Lina had to keep her date, so the place she waited for stayed free."""
    monday.sign_up_until = now() - DAY
    give_place(session, monday, cast.person_id("lina"))
    give_place(session, friday, cast.person_id("lina"), state=SignUpState.WAITING)
    assert promote(session, friday.id) == []
    call_off(session, cast.person_id("kari"), monday)
    assert holders(session, cast, friday) == ["lina"]
    assert (monday.taken, friday.taken) == (0, 1)


def test_nobody_is_promoted_after_the_deadline(session: Session, cast: Cast, line: TrainingSession) -> None:
    line.capacity = 3
    assert promote(session, line.id, LATE) == []


def test_promotion_gives_up_the_old_place_and_every_other_turn_in_a_line(
    session: Session, cast: Cast, line: TrainingSession, friday: TrainingSession
) -> None:
    sunday = on_day(session, cast, 6)
    sign_up(session, cast.person_id("frode"), friday.id, EARLY)
    sign_up(session, cast.person_id("tuva"), sunday.id, EARLY)
    wait(session, cast.person_id("frode"), sunday.id, EARLY)
    wait(session, cast.person_id("siri"), friday.id, EARLY)
    cancel(session, cast.person_id("lina"), line.id, EARLY)
    assert states(session, cast, "frode") == {line.id: SignUpState.PLACE}
    assert states(session, cast, "siri") == {friday.id: SignUpState.PLACE}, "who waited for the place that became free"
    assert states(session, cast, "amir") == {line.id: SignUpState.WAITING}


def test_nobody_is_moved_from_a_date_that_they_have_to_keep_until_they_have_missed_it(
    session: Session, cast: Cast, line: TrainingSession
) -> None:
    later = on_day(session, cast, 14)
    sign_up(session, cast.person_id("tuva"), later.id, EARLY)
    wait(session, cast.person_id("lina"), later.id, EARLY)
    later.capacity = 2
    assert promote(session, later.id, LATE) == []
    assert promote(session, later.id, AFTER) == [], "she may have been there"
    mark(session, cast, "lina", line, Presence.ABSENT)
    assert promote(session, later.id, AFTER) == [cast.person_id("lina")]


def test_whoever_has_missed_a_date_and_waits_comes_before_somebody_new(
    session: Session, cast: Cast, line: TrainingSession
) -> None:
    later = on_day(session, cast, 14)
    sign_up(session, cast.person_id("tuva"), later.id, EARLY)
    wait(session, cast.person_id("lina"), later.id, EARLY)
    later.capacity = 2
    mark(session, cast, "lina", line, Presence.ABSENT)
    wait(session, cast.person_id("amir"), later.id, AFTER)
    assert holders(session, cast, later) == ["lina", "tuva"]
    assert states(session, cast, "amir")[later.id] is SignUpState.WAITING


def test_the_deadline_itself_still_counts_and_the_beginning_does_not(monday: TrainingSession) -> None:
    until = monday.sign_up_until
    assert is_open(monday, until)
    assert not is_open(monday, until + DAY)
    monday.sign_up_until = START
    assert is_open(monday, START - DAY)
    assert not is_open(monday, START)


def test_a_place_is_left_by_hand_before_the_deadline_and_once_the_date_has_begun(monday: TrainingSession) -> None:
    held = Held(monday)
    assert [may_leave(held, moment) for moment in (EARLY, LATE, AFTER)] == [True, False, True]
    assert [is_moved(held, moment) for moment in (EARLY, LATE, AFTER)] == [True, False, False]
    assert is_moved(replace(held, absent=True), AFTER)
    assert may_leave(None, LATE)
    assert is_moved(None, AFTER)
