"""Planning dates to meet on: what makes a date possible, making dates, changing them, and calling them off."""

from __future__ import annotations

import enum
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, SignUp, SignUpChange, SignUpEvent, TrainingSession
from lti_tool.attendance.planning_overlaps import same_as
from lti_tool.attendance.promotion import lock_date, promote
from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError
from lti_tool.programme.actions import completion_may_change
from lti_tool.programme.models import Cohort
from lti_tool.programme.queries import programme_in
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

log = logging.getLogger(__name__)

DAYS_TO_SIGN_UP = 3
MOST_PLACES = 10_000
LONGEST = {"place": 200, "town": 80, "online_url": 500, "leader": 200, "note": 10_000}
# Longer than a day is a slip in the date.
LONGEST_SESSION = timedelta(hours=24)
# Whoever has signed up for a date counts on these.
_TOLD = ("starts_at", "ends_at", "place", "town", "online_url", "language")
_IDENTITY = ("cohort_id", "meeting_key", "course_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A date as it is to be. `course_id` is None for one of the whole programme, `capacity` None for any number of
    people; `minutes` count towards the hours of the meeting, however long it takes.
    """

    cohort_id: int
    meeting_key: str
    course_id: int | None = None
    starts_at: datetime
    ends_at: datetime
    minutes: int
    sign_up_until: datetime
    place: str = ""
    town: str = ""
    online_url: str = ""
    language: str
    leader: str = ""
    note: str = ""
    capacity: int | None = None


FIELDS = tuple(field.name for field in fields(NewSession))
Change: TypeAlias = tuple[TrainingSession, NewSession]


class Mistake(enum.StrEnum):
    """Why a date cannot be as it is planned; the value is the field that it is to be mended in."""

    ENDS_BEFORE_IT_STARTS = "ends_at"
    TOO_LONG = "starts_at"
    COUNTS_FOR_NOTHING = "minutes"
    SIGN_UP_AFTER_START = "sign_up_until"
    NOWHERE = "place"
    NO_ADDRESS = "online_url"
    NO_ROOM = "capacity"


class Impossible(DomainError):
    """The date cannot be as it is planned."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(
            f"impossible date: {', '.join(one.name for one in self.mistakes)}",
            explanation=" ".join(said(one) for one in self.mistakes),
            advice=_("Go back and change it. Nothing was saved."),
        )


class TooFewPlaces(Conflict):
    """More people have a place on the session than there would be; `taken` says how many."""

    def __init__(self, taken: int, session_id: int) -> None:
        self.taken, self.session_id = taken, session_id
        super().__init__(
            "capacity below the places taken",
            explanation=too_few_words(taken),
            advice=_("Choose a larger number, or call the date off."),
        )


class CalledOff(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "date was called off",
            explanation=_("This date was called off. It cannot be changed any more."),
            advice=_("Plan a new date instead."),
        )


class TookPlace(Conflict):
    """Attendance is recorded on it, which calling it off would undo for people without a word."""

    def __init__(self) -> None:
        super().__init__(
            "date with attendance",
            explanation=_("Attendance is recorded on this date, so it took place and cannot be called off."),
            advice=_("If the marks are wrong, correct them in the list of the date first."),
        )


def mistakes_in(new: NewSession) -> tuple[Mistake, ...]:
    """What keeps the date from being possible; nothing if it is."""
    found = {
        Mistake.ENDS_BEFORE_IT_STARTS: new.ends_at <= new.starts_at,
        Mistake.TOO_LONG: new.ends_at - new.starts_at > LONGEST_SESSION,
        Mistake.COUNTS_FOR_NOTHING: new.minutes <= 0,
        Mistake.SIGN_UP_AFTER_START: new.sign_up_until > new.starts_at,
        Mistake.NOWHERE: not new.place and not new.online_url,
        Mistake.NO_ADDRESS: bool(new.online_url) and not is_web_address(new.online_url),
        Mistake.NO_ROOM: new.capacity is not None and not 1 <= new.capacity <= MOST_PLACES,
    }
    return tuple(mistake for mistake, made in found.items() if made)


