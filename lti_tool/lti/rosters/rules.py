"""When a roster is read next. Pure; times in seconds, `chance` in [0, 1) keeps courses from coming all at once."""

from __future__ import annotations

HOUR = 3600.0
DAY = 24 * HOUR
WEEK = 7 * DAY
# How long a whole platform is left alone that does not answer.
PAUSE = 600.0
_SPREAD = 0.1


def delay_after_success(chance: float) -> float:
    return DAY * (1 + _SPREAD * (chance - 0.5))


def delay_after_failure(failures: int, retry_after: float | None, chance: float, *, refused: bool) -> float:
    """How long to wait when `failures` attempts before this one failed; doubles each time, up to a week.

    A platform that has refused will hardly think better of it the same day.
    """
    doubled = (DAY if refused else HOUR) * 2.0 ** min(failures, 10)
    return min(max(doubled * (1 + _SPREAD * chance), retry_after or 0.0), WEEK)


def pause_after(retry_after: float | None) -> float:
    return min(max(retry_after or 0.0, PAUSE), DAY)
