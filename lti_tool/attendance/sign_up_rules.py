"""What may be done about a date at a given moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Dated(Protocol):
    """What the rules know of a `TrainingSession`."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def sign_up_until(self) -> datetime: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def capacity(self) -> int | None: ...
    @property
    def taken(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Held:
    """The place somebody has on a date; `absent` says that they are marked as not having been there."""

    date: Dated
    absent: bool = False


def is_open(date: Dated, moment: datetime) -> bool:
    """Whether people can still sign up, and those who wait still get a place: until then they can give it up again."""
    return date.cancelled_at is None and not has_begun(date, moment) and moment <= date.sign_up_until


def has_begun(date: Dated, moment: datetime) -> bool:
    return moment >= date.starts_at


def has_room(date: Dated) -> bool:
    return date.capacity is None or date.taken < date.capacity


def may_leave(held: Held | None, moment: datetime) -> bool:
    """Whether somebody may go to another date instead: until the deadline of theirs, and again once it has begun."""
    return held is None or has_begun(held.date, moment) or moment <= held.date.sign_up_until


def is_moved(held: Held | None, moment: datetime) -> bool:
    """Whether somebody who waits for another date gets a place there, which gives up the one they have.

    Nobody is taken from a date that they can no longer give up themselves, nor from one where they may have been: only
    those who are known to have missed it still need another.
    """
    if held is not None and has_begun(held.date, moment):
        return held.absent
    return may_leave(held, moment)


def position_in(line: Sequence[int], own: int) -> int:
    """The place in a waiting list, from 1; `line` are the numbers of those who wait, in order."""
    return line.index(own) + 1
