"""When somebody is written to. Pure.

In the morning, once: nothing that a digest tells of is in such a hurry that it could not wait for that (a date is told
two days ahead), what is new during the day is on the person's pages anyway, and nobody's telephone rings at night. A
worker that was down in the morning still sends until the evening.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MORNING = time(7)
EVENING = time(20)
# A cohort's messages are spread over so long.
SPREAD = timedelta(hours=2)
FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=2)


def next_morning(moment: datetime, zone: ZoneInfo, share: float) -> datetime:
    """The first morning after `moment`; `share` in [0, 1) is where in it the person's turn comes."""
    day = moment.astimezone(zone).date()
    today = datetime.combine(day, MORNING, zone) + SPREAD * share
    return today if today > moment else datetime.combine(day + timedelta(days=1), MORNING, zone) + SPREAD * share


def may_write(moment: datetime, zone: ZoneInfo, sent_at: datetime | None) -> bool:
    """During the day, and not a second time on the same one, though the person may have travelled since."""
    local = moment.astimezone(zone)
    written_today = sent_at is not None and sent_at.astimezone(zone).date() == local.date()
    return MORNING <= local.time() < EVENING and not written_today


def delay_after(failures: int) -> timedelta:
    """How long to wait when `failures` attempts have failed before this one; doubles each time."""
    return min(FIRST_DELAY * (1 << min(failures, 10)), LONGEST_DELAY)


def zone_of(name: str | None, default: str) -> ZoneInfo:
    """A name that is none is as good as no name: browsers and platforms tell it."""
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(default)


def share_of(key: str) -> float:
    """Where in the morning somebody's turn comes: the same each day, and another for each."""
    return crc32(key.encode()) / 2**32
