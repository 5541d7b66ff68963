"""How far somebody has come with a programme: the whole, each requirement, and each meeting or module of it.

Named tuples, because thousands are made for one page, in a third of the time that frozen dataclasses take.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple, TypeAlias

from lti_tool.completion.records import Date


class Status(enum.StrEnum):
    """From best to worst, but for EXEMPT, which only a whole programme can be."""

    DONE = "done"
    ON_THE_WAY = "on-the-way"
    AT_RISK = "at-risk"
    # It cannot be completed this term any more.
    MISSED = "missed"
    EXEMPT = "exempt"


class Reason(enum.StrEnum):
    DONE = "done"
    # Exempt: other training is recognised, the position does not need it, or it is the wrong place for the position.
    RECOGNISED = "recognised"
    NOT_REQUIRED = "not-required"
    ELSEWHERE = "elsewhere"
    # The programme has no requirements.
    NOTHING_ASKED = "nothing-asked"
    # Meetings. No dates, or not all of them, have been announced.
    NOT_PLANNED = "not-planned"
    NO_PLACE = "no-place"
    HAS_PLACE = "has-place"
    # It is held in their course, so they are expected without signing up.
    EXPECTED = "expected"
    # The date is over, and nobody has recorded who was there; for a week, or for longer.
    NOT_MARKED = "not-marked"
    NOT_MARKED_LONG = "not-marked-long"
    ABSENT = "absent"
    LAST_DATES = "last-dates"
    # Every date that takes sign-ups is full.
    WAITING = "waiting"
    FULL = "full"
    SIGN_UP_CLOSED = "sign-up-closed"
    NO_DATE_LEFT = "no-date-left"
    # Modules.
    NOT_CHOSEN = "not-chosen"
    NOT_BEGUN = "not-begun"
    BEGUN = "begun"
    OVERDUE = "overdue"
    # Too few modules are left that can be completed.
    NOT_OFFERED = "not-offered"


class NextStep(enum.StrEnum):
    """What the person does next, the most urgent first."""

    ASK_COORDINATOR = "ask-coordinator"
    ASK_TEACHER = "ask-teacher"
    CHOOSE_DATE = "choose-date"
    JOIN_WAITING_LIST = "join-waiting-list"
    CHOOSE_MODULES = "choose-modules"
    PREPARE = "prepare"
    WORK = "work"
    ATTEND = "attend"
    # Nothing is theirs to do until somebody else has done something.
    AWAIT_PLACE = "await-place"
    AWAIT_MARK = "await-mark"
    AWAIT_DATES = "await-dates"
    NOTHING = "nothing"


Judgement: TypeAlias = tuple[Status, Reason, NextStep]


class ItemVerdict(NamedTuple):
    """One meeting or one module of a requirement, by its `key`.

    `at` is when it was done, or when the next step of a module is due. `upcoming` is the date they come to next, or one
    that they were expected on and are still to be marked. `attended` are the dates they have been to, `left` those
    ahead that they can still come to, or sign up and wait for.
    """

    key: str
    status: Status
    reason: Reason
    next_step: NextStep
    hours_done: float
    hours: float
    at: datetime | None = None
    attended: tuple[Date, ...] = ()
    left: tuple[Date, ...] = ()
    upcoming: Date | None = None


class PartVerdict(NamedTuple):
    """One requirement. `about` is the key of the item that the reason and the next step are of, if they are of one.

    Of meetings held in courses, `course_id` is the course shown. Of modules, the items are those that are taken.
    """

    key: str
    status: Status
    reason: Reason
    next_step: NextStep
    hours_done: float
    hours: float
    items: tuple[ItemVerdict, ...]
    about: str | None = None
    course_id: int | None = None
    done_at: datetime | None = None

    @property
    def lead(self) -> ItemVerdict | None:
        """The item that the reason and the next step are of."""
        return next((item for item in self.items if item.key == self.about), None)


class Verdict(NamedTuple):
    """The whole programme. `about` is the key of the requirement that the reason and the next step are of.

    Somebody exempt has the parts all the same, as far as they have come with them. `because` is the key of the kind of
    training, or of the position, that exempts them. `done_at` is when the last thing was done.
    """

    status: Status
    reason: Reason
    next_step: NextStep
    parts: tuple[PartVerdict, ...]
    hours_done: float
    hours: float
    about: str | None = None
    because: str | None = None
    done_at: datetime | None = None

    @property
    def lead(self) -> PartVerdict | None:
        """The part that the reason and the next step are of."""
        return next((part for part in self.parts if part.key == self.about), None)

    def part(self, key: str) -> PartVerdict:
        """KeyError for a requirement that the programme does not have."""
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)


_SEVERITY = {Status.EXEMPT: 0, Status.DONE: 0, Status.ON_THE_WAY: 1, Status.AT_RISK: 2, Status.MISSED: 3}
_URGENCY = {step: -number for number, step in enumerate(NextStep)}


def weight(one: ItemVerdict | PartVerdict) -> tuple[int, int]:
    """Greater is what needs attention first."""
    return _SEVERITY[one.status], _URGENCY[one.next_step]
