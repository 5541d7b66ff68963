"""However many ask for the last place at the same moment, in threads and transactions of their own, one gets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import SignUp, SignUpState, TrainingSession
from lti_tool.attendance.planning import call_off, change_session
from lti_tool.attendance.sign_up import Closed, Full, cancel, sign_up, wait
from tests.attendance.dates import START, ask_for_meetings, new_date, planned
from tests.cast import Cast
from tests.peer_review.together import at_once, newcomers

MOMENT = START - timedelta(days=10)


def date_on(session: Session, cast: Cast, days: int, capacity: int) -> TrainingSession:
    moved = timedelta(days=days)
    dates = {"starts_at": START + moved, "ends_at": START + moved + timedelta(hours=3)}
    return planned(session, cast, capacity=capacity, sign_up_until=START - timedelta(days=3), **dates)


def asking(person_id: int, session_id: int) -> Callable[[Session], bool]:
    """Whether they got a place."""

    def ask(own: Session) -> bool:
        try:
            sign_up(own, person_id, session_id, MOMENT)
        except Full:
            own.rollback()
            return False
        return True

    return ask


def places(session: Session, session_id: int) -> list[int]:
    session.rollback()
    own = select(SignUp.person_id).where(SignUp.session_id == session_id, SignUp.state == SignUpState.PLACE)
    return list(session.scalars(own))


def check(session: Session) -> None:
    """Every date counts the places that there are, and nobody has two."""
    session.rollback()
    for date in session.scalars(select(TrainingSession)):
        assert date.taken == len(places(session, date.id))
        assert date.capacity is None or date.taken <= date.capacity
    owners = select(func.count(), SignUp.person_id).where(SignUp.state == SignUpState.PLACE)
    assert {number for number, _owner in session.execute(owners.group_by(SignUp.person_id))} <= {1}


def test_fifty_sign_ups_for_the_last_place(cast: Cast, session: Session) -> None:
    ask_for_meetings(session)
    date = date_on(session, cast, 0, 3)
    first, second, *people = newcomers(session, cast, 52)
    for person_id in (first, second):
        sign_up(session, person_id, date.id, MOMENT)
    session.commit()
    got = at_once(cast.app, *[asking(person_id, date.id) for person_id in people])
    assert got.count(True) == 1
    assert sorted(places(session, date.id)) == sorted([first, second, people[got.index(True)]])
    check(session)


def test_moves_in_a_ring_waiting_and_giving_up_all_at_once(cast: Cast, session: Session) -> None:
    """Moves from each date to the next one would wait for each other if they locked them as they come."""
    ask_for_meetings(session)
    dates = [date_on(session, cast, days, 9).id for days in range(3)]
    people = newcomers(session, cast, 24)
    for number, person_id in enumerate(people):
        sign_up(session, person_id, dates[number % 3], MOMENT)
    session.commit()
    moves = [asking(person_id, dates[(number + 1) % 3]) for number, person_id in enumerate(people[:15])]
    giving_up = [lambda own, n=n: cancel(own, people[n], dates[n % 3], MOMENT) for n in range(15, 20)]
    waiting = [lambda own, n=n: wait(own, people[n], dates[(n + 2) % 3], MOMENT) is None for n in range(18, 24)]
    at_once(cast.app, *moves, *giving_up, *waiting)
    check(session)


def test_one_person_in_two_tabs_has_one_place(cast: Cast, session: Session) -> None:
    ask_for_meetings(session)
    dates = [date_on(session, cast, days, 1).id for days in range(4)]
    session.commit()
    lina = cast.person_id("lina")
    at_once(cast.app, *[asking(lina, date) for date in dates * 2])
    assert len([one for date in dates for one in places(session, date)]) == 1
    check(session)


@pytest.mark.parametrize("room", [4, None])
def test_a_coordinator_changes_a_date_that_people_run_to(cast: Cast, session: Session, room: int | None) -> None:
    """More room, or the date is called off, while ten ask for it and ten for another one."""
    ask_for_meetings(session)
    first, second = (date_on(session, cast, days, 2) for days in (0, 1))
    kari, people = cast.person_id("kari"), newcomers(session, cast, 20)
    wanted = new_date(cast, capacity=room, sign_up_until=first.sign_up_until)
    ids = first.id, second.id

    def waiting(number: int) -> Callable[[Session], bool]:
        def ask(own: Session) -> bool:
            try:
                wait(own, people[number], ids[number % 2], MOMENT)
            except Closed:
                own.rollback()
                return False
            return True

        return ask

    def changing(own: Session) -> bool:
        found = own.get_one(TrainingSession, ids[0])
        return bool(change_session(own, kari, found, wanted)) if room else bool(call_off(own, kari, found))

    at_once(cast.app, changing, *[waiting(number) for number in range(20)])
    check(session)
    assert [len(places(session, one)) for one in ids] == [room or 0, 2]
