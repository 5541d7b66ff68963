"""From one term to the next: dates are moved by whole weeks, so that a Friday stays a Friday."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class State(enum.StrEnum):
    """`WAITING` is a term that is not open and not over: prepared, or closed before its end."""

    OPEN = "open"
    WAITING = "waiting"
    OVER = "over"


def state_of(days: tuple[date, date] | None, today: date, *, is_open: bool) -> State:
    """`days` are the first and the last of the term; None in one that the programme no longer has."""
    if is_open:
        return State.OPEN
    return State.WAITING if days is not None and today <= days[1] else State.OVER


def weeks_between(first_day: date, other_first_day: date) -> int:
    """Whole weeks from the beginning of one term to that of another, to the nearest."""
    return round((other_first_day - first_day).days / 7)


def moved(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    """The same weekday and time of day in `zone` so many weeks later, in UTC.

    Where the clocks show that time twice or skip it, the later reading holds, because nobody is then late who thought
    of the other: 02:30 that is skipped becomes 03:30.
    """
    local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(weeks=weeks)
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
