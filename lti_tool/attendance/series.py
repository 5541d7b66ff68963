"""Dates that repeat: which days a plan of weekdays and times falls on. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

MOST_DATES = 200
MOST_WEEKS_APART = 8
_LONGEST_STRETCH = 366
_WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)
# "2026-10-05", "5.10.2026" or "5/10/26"; two of them with a dash between are all days from one to the other.
_DAY_TEXT = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})"
_DAYS_TEXT = re.compile(rf"({_DAY_TEXT})(?:\s*[-–]\s*({_DAY_TEXT}))?", re.ASCII)
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[:.](\d{2}))?(?:[:.]\d{2})?", re.ASCII)


class Unread(ValueError):
    """A text is no day or no time; its message is the text."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of the week: weekdays count from 0, Monday."""

    weekdays: frozenset[int]
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Series:
    """Every `every`-th week from the one that `first` lies in, both days included, without those `left_out`."""

    first: date
    last: date
    every: int
    left_out: frozenset[date]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, order=True)
class Occasion:
    """One date of a series; `slot` is the number of its slot, from 0."""

    day: date
    starts: time
    slot: int

    @property
    def key(self) -> str:
        return f"{self.day.isoformat()}-{self.slot}"


def occasions(series: Series, most: int = MOST_DATES) -> list[Occasion]:
    """In the order of time; one more than `most` at most, so that too many can be told without counting them."""
    found: list[Occasion] = []
    for day in days_of(series):
        of_day = [
            Occasion(day, slot.starts, number)
            for number, slot in enumerate(series.slots)
            if day.weekday() in slot.weekdays
        ]
        found += sorted(of_day)
        if len(found) > most:
            return found[: most + 1]
    return found


def days_of(series: Series) -> list[date]:
    """The days on which the series could have a date, whatever their weekday."""
    first_week = _monday(series.first)
    days = (series.first + timedelta(days=number) for number in range((series.last - series.first).days + 1))
    return [
        day for day in days if day not in series.left_out and ((_monday(day) - first_week) // _WEEK) % series.every == 0
    ]


def read_day(text: str) -> date:
    """A day as people write it, the year in four digits or two; `Unread` for anything else."""
    if not re.fullmatch(_DAY_TEXT, text.strip(), re.ASCII):
        raise Unread(text)
    parts = [int(part) for part in re.split(r"[-./]", text.strip())]
    year, month, day = parts if "-" in text else reversed(parts)
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError as error:
        raise Unread(text) from error


def read_days(text: str) -> frozenset[date]:
    """Days and stretches of days between commas, spaces or line ends; `Unread` names the part that is none."""
    odd = re.findall(r"[^\s,;]+", _DAYS_TEXT.sub(" ", text))
    if odd:
        raise Unread(odd[0])
    return frozenset(day for first, last in _DAYS_TEXT.findall(text) for day in _stretch(first, last))


def read_clock(text: str) -> time:
    """Such as 9, 9:15, 09.15 or "kl. 9"; `Unread` for anything else."""
    found = _CLOCK.fullmatch(text.strip().lower())
    if found is None:
        raise Unread(text)
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError as error:
        raise Unread(text) from error


def _stretch(first: str, last: str) -> list[date]:
    begin = read_day(first)
    end = read_day(last) if last else begin
    if not 0 <= (end - begin).days <= _LONGEST_STRETCH:
        raise Unread(f"{first}-{last}")
    return [begin + number * _DAY for number in range((end - begin).days + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
