"""Who was in a video meeting, read from the tables that Zoom and Teams write. Pure.

Zoom: a line for each time somebody joined, or one for each person with the total only; above them, if asked for, a head
and a line about the meeting. https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0082659
Teams, first kind: a line for each joining and leaving ("Full Name", "User Action", "Timestamp"), in UTF-16, with tabs.
Teams, second kind: lines about the meeting, then one for each time somebody joined.
Teams, third kind: numbered parts, "1. Summary", "2. Participants" and "3. In-Meeting Activities", with titles and heads
in the language of whoever saved them.
https://learn.microsoft.com/en-us/microsoftteams/teams-analytics-and-reporting/meeting-attendance-report
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.marking.report_times import Stay, minutes_of, moment_of
from lti_tool.sheets.columns import plain
from lti_tool.sheets.sheet import Row

_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "name original name", "participant", "navn", "fullt navn", "navn opprinnelig navn"),
    "email": ("email", "user email", "e mail", "e post", "epost", "e postadresse", "bruker e post"),
    "join": ("join time", "joined", "tidspunkt for å bli med", "koblet til", "tilkoblingstidspunkt"),
    "leave": ("leave time", "left", "tidspunkt for å forlate", "forlot", "koblet fra"),
    "minutes": (
        "duration",
        "duration minutes",
        "total duration minutes",
        "in meeting duration",
        "varighet",
        "varighet minutter",
        "total varighet minutter",
        "varighet i møtet",
    ),
    "action": ("user action", "brukerhandling"),
    "time": ("timestamp", "tidsstempel"),
    "waiting": ("in waiting room", "i venterom", "i venterommet"),
}
_MEANINGS = {name: key for key, names in _NAMES.items() for name in names}
# The places of the columns in the numbered parts of Teams, whatever its heads are called.
_PARTS = {
    "2": {"name": 0, "minutes": 3, "email": 4},
    "3": {"name": 0, "join": 1, "leave": 2, "minutes": 3, "email": 4},
}
_PART = re.compile(r"([1-9])\. \S")
_YES = frozenset({"yes", "ja", "true"})
_LEAVES = ("left", "forlot", "forlat")
_ONLY_IN_TEAMS = frozenset({"participant id upn", "in meeting duration", "user action", "role"})


class NoReport(ValueError):
    """Nothing in the table tells who was in a meeting for how long."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody as the meeting knew them. `minutes` are given where the report tells no times."""

    name: str
    email: str
    stays: tuple[Stay, ...]
    minutes: float = 0


@dataclass(frozen=True, slots=True)
class Report:
    teams: bool
    attendees: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    columns: Mapping[str, int]
    rows: Sequence[Row]

    @property
    def worth(self) -> int:
        """Times tell more than totals: of two joinings at once they show that it is one."""
        if {"join", "leave"} <= self.columns.keys() or {"action", "time"} <= self.columns.keys():
            return 2
        return int("minutes" in self.columns)


def read_report(rows: Sequence[Row], near: datetime) -> Report:
    """`near` is when the session began, in the time zone that the report is taken to have. Raises `NoReport`."""
    tables = [table for table in _tables(rows) if table.worth and table.rows]
    if not tables:
        raise NoReport
    best = max(tables, key=lambda table: table.worth)
    lines = list(_events(best, near) if "action" in best.columns else _joinings(best, near))
    if not lines:
        raise NoReport
    return Report(_is_teams(rows), tuple(_merged(lines)))


def _is_teams(rows: Sequence[Row]) -> bool:
    cells = (cell for row in rows[:40] for cell in row.cells)
    return any(_PART.match(row.cells[0]) for row in rows) or any(plain(cell) in _ONLY_IN_TEAMS for cell in cells)


def _tables(rows: Sequence[Row]) -> Iterator[_Table]:
    """Every table, from its head to the next one or to the title of another part."""
    heads = list(_heads(rows))
    for number, (place, columns) in enumerate(heads):
        end = heads[number + 1][0] if number + 1 < len(heads) else len(rows)
        if columns:
            yield _Table(columns, rows[place + 1 : end])


def _heads(rows: Sequence[Row]) -> Iterator[tuple[int, Mapping[str, int]]]:
    """The places of heads, with their columns; those of titles of parts have none."""
    part = ""
    for place, row in enumerate(rows):
        title = _PART.match(row.cells[0]) if len(row.cells) == 1 else None
        if title:
            part = title[1]
            yield place, {}
        else:
            columns = _PARTS.get(part) or _columns(row)
            part = ""
            if columns:
                yield place, columns


def _columns(row: Row) -> dict[str, int]:
    """Nothing, unless it is a head with names of people. Columns before these are about the meeting."""
    known = [(_MEANINGS.get(plain(cell)), place) for place, cell in enumerate(row.cells)]
    first = next((place for key, place in known if key == "name"), None)
    if first is None:
        return {}
    columns: dict[str, int] = {}
    for key, place in known:
        if key is not None and place >= first:
            columns.setdefault(key, place)
    return columns if len(columns) > 1 else {}


def _joinings(table: _Table, near: datetime) -> Iterator[Attendee]:
    """Zoom and Teams: a line for each joining, or for each person."""
    column = table.columns.get
    for row in table.rows:
        name = row.cell(column("name"))
        if not name or plain(row.cell(column("waiting"))) in _YES:
            continue
        begin, end = moment_of(row.cell(column("join")), near), moment_of(row.cell(column("leave")), near)
        minutes = minutes_of(row.cell(column("minutes"))) or 0
        if begin is not None and end is None:
            end = begin + timedelta(minutes=minutes)
        stays = ((begin, end),) if begin is not None and end is not None and end > begin else ()
        if stays or minutes:
            yield Attendee(name, row.cell(column("email")).casefold(), stays, 0 if stays else minutes)


def _events(table: _Table, near: datetime) -> Iterator[Attendee]:
    """Teams, first kind. Whoever had not left was there until the report was saved: until its last line."""
    column, since, last = table.columns.get, dict[str, datetime](), near
    for row in table.rows:
        name, at = row.cell(column("name")), moment_of(row.cell(column("time")), near)
        if not name or at is None:
            continue
        last = max(last, at)
        if not plain(row.cell(column("action"))).startswith(_LEAVES):
            since.setdefault(name, at)
        elif name in since:
            yield Attendee(name, "", ((since.pop(name), at),))
    for name, begin in since.items():
        yield Attendee(name, "", ((begin, last),) if last > begin else ())


def _merged(lines: Iterable[Attendee]) -> Iterator[Attendee]:
    """One for each person, by address, else by name."""
    people: dict[str, list[Attendee]] = {}
    for line in lines:
        people.setdefault(line.email or plain(line.name), []).append(line)
    for own in people.values():
        stays = tuple(stay for line in own for stay in line.stays)
        yield Attendee(own[0].name, own[0].email, stays, sum(line.minutes for line in own))
