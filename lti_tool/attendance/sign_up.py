"""Signing up for a date, moving to another one, waiting, and giving up; all with the meeting's dates locked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.attendance.models import SignUp, SignUpChange, SignUpState
from lti_tool.attendance.promotion import Dates, Ledger, fill, leave, ledger_of, lock_dates, note
from lti_tool.attendance.sign_up_rules import has_room, is_open, may_leave
from lti_tool.errors import Conflict
from lti_tool.modules.choices import take_turn
from lti_tool.programme.actions import enrol
from lti_tool.texts import gettext as _


class Full(Conflict):
    """The last place has gone since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "no place left",
            title=_("All places on this date are taken"),
            explanation=_("Somebody else has just got the last place. Nothing has changed for you."),
            advice=_("Choose another date, or join the waiting list of this one."),
        )


class Closed(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "signing up has ended",
            title=_("Signing up for this date has ended"),
            explanation=_("Nothing has changed for you."),
            advice=_("Choose another date."),
        )


class Kept(Conflict):
    """The place that somebody has is theirs now, come what may."""

    def __init__(self) -> None:
        super().__init__(
            "place can no longer be given up",
            title=_("Your date can no longer be changed"),
            explanation=_("The deadline for changing or giving up your place is over, so you still have it."),
            advice=_("If you cannot come, tell your coordinator. Afterwards you can choose another date."),
        )


class Attended(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "was there already",
            title=_("You have done this already"),
            explanation=_("You were at one of its dates, so you need no other."),
        )


def sign_up(session: Session, person_id: int, session_id: int, moment: datetime) -> SignUp:
    """Give the person a place on the date, instead of one they had on another date of the same meeting.

    Having it already changes nothing. Raises `Full`, `Closed`, `Kept` where they cannot leave the date they have,
    `Attended`, and `NotFound`; the place they had stays theirs then.
    """
    return _ask_for(session, person_id, session_id, moment, or_wait=False)


def wait(session: Session, person_id: int, session_id: int, moment: datetime) -> SignUp:
    """Put the person last in the line for a place; if there is one, they have it at once. Raises as `sign_up`."""
    return _ask_for(session, person_id, session_id, moment, or_wait=True)


def cancel(session: Session, person_id: int, session_id: int, moment: datetime) -> bool:
    """Give up a place, which the next who waits gets, or a turn in the line; False if there was neither.

    Raises `Kept` once the deadline is over, `NotFound`.
    """
    dates = lock_dates(session, session_id)
    found = _own(ledger_of(session, dates, [person_id]), person_id).get(session_id)
    if found is None:
        return False
    if found.state is SignUpState.PLACE and not is_open(dates[session_id], moment):
        raise Kept
    leave(session, dates, found, moment, person_id)
    fill(session, dates, moment)
    return True


def _ask_for(session: Session, person_id: int, session_id: int, moment: datetime, *, or_wait: bool) -> SignUp:
    # The person before the dates: everybody locks in this order.
    take_turn(session, person_id)
    dates = lock_dates(session, session_id)
    # Nobody gets in before those who wait and have come to have a turn since.
    fill(session, dates, moment)
    ledger = ledger_of(session, dates, [person_id])
    found = _own(ledger, person_id).get(session_id)
    if found is not None and (found.state is SignUpState.PLACE or or_wait):
        return found
    _check(ledger, dates, person_id, session_id, moment)
    if not has_room(dates[session_id]) and not or_wait:
        raise Full
    enrol(session, person_id, dates[session_id].cohort_id)
    if not has_room(dates[session_id]):
        return _add(session, dates, person_id, session_id, moment, state=SignUpState.WAITING)
    for before in (found, ledger.place_of(person_id)):
        if before is not None:
            leave(session, dates, before, moment, person_id)
    given = _add(session, dates, person_id, session_id, moment, state=SignUpState.PLACE)
    fill(session, dates, moment)
    return given


def _own(ledger: Ledger, person_id: int) -> dict[int, SignUp]:
    return ledger.sign_ups.get(person_id, {})


def _check(ledger: Ledger, dates: Dates, person_id: int, session_id: int, moment: datetime) -> None:
    if ledger.attended(person_id):
        raise Attended
    if not is_open(dates[session_id], moment):
        raise Closed
    if not may_leave(ledger.held_by(person_id, dates), moment):
        raise Kept


def _add(
    session: Session, dates: Dates, person_id: int, session_id: int, moment: datetime, *, state: SignUpState
) -> SignUp:
    date = dates[session_id]
    added = SignUp(
        session_id=session_id,
        person_id=person_id,
        cohort_id=date.cohort_id,
        meeting_key=date.meeting_key,
        state=state,
        created_at=moment,
    )
    session.add(added)
    has_place = state is SignUpState.PLACE
    date.taken += has_place
    note(session, added, SignUpChange.SIGNED_UP if has_place else SignUpChange.WAITING, moment, person_id)
    session.flush()
    return added