def said(mistake: Mistake) -> str:
    return {
        Mistake.ENDS_BEFORE_IT_STARTS: lambda: _("It has to end after it starts."),
        Mistake.TOO_LONG: lambda: _("It would last more than a day. Check both dates."),
        Mistake.COUNTS_FOR_NOTHING: lambda: _("It has to count for one minute at least."),
        Mistake.SIGN_UP_AFTER_START: lambda: _("Signing up has to end before the date starts."),
        Mistake.NOWHERE: lambda: _("Say where it is: a place, a link to an online meeting, or both."),
        Mistake.NO_ADDRESS: lambda: _("Give the whole address of the online meeting, beginning with https://."),
        Mistake.NO_ROOM: lambda: _("A whole number from 1 to %(most)s, or nothing for any number.", most=MOST_PLACES),
    }[mistake]()


def too_few_words(taken: int) -> str:
    return ngettext(
        "One person has a place on this date, so it needs one at least.",
        "%(num)s people have a place on this date, so it needs as many at least.",
        taken,
    )


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))
    except ValueError:
        return False


def usual_deadline(starts_at: datetime, zone: ZoneInfo, moment: datetime, days: int = DAYS_TO_SIGN_UP) -> datetime:
    """The same time of the day, by the clocks of `zone`, so many days before; the start itself where that has passed
    at `moment`, so that a date at short notice can be signed up for."""
    local = starts_at.astimezone(zone)
    before = (local - timedelta(days=days)).astimezone(starts_at.tzinfo)
    return before if before > moment else starts_at


def as_planned(found: TrainingSession) -> NewSession:
    """The date as it is, to be changed."""
    return NewSession(**{name: getattr(found, name) for name in FIELDS})


def create_session(session: Session, actor_id: int | None, new: NewSession) -> TrainingSession:
    """Raises `Impossible`, and `DomainError` for a meeting that the programme does not ask for in this way."""
    return create_sessions(session, actor_id, [new])[0]


def create_sessions(session: Session, actor_id: int | None, planned: Iterable[NewSession]) -> list[TrainingSession]:
    """As `create_session`, all or none."""
    planned = list(planned)
    for cohort_id in {new.cohort_id for new in planned}:
        _must_be_asked_for(session, cohort_id, [new for new in planned if new.cohort_id == cohort_id])
    made = [_made(actor_id, new) for new in planned]
    session.add_all(made)
    session.flush()
    return made


def create_missing(session: Session, actor_id: int, planned: Iterable[NewSession]) -> list[TrainingSession]:
    """As `create_sessions`, without those that are planned already: a second click, or the same table once more, makes
    nothing. For dates that people sign up for.
    """
    planned = list(planned)
    cohorts = select(Cohort.id).where(Cohort.id.in_({new.cohort_id for new in planned}))
    # Whoever does the same at the same time waits, and finds them there.
    locked = session.scalars(cohorts.order_by(Cohort.id).with_for_update(key_share=True)).all()
    on = TrainingSession.cohort_id.in_(locked), TrainingSession.cancelled_at.is_(None)
    there = session.scalars(select(TrainingSession).where(*on, TrainingSession.course_id.is_(None))).all()
    return create_sessions(session, actor_id, [new for new in planned if same_as(new, there) is None])


def change_session(session: Session, actor_id: int, found: TrainingSession, new: NewSession) -> TrainingSession:
    """Make the date as `new` is, and count the change if those who come should know of it; the same again changes
    nothing. It stays a date of its meeting, cohort and course.

    Raises `Impossible`, `TooFewPlaces` and `CalledOff`, before anything is written.
    """
    change_sessions(session, actor_id, [(found, new)])
    return found


