"""Whether the dates of a meeting add up to its hours, and what that means for those who are to come. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

_MINUTES_IN_HOUR = 60


class Balance(enum.StrEnum):
    """How what is planned stands to what is asked for."""

    NOTHING = "nothing"
    SHORT = "short"
    EXACT = "exact"
    BEYOND = "beyond"


class Was(enum.StrEnum):
    """What is known of somebody at a date."""

    THERE = "there"
    MISSED = "missed"
    # Not marked: it is still to come, or nobody has marked it yet.
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Sum:
    """What a meeting asks for and what is planned of it, in minutes."""

    needed: int
    planned: int

    @property
    def balance(self) -> Balance:
        if not self.planned:
            return Balance.NOTHING
        if self.planned < self.needed:
            return Balance.SHORT
        return Balance.EXACT if self.planned == self.needed else Balance.BEYOND

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.planned)


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part in a meeting, in minutes: what it asks for, what they were there for, and what may be added by
    the dates that are still open to them."""

    needed: int
    there: int
    open: int
    missed: int

    @property
    def done(self) -> bool:
        return self.there >= self.needed

    @property
    def reachable(self) -> bool:
        """Whether the dates that there are can be enough for them."""
        return self.there + self.open >= self.needed

    @property
    def lost(self) -> bool:
        """What they have missed keeps them from the hours, and no date is left to make up for it."""
        return not self.reachable and self.missed > 0

    @property
    def lacking(self) -> int:
        """How many minutes have to be planned besides."""
        return max(0, self.needed - self.there - self.open)


def minutes_of(hours: float) -> int:
    return round(hours * _MINUTES_IN_HOUR)


def sum_of(hours: float, minutes: Iterable[int]) -> Sum:
    """`minutes` are those that each date of the meeting counts for."""
    return Sum(minutes_of(hours), sum(minutes))


def share_of(hours: float, dates: Mapping[int, int], was: Mapping[int, Was]) -> Share:
    """`dates` are minutes by the id of a date, `was` what is known of the person there."""

    def total(which: Was) -> int:
        return sum(minutes for date, minutes in dates.items() if was.get(date, Was.OPEN) is which)

    return Share(minutes_of(hours), total(Was.THERE), total(Was.OPEN), total(Was.MISSED))


def lost(shares: Collection[Share]) -> tuple[int, int]:
    """How many people cannot reach the hours because of what they missed, and the most minutes that one of them
    needs besides."""
    found = [share.lacking for share in shares if share.lost]
    return len(found), max(found, default=0)
