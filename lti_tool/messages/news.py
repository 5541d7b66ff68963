"""What a person can do something about right now, from where they stand in their modules."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from lti_tool.modules.dates import Deadlines, for_evaluation
from lti_tool.programme.content import Step

SOON = timedelta(days=2)
# Whoever got essays at once has not waited.
_AT_ONCE = timedelta(minutes=1)


class Kind(enum.StrEnum):
    """In the order in which they are told."""

    ESSAY_RETURNED = "essay-returned"
    EVALUATION_RETURNED = "evaluation-returned"
    LAPSED = "lapsed"
    DUE = "due"
    READY = "ready"
    EVALUATED = "evaluated"


@dataclass(frozen=True, slots=True)
class Given:
    """An evaluation that the person has to give; `begun` ones stay with them. `returned_at` asks for it anew."""

    public_id: str
    begun: bool
    submitted: bool
    returned_at: datetime | None
    handed_out_at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """An evaluation of the person's essay that holds a place; `returned` ones are being written anew."""

    submitted_at: datetime | None
    read: bool
    returned: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """One person in one module. `days_to_evaluate` each evaluation takes at the least, `lapsed` counts those whose time
    was over, `waited` is how long the person waited for others."""

    participation_id: int
    module_key: str
    content_id: int
    done: frozenset[Step]
    essay_returned_at: datetime | None = None
    language: str | None = None
    given: tuple[Given, ...] = ()
    received: tuple[Received, ...] = ()
    lapsed: int = 0
    waited: timedelta = timedelta()
    deadlines: Deadlines = field(default_factory=dict)
    days_to_evaluate: int = 7


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. `signs` tell it from every other, so that what somebody has been told is known again; of two
    that are ready there are two, so that going on with the first makes nothing new of the second."""

    kind: Kind
    situation: Situation
    signs: tuple[str, ...]
    count: int = 1
    step: Step = Step.EVALUATIONS
    due_at: datetime | None = None
    public_id: str | None = None

    @property
    def waited(self) -> bool:
        return self.situation.waited > _AT_ONCE


class Signed(Protocol):
    """Whatever somebody can be told of."""

    @property
    def signs(self) -> tuple[str, ...]: ...


def news_in(found: Situation, moment: datetime) -> list[Item]:
    """The most urgent first."""
    return [*_returned(found), *_lapsed(found), *_due(found, moment), *_ready(found), *_evaluated(found)]


def is_new(items: Iterable[Signed], said: list[str]) -> bool:
    return not signs_of(items) <= set(said)


def signs_of(items: Iterable[Signed]) -> set[str]:
    return {sign for item in items for sign in item.signs}


def _sign(kind: Kind, found: Situation, detail: object) -> str:
    return f"{kind.value} {found.participation_id} {detail}"


def _returned(found: Situation) -> Iterator[Item]:
    if found.essay_returned_at:
        sign = _sign(Kind.ESSAY_RETURNED, found, found.essay_returned_at.isoformat())
        yield Item(Kind.ESSAY_RETURNED, found, (sign,), step=Step.ESSAY)
    for given in found.given:
        if given.returned_at:
            sign = _sign(Kind.EVALUATION_RETURNED, found, given.returned_at.isoformat())
            yield Item(Kind.EVALUATION_RETURNED, found, (sign,), public_id=given.public_id)


def _lapsed(found: Situation) -> Iterator[Item]:
    if found.lapsed:
        yield Item(Kind.LAPSED, found, (_sign(Kind.LAPSED, found, found.lapsed),), count=found.lapsed)


def _due(found: Situation, moment: datetime) -> Iterator[Item]:
    for step in Step:
        due_at = _due_at(found, step)
        if due_at and moment <= due_at <= moment + SOON:
            sign = _sign(Kind.DUE, found, f"{step.value} {due_at.isoformat()}")
            yield Item(Kind.DUE, found, (sign,), step=step, due_at=due_at)


def _due_at(found: Situation, step: Step) -> datetime | None:
    """None without a date, and where the person has nothing to do (any more)."""
    deadline = found.deadlines.get(step)
    if deadline is None or step in found.done:
        return None
    if step is not Step.EVALUATIONS:
        return deadline.due_at
    open_ = [given for given in found.given if given.returned_at or not given.submitted]
    times = [for_evaluation(deadline, given.handed_out_at, found.days_to_evaluate).due_at for given in open_]
    return min(times, default=None)


def _ready(found: Situation) -> Iterator[Item]:
    ready = [given for given in found.given if not given.begun]
    if ready:
        signs = tuple(_sign(Kind.READY, found, number) for number, _given in enumerate(ready, 1))
        yield Item(Kind.READY, found, signs, count=len(ready), public_id=ready[0].public_id)


def _evaluated(found: Situation) -> Iterator[Item]:
    """Both evaluations of the person's essay are in, and they have not read both."""
    times = [received.submitted_at for received in found.received if received.submitted_at and not received.returned]
    if len(times) >= 2 and not all(received.read for received in found.received):
        yield Item(Kind.EVALUATED, found, (_sign(Kind.EVALUATED, found, max(times).isoformat()),), step=Step.ESSAY)
