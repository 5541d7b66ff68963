"""When to try again and when to give up. Pure; times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FIRST_DELAY = 5.0
LONGEST_DELAY = 3600.0
# A platform may ask for more patience than we take on our own, but not for ever.
LONGEST_RETRY_AFTER = 6 * 3600.0
# Longer than a weekend.
GIVE_UP_AFTER = timedelta(hours=72)
MOST_CONFLICTS = 5
# With the delays above, some twenty minutes.
TOKEN_REFUSALS = 8
SPREAD = 0.5
# Half a step of a percentage that is told with two decimals, as platforms do that round.
SAME_SHARE = 1e-4
READ_EVERY = timedelta(days=1)
# After our own score, so that a class that finishes together costs one reading.
READ_AFTER_SENDING = timedelta(minutes=1)
FIRST_READ_DELAY = 3600.0
LONGEST_READ_DELAY = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Sent:
    """The gradebook holds the score."""


@dataclass(frozen=True, slots=True)
class Later:
    """Try again in `delay`; for `pause` this platform is sent no other score either.

    What `counts` is an attempt that failed, after which the next delay is longer.
    """

    delay: float
    status: int | None = None
    pause: float = 0.0
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Stale:
    """The platform holds something newer than our timestamp, and it is not our score."""

    delay: float
    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """No use trying again; `reason` is a code of `passback.reasons`."""

    reason: str
    status: int | None = None


Outcome = Sent | Later | Stale | Failed


def delay_after(attempts: int, retry_after: float | None, chance: float) -> float:
    """How long to wait after `attempts` earlier ones failed; doubles each time.

    `chance` in [0, 1) spreads a class whose scores failed together: they come back over half of the time.
    """
    doubled = min(FIRST_DELAY * 2.0 ** min(attempts, 20), LONGEST_DELAY)
    asked = min(retry_after or 0.0, LONGEST_RETRY_AFTER)
    return max(doubled * (1 - SPREAD * chance), asked * (1 + 0.1 * chance))


def read_delay(failures: int, retry_after: float | None, chance: float) -> float:
    """How long to wait with reading a column again after `failures` in a row: an hour, doubled each time, a week."""
    doubled = min(FIRST_READ_DELAY * 2.0 ** min(failures - 1, 20), LONGEST_READ_DELAY)
    asked = min(retry_after or 0.0, LONGEST_READ_DELAY)
    return max(doubled * (1 - SPREAD * chance), asked)


def pause_after(status: int | None, retry_after: float | None) -> float:
    """How long to leave the whole platform alone: as long as it asks, and for a moment when it does not answer, so that
    the other platforms' scores get their turn."""
    if retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER)
    return FIRST_DELAY if status is None else 0.0


def says_stale(status: int | None, body: str) -> bool:
    """Whether an answer to a score means that its timestamp is not newer than the one kept.

    409 by the specification; Canvas and Open edX say 400 and name the timestamp.
    """
    return status == 409 or (status == 400 and any(word in body.lower() for word in ("timestamp", "time stamp")))


def same_share(ours: float, theirs: float | None) -> bool:
    return theirs is not None and abs(ours - theirs) < SAME_SHARE


def same_comment(ours: str, theirs: str | None) -> bool:
    """Whether a gradebook shows our comment; one that shows none tells nothing (Blackboard leaves it out)."""
    return theirs is None or theirs.split() == ours.split()
