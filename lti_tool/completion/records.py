"""What completion is computed from, as plain values: what a cohort offers, and what is on record of one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.modules.dates import Deadlines
from lti_tool.programme.content import Step


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

    def lies_ahead(self, moment: datetime) -> bool:
        """People can still come to it, be it without having signed up."""
        return not self.called_off and self.ends_at > moment

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


@dataclass(frozen=True, slots=True)
class Work:
    """One person in one online module. `deadlines` are those that were extended for them. `handed_out_at` is when they
    last got an essay to evaluate; while it is None there is nothing to evaluate, and nothing late about that.
    """

    chosen: bool = False
    begun: bool = False
    done: frozenset[Step] = frozenset()
    completed_at: datetime | None = None
    handed_out_at: datetime | None = None
    deadlines: Deadlines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Records:
    """All that one person's completion of a programme in one cohort is computed from.

    `marks` says of sessions, by their ids, whether the person was there (present or late) or absent; no entry is no
    mark. `places` and `waiting` are ids of sessions, `prepared` keys of meetings, `courses` those in which they are a
    learning assistant now, `work` is by the key of the module. `positions` are what they are employed as, `recognised`
    is the kind of other training that a coordinator has approved.
    """

    offer: Offer = Offer()
    marks: Mapping[int, bool] = field(default_factory=dict)
    places: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()
    prepared: frozenset[str] = frozenset()
    courses: frozenset[int] = frozenset()
    work: Mapping[str, Work] = field(default_factory=dict)
    positions: tuple[str, ...] = ()
    recognised: str | None = None
