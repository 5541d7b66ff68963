"""Dates as people type them, in a time zone whose clocks are moved twice a year."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# What an input of the type datetime-local sends; a browser that does not know it sends what was typed.
FORMAT = "%Y-%m-%dT%H:%M"
_ALSO = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class NoMoment(ValueError):
    """What was typed is no date and time between 2000 and 2100."""


class Skipped(ValueError):
    """The clocks are put forward over it; `instead` is what they show then, such as "03:30" for "02:30"."""

    def __init__(self, instead: str) -> None:
        super().__init__(instead)
        self.instead = instead


def typed(moment: datetime | None, zone: ZoneInfo) -> str:
    """As the input shows it; nothing without a moment."""
    return moment.astimezone(zone).strftime(FORMAT) if moment else ""


def moment_in(text: str, zone: ZoneInfo, stored: datetime | None = None) -> datetime | None:
    """The moment in UTC, None for an empty text; raises `NoMoment` and `Skipped`.

    What looks like `stored` is that: of a time that comes twice, or with seconds, the text tells less. Of any other
    that comes twice the later is meant, because nobody is then late who thought of it.
    """
    if not text:
        return None
    if stored is not None and text == typed(stored, zone):
        return stored
    local = _parsed(text).replace(tzinfo=zone, fold=1)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        # The earlier reading counts by the clocks before the change.
        raise Skipped(local.replace(fold=0).astimezone(UTC).astimezone(zone).strftime("%H:%M"))
    if not _FIRST <= found < _LAST:
        raise NoMoment(text)
    return found


def comes_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks show its time twice because they are put back."""
    local = moment.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _parsed(text: str) -> datetime:
    for pattern in (FORMAT, *_ALSO):
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007 - it gets the zone next
        except ValueError:
            continue
        if found.year in range(_FIRST.year, _LAST.year + 1):
            return found
    raise NoMoment(text)