def change_sessions(session: Session, actor_id: int, changes: Iterable[Change]) -> None:
    """As `change_session`, all or none, in one transaction."""
    # In one order, so that no two who change the same meetings wait for each other.
    changes = sorted(changes, key=lambda change: (change[1].meeting_key, change[0].id))
    for _found, new in changes:
        _must_be_possible(new)
    dates = [found for found, _new in changes]
    for found in _one_of_each_meeting(dates):
        lock_date(session, found)
    for found, new in changes:
        _must_be_changeable(found, new)
    for found, new in changes:
        if found.minutes != new.minutes:
            _count_anew(session, found)
        _change(found, new)
        log.info("date changed", extra={"session_id": found.id, "by": actor_id})
    session.flush()
    for found in _one_of_each_meeting(dates):
        _give_free_places(session, found)


def call_off(session: Session, actor_id: int, found: TrainingSession) -> list[int]:
    """Nobody has a place on the date or waits for one any more; returns who lost a place. Twice is the same as once.

    Raises `TookPlace` for a date with attendance.
    """
    lock_date(session, found)
    if found.cancelled_at is not None:
        return []
    if session.scalar(select(exists().where(Mark.session_id == found.id))):
        raise TookPlace
    people = _take_places(session, actor_id, found.id)
    found.taken, found.cancelled_at, found.check_in_until = 0, now(), None
    _tell(found)
    session.flush()
    _give_free_places(session, found)
    return people


def _one_of_each_meeting(dates: Iterable[TrainingSession]) -> list[TrainingSession]:
    """To lock a date is to lock all of its meeting, where people sign up; those of courses stand alone."""
    found: dict[object, TrainingSession] = {}
    for one in dates:
        found.setdefault((one.cohort_id, one.meeting_key) if one.course_id is None else one.id, one)
    return list(found.values())


def _must_be_changeable(found: TrainingSession, new: NewSession) -> None:
    if any(getattr(found, name) != getattr(new, name) for name in _IDENTITY):
        raise ValueError("a date stays one of its meeting")
    if found.cancelled_at is not None:
        raise CalledOff
    if new.capacity is not None and new.capacity < found.taken:
        raise TooFewPlaces(found.taken, found.id)


def _change(found: TrainingSession, new: NewSession) -> None:
    if any(getattr(found, name) != getattr(new, name) for name in _TOLD):
        _tell(found)
    for name in FIELDS:
        setattr(found, name, getattr(new, name))


def _count_anew(session: Session, found: TrainingSession) -> None:
    """The hours of those who were there are others now."""
    for person_id in session.scalars(select(Mark.person_id).where(Mark.session_id == found.id)):
        completion_may_change(session, person_id, found.cohort_id)


def _give_free_places(session: Session, found: TrainingSession) -> None:
    if found.course_id is None:
        promote(session, found.id)


def _take_places(session: Session, actor_id: int, session_id: int) -> list[int]:
    theirs = select(SignUp.person_id).where(SignUp.session_id == session_id).order_by(SignUp.id)
    people = list(session.scalars(theirs))
    session.execute(delete(SignUp).where(SignUp.session_id == session_id))
    session.add_all(
        SignUpEvent(session_id=session_id, person_id=person_id, change=SignUpChange.CALLED_OFF, by=actor_id)
        for person_id in people
    )
    return people


def _tell(found: TrainingSession) -> None:
    found.sequence, found.changed_at = found.sequence + 1, now()


def _made(actor_id: int | None, new: NewSession) -> TrainingSession:
    values = {name: getattr(new, name) for name in FIELDS}
    return TrainingSession(uid=secrets.token_hex(16), created_by=actor_id, taken=0, sequence=0, **values)


def _must_be_asked_for(session: Session, cohort_id: int, planned: list[NewSession]) -> None:
    asked = {
        (meeting.key, attendance.held_by)
        for attendance in programme_in(session, cohort_id).content.attendances
        for meeting in attendance.meetings
    }
    for new in planned:
        if (new.meeting_key, "programme" if new.course_id is None else "course") not in asked:
            raise DomainError(
                "unknown meeting", explanation=_("The programme has no such meeting."), advice=_("Choose another one.")
            )
        _must_be_possible(new)


def _must_be_possible(new: NewSession) -> None:
    mistakes = mistakes_in(new)
    if mistakes:
        raise Impossible(mistakes)
