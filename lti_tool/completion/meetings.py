"""What there is of a requirement to attend meetings.

Nothing but a mark of being there (present or late) counts, and a mark once given counts whatever becomes of its date.

- A meeting that the programme holds is done with one session of it, any in the cohort, however long it took.
- Of meetings that courses hold, the minutes of the sessions attended must reach the hours of each meeting, all in the
  same course. Somebody in several courses is judged by the one in which they are best off, among those in which dates
  are planned.
- Before anything is planned they are on the way. They are at risk while they were absent and have no other place,
  while no date has room, while the last dates close within two weeks or only one of several is left, and when nobody
  has recorded a week after the date whether they were there.
- It is missed once no date is left on which it could be done, be it by walking in; a further date makes it possible
  again. What was never planned, or not enough of, is missed only when the term is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.completion.records import Date, Records, Turnout
from lti_tool.completion.verdicts import ItemVerdict, Judgement, NextStep, PartVerdict, Reason, Status, weight
from lti_tool.programme.requirements import Attendance, Meeting

LAST_DAYS = timedelta(days=14)
TIME_TO_MARK = timedelta(days=7)
_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Chances:
    """The dates of one meeting as they lie at a moment: those `ahead` can be walked into, those `open` have room, for
    those that are `full` one can wait. `closing` is whether the last of those with room go.
    """

    planned: tuple[Date, ...] = ()
    ahead: tuple[Date, ...] = ()
    open: tuple[Date, ...] = ()
    full: tuple[Date, ...] = ()
    closing: bool = False

    @classmethod
    def of(cls, dates: Iterable[Date], moment: datetime) -> Chances:
        planned = tuple(one for one in dates if not one.called_off)
        bookable = [one for one in planned if one.takes_sign_ups(moment)]
        with_room = tuple(one for one in bookable if one.room)
        last = max((one.sign_up_until for one in with_room), default=moment)
        return cls(
            planned,
            ahead=tuple(one for one in planned if one.ends_at > moment),
            open=with_room,
            full=tuple(one for one in bookable if not one.room),
            closing=last - moment <= LAST_DAYS or len(with_room) == 1 < len(planned),
        )


_NO_CHANCES, _NO_TURNOUT = Chances(), Turnout()


class MeetingRules:
    """For one cohort at one moment. Many have been to the same dates, so what comes of them is worked out once."""

    def __init__(self, dates: Iterable[Date], term_is_over: bool, moment: datetime) -> None:
        self._moment, self._term_is_over = moment, term_is_over
        self._by_id = {one.id: one for one in dates}
        by_place: dict[tuple[int | None, str], list[Date]] = {}
        for one in sorted(dates, key=lambda date: (date.starts_at, date.id)):
            by_place.setdefault((one.course_id, one.meeting), []).append(one)
        self._chances = {place: Chances.of(found, moment) for place, found in by_place.items()}
        self._items: dict[tuple[str, Turnout], ItemVerdict] = {}
        self._parts: dict[tuple[str | int | Turnout | None, ...], PartVerdict] = {}

    def part(self, requirement: Attendance, records: Records) -> PartVerdict:
        if requirement.held_by == "programme":
            return self._held_part(
                requirement, [records.held.get(one.key, _NO_TURNOUT) for one in requirement.meetings]
            )
        parts = [
            self._part(requirement, course, own)
            for course, own in sorted(records.courses.items())
            if own.there or any(self._at(course, meeting).planned for meeting in requirement.meetings)
        ]
        return min(parts, key=_rank) if parts else self._part(requirement, None, _NO_TURNOUT)

    def _held_part(self, requirement: Attendance, own: list[Turnout]) -> PartVerdict:
        known = requirement.key, None, *own
        if known not in self._parts:
            items = [self._item(meeting, turnout) for meeting, turnout in zip(requirement.meetings, own, strict=True)]
            self._parts[known] = _part(requirement, items)
        return self._parts[known]

    def _at(self, course: int | None, meeting: Meeting) -> Chances:
        return self._chances.get((course, meeting.key), _NO_CHANCES)

    def _item(self, meeting: Meeting, own: Turnout) -> ItemVerdict:
        known = meeting.key, own
        if known not in self._items:
            self._items[known] = self._held(meeting, own)
        return self._items[known]

    def _part(self, requirement: Attendance, course: int | None, own: Turnout) -> PartVerdict:
        known = requirement.key, course, own
        if known not in self._parts:
            items = [self._in_course(meeting, course, own) for meeting in requirement.meetings]
            self._parts[known] = _part(requirement, items, course)
        return self._parts[known]

    def _held(self, meeting: Meeting, own: Turnout) -> ItemVerdict:
        if own.there:
            return _done(meeting, [self._by_id[one] for one in own.there])
        chances = self._at(None, meeting)
        place = self._place(own)
        if place is not None:
            judgement = self._with_place(meeting, place, own)
            return ItemVerdict(meeting.key, *judgement, 0, meeting.hours, None, (), chances.open, place)
        judgement = self._without_place(chances, own)
        return ItemVerdict(meeting.key, *judgement, 0, meeting.hours, None, (), _left(chances))

    def _place(self, own: Turnout) -> Date | None:
        """The date they have a place on, while nothing is known of how it went."""
        found = (self._by_id[one] for one in own.places if one not in own.absent)
        return next((one for one in found if not one.called_off), None)

    def _with_place(self, meeting: Meeting, place: Date, own: Turnout) -> Judgement:
        if place.ends_at <= self._moment:
            return self._unmarked([place], NextStep.ASK_COORDINATOR)
        to_prepare = meeting.preparation is not None and not own.prepared
        return Status.ON_THE_WAY, Reason.HAS_PLACE, NextStep.PREPARE if to_prepare else NextStep.ATTEND

    def _without_place(self, chances: Chances, own: Turnout) -> Judgement:
        if chances.open:
            risk = Reason.ABSENT if own.absent else Reason.LAST_DATES if chances.closing else None
            return Status.AT_RISK if risk else Status.ON_THE_WAY, risk or Reason.NO_PLACE, NextStep.CHOOSE_DATE
        if any(one.id in own.waiting for one in chances.full):
            return Status.AT_RISK, Reason.WAITING, NextStep.AWAIT_PLACE
        if chances.full:
            return Status.AT_RISK, Reason.FULL, NextStep.JOIN_WAITING_LIST
        if chances.ahead:
            return Status.AT_RISK, Reason.SIGN_UP_CLOSED, NextStep.ASK_COORDINATOR
        if chances.planned or self._term_is_over:
            return Status.MISSED, Reason.NO_DATE_LEFT, NextStep.ASK_COORDINATOR
        return Status.ON_THE_WAY, Reason.NOT_PLANNED, NextStep.AWAIT_DATES

    def _in_course(self, meeting: Meeting, course: int | None, own: Turnout) -> ItemVerdict:
        there = [one for one in map(self._by_id.__getitem__, own.there) if one.meeting == meeting.key]
        needed, been = round(meeting.hours * _MINUTES), _minutes(there)
        if been >= needed:
            return _done(meeting, there)
        planned = self._at(course, meeting).planned
        absent = [one for one in planned if one.id in own.absent]
        unmarked = [one for one in planned if one.id not in own.there and one not in absent]
        # As long as too little is planned, more is to come.
        to_come = _minutes(planned) < needed and not self._term_is_over
        if been + _minutes(unmarked) < needed and not to_come:
            judgement = Status.MISSED, Reason.NO_DATE_LEFT, NextStep.ASK_TEACHER
        else:
            judgement = self._expected(unmarked, bool(absent))
        ahead = tuple(one for one in unmarked if one.ends_at > self._moment)
        shown = ahead if judgement[2] is NextStep.ATTEND else unmarked
        upcoming = shown[0] if shown else None
        return ItemVerdict(meeting.key, *judgement, been / _MINUTES, meeting.hours, None, tuple(there), ahead, upcoming)

    def _expected(self, unmarked: list[Date], absent: bool) -> Judgement:
        over = [one for one in unmarked if one.ends_at <= self._moment]
        status, reason, step = self._unmarked(over, NextStep.ASK_TEACHER)
        if status is Status.ON_THE_WAY and len(over) < len(unmarked):
            reason, step = Reason.EXPECTED, NextStep.ATTEND
        if absent and status is Status.ON_THE_WAY:
            return Status.AT_RISK, Reason.ABSENT, step
        return status, reason, step

    def _unmarked(self, over: list[Date], whom: NextStep) -> Judgement:
        if not over:
            return Status.ON_THE_WAY, Reason.NOT_PLANNED, NextStep.AWAIT_DATES
        if self._moment - min(one.ends_at for one in over) > TIME_TO_MARK:
            return Status.AT_RISK, Reason.NOT_MARKED_LONG, whom
        return Status.ON_THE_WAY, Reason.NOT_MARKED, NextStep.AWAIT_MARK


def _left(chances: Chances) -> tuple[Date, ...]:
    return chances.open or chances.full or chances.ahead


def _minutes(dates: Iterable[Date]) -> int:
    return sum(one.minutes for one in dates)


def _done(meeting: Meeting, there: list[Date]) -> ItemVerdict:
    at, hours = max(one.ends_at for one in there), meeting.hours
    return ItemVerdict(meeting.key, Status.DONE, Reason.DONE, NextStep.NOTHING, hours, hours, at, tuple(there))


def _part(requirement: Attendance, items: list[ItemVerdict], course: int | None = None) -> PartVerdict:
    worst = max(items, key=weight)
    done = worst.status is Status.DONE
    return PartVerdict(
        requirement.key,
        worst.status,
        worst.reason,
        worst.next_step,
        sum(item.hours_done for item in items),
        requirement.hours,
        tuple(items),
        None if done else worst.key,
        course,
        max(item.at for item in items if item.at) if done else None,
    )


def _rank(part: PartVerdict) -> tuple[int, float]:
    """Least for the course in which they are best off; of equals, the one that came first."""
    return weight(part)[0], -part.hours_done
