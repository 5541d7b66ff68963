"""From records to status: whether somebody has completed a programme, why not, and what they do next. Pure.

A programme is done when every requirement is; only then may anybody hold them for exempt, which takes the approval of
other training as equivalent, or that nothing they are employed as needs the training. Whoever stands on no list of
employed people is judged as one who needs it. Nobody can waive anything: records of what happened are all there is.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from lti_tool.completion.meetings import MeetingRules
from lti_tool.completion.modules import ModuleRules
from lti_tool.completion.records import Offer, Records
from lti_tool.completion.verdicts import NextStep, PartVerdict, Reason, Status, Verdict, weight
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.requirements import Attendance


class _Attended(NamedTuple):
    held: object
    courses: object
    parts: dict[str, PartVerdict]


def judge(programme: ProgrammeContent, records: Records, moment: datetime) -> Verdict:
    """One person's standing in a cohort of the programme at that moment."""
    return Judge(programme, records.offer, moment).verdict(records)


class Judge:
    """For everybody in a cohort at a moment: what holds for all of them is worked out once."""

    def __init__(self, programme: ProgrammeContent, offer: Offer, moment: datetime) -> None:
        self._programme = programme
        term_is_over = offer.term_ends_at is not None and offer.term_ends_at <= moment
        self._meetings = MeetingRules(offer.dates, term_is_over, moment)
        self._modules = ModuleRules(offer, moment)
        self._hours = programme.hours
        self._training = {position.key: position.training for position in programme.positions}
        self._attended: dict[tuple[int, int], _Attended] = {}

    def verdict(self, records: Records) -> Verdict:
        """`records` are of the offer that the judge was made for."""
        parts = self._parts(records)
        worst = max(parts, key=weight, default=None)
        hours_done = sum(part.hours_done for part in parts)
        if worst is not None and worst.status is Status.DONE:
            done_at = max(part.done_at for part in parts if part.done_at)
            return _verdict(Status.DONE, Reason.DONE, parts, hours_done, self._hours, done_at=done_at)
        exempt = self._exemption(records)
        if exempt:
            return _verdict(Status.EXEMPT, exempt[0], parts, hours_done, self._hours, because=exempt[1])
        if worst is None:
            return _verdict(Status.ON_THE_WAY, Reason.NOTHING_ASKED, parts, hours_done, self._hours)
        return Verdict(worst.status, worst.reason, worst.next_step, parts, hours_done, self._hours, worst.key)

    def _parts(self, records: Records) -> tuple[PartVerdict, ...]:
        attended = self._attended_parts(records)
        return tuple(
            [
                attended[one.key] if isinstance(one, Attendance) else self._modules.part(one, records)
                for one in self._programme.requirements
            ]
        )

    def _attended_parts(self, records: Records) -> dict[str, PartVerdict]:
        """People who share what was read of their dates share what comes of it."""
        shared = id(records.held), id(records.courses)
        if shared not in self._attended:
            parts = {one.key: self._meetings.part(one, records) for one in self._programme.attendances}
            # What they share is kept, so that nothing else gets its ids.
            self._attended[shared] = _Attended(records.held, records.courses, parts)
        return self._attended[shared].parts

    def _exemption(self, records: Records) -> tuple[Reason, str] | None:
        """The reason, and the key of the training or position that it lies in."""
        if records.recognised is not None:
            return Reason.RECOGNISED, records.recognised
        # A position that the programme no longer knows is taken to need the training.
        by_training = {self._training.get(position, "required"): position for position in records.positions}
        if not by_training or "required" in by_training:
            return None
        if "not-required" in by_training:
            return Reason.NOT_REQUIRED, by_training["not-required"]
        return Reason.ELSEWHERE, by_training["elsewhere"]


def _verdict(
    status: Status,
    reason: Reason,
    parts: tuple[PartVerdict, ...],
    hours_done: float,
    hours: float,
    *,
    because: str | None = None,
    done_at: datetime | None = None,
) -> Verdict:
    return Verdict(status, reason, NextStep.NOTHING, parts, hours_done, hours, None, because, done_at)
