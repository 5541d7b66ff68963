"""Times as reports of video meetings write them, in the language of whoever saved them; and how long somebody stayed.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

Stay = tuple[datetime, datetime]

_MOMENT = re.compile(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\.?,?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(?:([AaPp])\.?\s?[Mm]\.?)?$"
)
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]*)")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2})$")
# By the first letters of their units in English and the Scandinavian languages, in minutes.
_UNITS = {"h": 60.0, "t": 60.0, "m": 1.0, "s": 1 / 60}


def moment_of(text: str, near: datetime) -> datetime | None:
    """The moment, in the time zone of `near`: a report does not say which it has. Days and months stand in either
    order, so the reading that is nearest to the session counts. None for what is no moment.
    """
    found = _MOMENT.search(text.strip())
    if not found:
        return None
    first, second, third = (int(part) for part in found.group(1, 2, 3))
    orders = [(first, second, third)] if first > 31 else [(third, second, first), (third, first, second)]
    read = [moment for order in orders if (moment := _moment(order, found, near.tzinfo)) is not None]
    return min(read, key=lambda moment: abs(moment - near), default=None)


def _moment(day: tuple[int, int, int], found: re.Match[str], zone: tzinfo | None) -> datetime | None:
    year, month, number = day
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7] in "Pp" else 0)
    try:
        return datetime(year + 2000 if year < 100 else year, month, number, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def minutes_of(text: str) -> float | None:
    """Of "1h 27m 51s", "1 t 27 min", "01:27:51", or "87", which are minutes; None for what is no duration."""
    clock = _CLOCK.match(text.strip())
    if clock:
        return int(clock[1] or 0) * 60 + int(clock[2]) + int(clock[3]) / 60
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip(" .,"):
        return None
    units = [_UNITS.get(unit[:1].lower(), 0) if unit else 1 for _number, unit in parts]
    numbers = [float(number.replace(",", ".")) for number, _unit in parts]
    return sum(number * unit for number, unit in zip(numbers, units, strict=True)) if all(units) else None


def together(stays: Iterable[Stay], within: Stay | None = None) -> timedelta:
    """How long somebody was there: what overlaps counts once, and only what lies `within`."""
    total, until = timedelta(), within[0] if within else None
    for begun, left in sorted(stays):
        begin = max(begun, until) if until else begun
        end = min(left, within[1]) if within else left
        if end > begin:
            total, until = total + (end - begin), end
    return total
