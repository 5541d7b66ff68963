"""What completion is computed from, as plain values: what a cohort offers, and what is on record of one person.

What there is of each of thousands of people are named tuples: they take a third of the time of frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from lti_tool.modules.dates import Deadline, Deadlines
from lti_tool.programme.content import Step

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Date:
    """One session: a date of a meeting. `room` is whether a place is free; `course_id` is None where people sign up."""

    id: int
    meeting: str
    course_id: int | None
    starts_at: datetime
    ends_at: datetime
    sign_up_until: datetime
    minutes: int
    room: bool = True
    called_off: bool = False

    def takes_sign_ups(self, moment: datetime) -> bool:
        """A place can be had, or waited for."""
        return not self.called_off and moment <= self.sign_up_until and moment < self.starts_at


@dataclass(frozen=True, slots=True)
class Offer:
    """What a cohort offers to everybody in it.

    `modules` are the steps of every online module that can be worked in, in teaching order; `deadlines` are those of
    the whole cohort, and an evaluation may take `days_to_evaluate` from when it is handed out. `term_ends_at` is None
    where nobody knows; `over` is whether nobody can work in it any more, because another term has opened after the one
    that followed.
    """

    dates: tuple[Date, ...] = ()
    modules: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    deadlines: Mapping[str, Deadlines] = field(default_factory=dict)
    days_to_evaluate: int = 0
    term_ends_at: datetime | None = None
    over: bool = False


class Work(NamedTuple):
    """One person in one online module. `deadlines` are those that were extended for them. `handed_out_at` is when they
    last got an essay to evaluate; while it is None there is nothing to evaluate, and nothing late about that.
    """

    chosen: bool = False
    begun: bool = False
    done: frozenset[Step] = frozenset()
    completed_at: datetime | None = None
    handed_out_at: datetime | None = None
    deadlines: Mapping[Step, Deadline] = _NOTHING


class Turnout(NamedTuple):
    """One person at one meeting that the programme holds, or at all the meetings of one course; ids of sessions.

    They were `there` (present or late), `absent`, have `places`, wait for others (`waiting`), and have `prepared`.
    """

    there: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    prepared: bool = False


class Records(NamedTuple):
    """All that one person's completion of a programme in one cohort is computed from.

    `held` is by the key of the meeting, `work` by the key of the module. `courses`, by id, are those in which they are
    a learning assistant now or have been to a meeting. `positions` are what they are employed as, `recognised` is the
    kind of other training that a coordinator has approved.
    """

    offer: Offer = Offer()
    held: Mapping[str, Turnout] = _NOTHING
    courses: Mapping[int, Turnout] = _NOTHING
    work: Mapping[str, Work] = _NOTHING
    positions: tuple[str, ...] = ()
    recognised: str | None = None
