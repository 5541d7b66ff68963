"""Places that become free go to those who wait, in their order, as long as people can sign up for the date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
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
from lti_tool.attendance.sign_up_rules import Held, has_begun, has_room, is_moved, is_open
from lti_tool.database import now
from lti_tool.errors import NotFound

THERE = frozenset({Presence.PRESENT, Presence.LATE})


@dataclass(frozen=True, slots=True)
class Ledger:
    """What people have done about one meeting: their sign-ups by person and date, and whether they were there."""

    sign_ups: dict[int, dict[int, SignUp]]
    marks: dict[tuple[int, int], Presence]

    def place_of(self, person_id: int) -> SignUp | None:
        own = self.sign_ups.get(person_id, {}).values()
        return next((one for one in own if one.state is SignUpState.PLACE), None)

    def held_by(self, person_id: int, dates: Dates) -> Held | None:
        place = self.place_of(person_id)
        if place is None:
            return None
        return Held(dates[place.session_id], self.marks.get((place.session_id, person_id)) is Presence.ABSENT)

    def attended(self, person_id: int) -> bool:
        return any(presence in THERE for (_date, person), presence in self.marks.items() if person == person_id)


# The dates of one meeting in one cohort, by id.
Dates = dict[int, TrainingSession]


def lock_dates(session: Session, session_id: int) -> Dates:
    """All dates of the meeting that a session is a date of, locked until the transaction ends.

    A move touches two dates and a promotion any number, so whoever changes places locks all of them in the same order
    before anything else: nobody waits for somebody who waits for them. Raises `NotFound` for a session that nobody
    signs up for.
    """
    named = select(TrainingSession.cohort_id, TrainingSession.meeting_key).where(
        TrainingSession.id == session_id, TrainingSession.course_id.is_(None)
    )
    row = session.execute(named).one_or_none()
    if row is None:
        raise NotFound("no such date to sign up for")
    found = session.scalars(
        select(TrainingSession)
        .where(TrainingSession.cohort_id == row.cohort_id, TrainingSession.meeting_key == row.meeting_key)
        .where(TrainingSession.course_id.is_(None))
        .order_by(TrainingSession.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in found}


def lock_date(session: Session, found: TrainingSession) -> None:
    """Lock one date for a change of it, with the others of its meeting where people sign up, and read it anew."""
    if found.course_id is None:
        lock_dates(session, found.id)
    else:
        session.refresh(found, with_for_update={"key_share": True})


def promote(session: Session, session_id: int, moment: datetime | None = None) -> list[int]:
    """Give the free places on every date of the same meeting to those who wait; returns who got one.

    To be called when there is more room, or a date is called off: who loses the place that they had to keep may have a
    turn somewhere else. Repeating it changes nothing. A date that is changed in the same transaction was locked with
    `lock_date` first.
    """
    return fill(session, lock_dates(session, session_id), moment or now())


def fill(session: Session, dates: Dates, moment: datetime) -> list[int]:
    """The same for dates that are locked."""
    free = {date.id for date in dates.values() if is_open(date, moment) and has_room(date)}
    waiting = _waiting(session, dates) if free else []
    promoted: list[int] = []
    if not any(one.session_id in free for one in waiting):
        return promoted
    # One promotion frees the place that the person had, so others may follow on any date.
    ledger = ledger_of(session, dates, {one.person_id for one in waiting})
    while turn := _next(ledger, dates, moment):
        _promote(session, ledger, dates, turn, moment)
        promoted.append(turn.person_id)
    return promoted


def ledger_of(session: Session, dates: Dates, people: Collection[int]) -> Ledger:
    """Two statements."""
    own = select(SignUp).where(SignUp.session_id.in_(dates), SignUp.person_id.in_(people)).order_by(SignUp.id)
    marked = select(Mark.session_id, Mark.person_id, Mark.presence).where(
        Mark.session_id.in_(dates), Mark.person_id.in_(people)
    )
    sign_ups: dict[int, dict[int, SignUp]] = {}
    for one in session.scalars(own.execution_options(populate_existing=True)):
        sign_ups.setdefault(one.person_id, {})[one.session_id] = one
    marks = {(row.session_id, row.person_id): row.presence for row in session.execute(marked)}
    return Ledger(sign_ups, marks)


def leave(session: Session, dates: Dates, left: SignUp, moment: datetime, by: int | None) -> None:
    """Take a place or a turn in the line away, and note it."""
    date = dates[left.session_id]
    if left.state is SignUpState.PLACE:
        date.taken -= 1
    if left.state is SignUpState.PLACE or not has_begun(date, moment):
        note(session, left, SignUpChange.CANCELLED, moment, by)
    session.delete(left)
    # The database allows one place at a time, also while one takes the place of another.
    session.flush()


def note(session: Session, about: SignUp, change: SignUpChange, moment: datetime, by: int | None) -> None:
    session.add(
        SignUpEvent(session_id=about.session_id, person_id=about.person_id, change=change, by=by, created_at=moment)
    )


def _waiting(session: Session, dates: Iterable[int]) -> Sequence[Row[int, int]]:
    query = select(SignUp.session_id, SignUp.person_id)
    return session.execute(query.where(SignUp.session_id.in_(dates), SignUp.state == SignUpState.WAITING)).all()


def _next(ledger: Ledger, dates: Dates, moment: datetime) -> SignUp | None:
    """Whose turn it is: on the earliest date with room, whoever has waited longest of those who can go there."""
    waiting = sorted(
        (one for own in ledger.sign_ups.values() for one in own.values() if one.state is SignUpState.WAITING),
        key=lambda one: (dates[one.session_id].starts_at, one.session_id, one.id),
    )
    return next((one for one in waiting if _has_turn(ledger, dates, one, moment)), None)


def _has_turn(ledger: Ledger, dates: Dates, waiting: SignUp, moment: datetime) -> bool:
    date = dates[waiting.session_id]
    return (
        is_open(date, moment)
        and has_room(date)
        and not ledger.attended(waiting.person_id)
        and is_moved(ledger.held_by(waiting.person_id, dates), moment)
    )


def _promote(session: Session, ledger: Ledger, dates: Dates, turn: SignUp, moment: datetime) -> None:
    """Whoever gets a place waits for no other, and is not moved a second time without having asked for it."""
    for other in [one for one in ledger.sign_ups[turn.person_id].values() if one is not turn]:
        leave(session, dates, other, moment, None)
    ledger.sign_ups[turn.person_id] = {turn.session_id: turn}
    turn.state = SignUpState.PLACE
    dates[turn.session_id].taken += 1
    note(session, turn, SignUpChange.PROMOTED, moment, None)
    session.flush()
