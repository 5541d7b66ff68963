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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.completion.records import Date, Records
from lti_tool.completion.verdicts import ItemVerdict, Judgement, NextStep, PartVerdict, Reason, Status, weight
from lti_tool.programme.requirements import Attendance, Meeting

LAST_DAYS = timedelta(days=14)
TIME_TO_MARK = timedelta(days=7)

_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Chances:
    """The dates of one meeting as they lie at a moment; `open` are those with room, `full` take waiting places."""

    any_planned: bool
    ahead: tuple[Date, ...]
    open: tuple[Date, ...]
    full: tuple[Date, ...]
    closing: bool

    @classmethod
    def of(cls, dates: Iterable[Date], moment: datetime) -> Chances:
        planned = [one for one in dates if not one.called_off]
        bookable = [one for one in planned if one.takes_sign_ups(moment)]
        open_ = tuple(one for one in bookable if one.room)
        last = max((one.sign_up_until for one in open_), default=moment)
        return cls(
            any_planned=bool(planned),
            ahead=tuple(one for one in planned if one.lies_ahead(moment)),
            open=open_,
            full=tuple(one for one in bookable if not one.room),
            closing=last - moment <= LAST_DAYS or (len(open_) == 1 and len(planned) > 1),
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """One person's marks, by meeting; those in courses by course and meeting."""

    attended: Mapping[tuple[int | None, str], list[Date]]
    absent: frozenset[tuple[int | None, str]]


class MeetingRules:
    """For one cohort at one moment; the dates are sorted once for all the people."""

    def __init__(self, dates: Iterable[Date], term_is_over: bool, moment: datetime) -> None:
        self._moment, self._term_is_over = moment, term_is_over
        self._by_id = {one.id: one for one in dates}
        self._by_place: dict[tuple[int | None, str], list[Date]] = {}
        for one in sorted(dates, key=lambda date: (date.starts_at, date.id)):
            self._by_place.setdefault((one.course_id, one.meeting), []).append(one)
        self._chances = {place: Chances.of(found, moment) for place, found in self._by_place.items()}

    def seen(self, records: Records) -> Seen:
        attended: dict[tuple[int | None, str], list[Date]] = {}
        absent = set()
        for session_id, was_there in records.marks.items():
            date = self._by_id[session_id]
            if was_there:
                attended.setdefault((date.course_id, date.meeting), []).append(date)
            else:
                absent.add((date.course_id, date.meeting))
        return Seen(attended, frozenset(absent))

    def part(self, requirement: Attendance, records: Records, seen: Seen) -> PartVerdict:
        if requirement.held_by == "programme":
            return _part(requirement, [self._held(meeting, records, seen) for meeting in requirement.meetings], None)
        courses = self._courses(requirement, records, seen) or [None]
        parts = [
            _part(
                requirement,
                [self._in_course(meeting, course, records, seen) for meeting in requirement.meetings],
                course,
            )
            for course in courses
        ]
        return min(parts, key=_best)

    def _courses(self, requirement: Attendance, records: Records, seen: Seen) -> list[int | None]:
        """Where dates are planned for them, and where they have been to any."""
        meetings = [meeting.key for meeting in requirement.meetings]
        been = {course for course, meeting in seen.attended if meeting in meetings and course is not None}
        mine = records.courses | been
        return [course for course in sorted(mine) if course in been or self._plans(course, meetings)]

    def _plans(self, course: int, meetings: Iterable[str]) -> bool:
        return any((course, key) in self._chances and self._chances[course, key].any_planned for key in meetings)

    def _held(self, meeting: Meeting, records: Records, seen: Seen) -> ItemVerdict:
        attended = seen.attended.get((None, meeting.key))
        if attended:
            return _done(meeting, attended)
        place = self._place(meeting, records)
        chances = self._chances.get((None, meeting.key), _NONE)
        if place is None:
            judgement, left = self._without_place(meeting, chances, records, seen)
            return ItemVerdict(meeting.key, *judgement, 0, meeting.hours, left=left)
        judgement = self._with_place(meeting, place, records)
        return ItemVerdict(meeting.key, *judgement, 0, meeting.hours, place.starts_at, left=chances.open)

    def _place(self, meeting: Meeting, records: Records) -> Date | None:
        """The date they have a place on, while nothing is known of how it went."""
        found = (self._by_id[one] for one in records.places if one not in records.marks)
        return next((one for one in found if one.meeting == meeting.key and not one.called_off), None)

    def _with_place(self, meeting: Meeting, place: Date, records: Records) -> Judgement:
        if not place.lies_ahead(self._moment):
            return self._unmarked(place, NextStep.ASK_COORDINATOR)
        to_prepare = meeting.preparation is not None and meeting.key not in records.prepared
        return Status.ON_THE_WAY, Reason.HAS_PLACE, NextStep.PREPARE if to_prepare else NextStep.ATTEND

    def _unmarked(self, date: Date, whom: NextStep) -> Judgement:
        if self._moment - date.ends_at > TIME_TO_MARK:
            return Status.AT_RISK, Reason.NOT_MARKED_LONG, whom
        return Status.ON_THE_WAY, Reason.NOT_MARKED, NextStep.AWAIT_MARK

    def _without_place(
        self, meeting: Meeting, chances: Chances, records: Records, seen: Seen
    ) -> tuple[Judgement, tuple[Date, ...]]:
        absent = (None, meeting.key) in seen.absent
        if chances.open:
            risk = absent or chances.closing
            reason = Reason.ABSENT if absent else Reason.LAST_DATES if risk else Reason.NO_PLACE
            status = Status.AT_RISK if risk else Status.ON_THE_WAY
            return (status, reason, NextStep.CHOOSE_DATE), chances.open
        if chances.full:
            waits = any(one.id in records.waiting for one in chances.full)
            how = (Reason.WAITING, NextStep.AWAIT_PLACE) if waits else (Reason.FULL, NextStep.JOIN_WAITING_LIST)
            return (Status.AT_RISK, *how), chances.full
        if chances.ahead:
            return (Status.AT_RISK, Reason.SIGN_UP_CLOSED, NextStep.ASK_COORDINATOR), chances.ahead
        if chances.any_planned or self._term_is_over:
            return (Status.MISSED, Reason.NO_DATE_LEFT, NextStep.ASK_COORDINATOR), ()
        return (Status.ON_THE_WAY, Reason.NOT_PLANNED, NextStep.AWAIT_DATES), ()

    def _in_course(self, meeting: Meeting, course: int | None, records: Records, seen: Seen) -> ItemVerdict:
        place = (course, meeting.key)
        attended = seen.attended.get(place, []) if course is not None else []
        needed, been = round(meeting.hours * _MINUTES), sum(one.minutes for one in attended)
        if been >= needed:
            return _done(meeting, attended)
        planned = [one for one in self._by_place.get(place, ()) if not one.called_off] if course is not None else []
        unmarked = [one for one in planned if one.id not in records.marks]
        ahead = tuple(one for one in unmarked if one.lies_ahead(self._moment))
        over = [one for one in unmarked if one not in ahead]
        reachable = been + sum(one.minutes for one in unmarked) >= needed
        more_to_come = not self._term_is_over and sum(one.minutes for one in planned) < needed
        if not reachable and not more_to_come:
            judgement: Judgement = Status.MISSED, Reason.NO_DATE_LEFT, NextStep.ASK_TEACHER
        else:
            judgement = self._expected(ahead, over, place in seen.absent)
        upcoming = next(iter([*ahead, *over]), None)
        return ItemVerdict(
            meeting.key,
            *judgement,
            been / _MINUTES,
            meeting.hours,
            upcoming.starts_at if upcoming else None,
            tuple(attended),
            ahead,
        )

    def _expected(self, ahead: tuple[Date, ...], over: list[Date], absent: bool) -> Judgement:
        late = [one for one in over if self._moment - one.ends_at > TIME_TO_MARK]
        if late:
            return Status.AT_RISK, Reason.NOT_MARKED_LONG, NextStep.ASK_TEACHER
        step = NextStep.ATTEND if ahead else NextStep.AWAIT_MARK if over else NextStep.AWAIT_DATES
        if absent:
            return Status.AT_RISK, Reason.ABSENT, step
        reason = {NextStep.ATTEND: Reason.EXPECTED, NextStep.AWAIT_MARK: Reason.NOT_MARKED}
        return Status.ON_THE_WAY, reason.get(step, Reason.NOT_PLANNED), step


_NONE = Chances(False, (), (), (), False)


def _done(meeting: Meeting, attended: list[Date]) -> ItemVerdict:
    at = max(one.ends_at for one in attended)
    return ItemVerdict(
        meeting.key, Status.DONE, Reason.DONE, NextStep.NOTHING, meeting.hours, meeting.hours, at, tuple(attended)
    )


def _part(requirement: Attendance, items: list[ItemVerdict], course: int | None) -> PartVerdict:
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
        max((item.at for item in items if item.at), default=None) if done else None,
    )


def _best(part: PartVerdict) -> tuple[int, float]:
    """Least for the course in which they are best off; of equals, the one that came first."""
    return weight(part)[0], -part.hours_done
