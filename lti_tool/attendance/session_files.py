"""Tables of dates: what their columns mean, and the dates that one tells of, each mistake with its line."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import (
    FIELDS,
    LONGEST,
    MOST_PLACES,
    Mistake,
    NewSession,
    as_planned,
    mistakes_in,
    said,
    too_few_words,
    usual_deadline,
)
from lti_tool.attendance.planning_overlaps import same_as
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.series import Unread, read_clock, read_day
from lti_tool.attendance.session_files_words import Column, languages_by_name, meetings_by_name
from lti_tool.attendance.session_forms import minutes_of, town_in
from lti_tool.local_time import NoMoment, Skipped, moment_in
from lti_tool.moments import known_zone
from lti_tool.sheets.columns import find_head, plain
from lti_tool.sheets.sheet import Row
from lti_tool.sheets.writing import harmless
from lti_tool.texts import gettext as _

MOST_ROWS = 500
_DAY_ENDS = time(23, 59)


class Kind(enum.StrEnum):
    NEW = "new"
    CHANGED = "changed"
    # As the file has it, or another line of the same that has been taken over before.
    SAME = "same"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """What a line says; `before` is the date that it is about, None for a new one. `changes` are fields of it."""

    line: int
    new: NewSession
    kind: Kind
    before: TrainingSession | None = None

    @property
    def changes(self) -> list[str]:
        if self.before is None:
            return []
        return [name for name in FIELDS if getattr(self.before, name) != getattr(self.new, name)]


@dataclass(frozen=True, slots=True)
class LineMistake:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class FoundDates:
    """Nothing is taken over while there are mistakes. `unknown` are heads of columns that nobody here knows."""

    dates: tuple[FoundDate, ...] = ()
    mistakes: tuple[LineMistake, ...] = ()
    unknown: tuple[str, ...] = ()

    def of(self, kind: str) -> list[FoundDate]:
        return [one for one in self.dates if one.kind == kind]


@dataclass(frozen=True, slots=True)
class Known:
    """What a table is read with: the cohort, its dates, the time zone of a line that names none, and this moment."""

    cohort: PlannedCohort
    dates: Sequence[TrainingSession]
    zone: ZoneInfo
    moment: datetime


def read_dates(rows: Sequence[Row], known: Known) -> FoundDates:
    """All that the table says, or all that keeps it from being taken over."""
    head = find_head(rows, {column.value: column.names for column in Column})
    if head is None or not {Column.DAY, Column.STARTS} <= head.columns.keys():
        line = rows[head.place].line if head else 1
        return FoundDates(mistakes=(LineMistake(line, _("There is no line that names the columns date and start.")),))
    lines = rows[head.place + 1 :]
    if len(lines) > MOST_ROWS:
        text = _("The table has more than %(rows)s rows. Save it in parts.", rows=MOST_ROWS)
        return FoundDates(mistakes=(LineMistake(lines[MOST_ROWS].line, text),))
    if not lines:
        return FoundDates(
            mistakes=(
                LineMistake(
                    rows[head.place].line,
                    _("There is no date below the heads."),
                ),
            )
        )
    return _found([_Line(row, head.columns, known) for row in lines], known, head.unknown)


def _found(lines: Sequence[_Line], known: Known, unknown: tuple[str, ...]) -> FoundDates:
    dates = [found for line in lines if (found := line.read()) is not None]
    mistakes = [LineMistake(line.row.line, text) for line in lines for text in line.mistakes]
    mistakes += _repeated(dates)
    return FoundDates(tuple(dates), tuple(sorted(mistakes, key=lambda one: one.line)), unknown)


def _repeated(dates: Sequence[FoundDate]) -> list[LineMistake]:
    """Lines that are about the same date as one before."""
    mistakes, first = [], dict[object, int]()
    for number, one in enumerate(dates):
        earlier = [other.new for other in dates[:number]]
        same = same_as(one.new, earlier)
        if one.before is not None:
            line = first.setdefault(one.before.id, one.line)
        else:
            line = dates[earlier.index(same)].line if same else one.line
        if line != one.line:
            mistakes.append(LineMistake(one.line, _("It is the same date as in line %(line)s.", line=line)))
    return mistakes


class _Line:
    """One row while it is read; `mistakes` says what is wrong with it."""

    def __init__(self, row: Row, columns: Mapping[str, int], known: Known) -> None:
        self.row, self.columns, self.known = row, columns, known
        self.mistakes: list[str] = []
        self.zone = known.zone
        self.before: TrainingSession | None = None

    def read(self) -> FoundDate | None:
        self.before, self.zone = self._before(), self._zone()
        new = self._new()
        if new is None:
            return None
        self.mistakes += [said(mistake) for mistake in mistakes_in(new)]
        if self.before is not None:
            return self._changed(new, self.before)
        there = same_as(new, [one for one in self.known.dates if one.cancelled_at is None])
        kind = Kind.SAME if there else Kind.NEW
        return FoundDate(self.row.line, new, kind) if not self.mistakes else None

    def _changed(self, new: NewSession, before: TrainingSession) -> FoundDate | None:
        kind = Kind.SAME if new == as_planned(before) else Kind.CHANGED
        if before.meeting_key != new.meeting_key:
            self.mistakes.append(_("A date stays one of its meeting. Call it off, and plan another one."))
        if new.capacity is not None and new.capacity < before.taken:
            self.mistakes.append(too_few_words(before.taken))
        return FoundDate(self.row.line, new, kind, before) if not self.mistakes else None

    def _new(self) -> NewSession | None:
        """None if so much is wrong that there is no date to look at."""
        meeting, language = self._meeting(), self._language()
        starts_at, ends_at = self._when()
        capacity = self._capacity()
        texts: dict[str, Any] = {name: self._text(name) for name in LONGEST}
        if self.mistakes or starts_at is None or ends_at is None:
            return None
        new = NewSession(
            cohort_id=self.known.cohort.id,
            meeting_key=meeting,
            starts_at=starts_at,
            ends_at=ends_at,
            minutes=minutes_of(self.known.cohort, meeting),
            sign_up_until=starts_at,
            language=language,
            capacity=capacity,
            **{**texts, "town": town_in(self.known.cohort, texts["town"])},
        )
        until = self._deadline(new)
        return None if until is None else replace(new, sign_up_until=until)

    def _cell(self, column: Column) -> str | None:
        """None where the table has no such column, so that a date keeps what it has."""
        text = self.row.cell(self.columns[column]) if column in self.columns else None
        # A list in a note was made harmless where it was written; the apostrophe is not part of it.
        return text[1:] if text and text.startswith("'") and harmless(text[1:]) == text else text

    def _wrong(self, text: str) -> None:
        self.mistakes.append(text)

    def _before(self) -> TrainingSession | None:
        uid = self._cell(Column.UID)
        found = next((one for one in self.known.dates if one.uid == uid), None)
        if uid and found is None:
            self._wrong(_("No date of this term has the id “%(id)s”. A new date has none.", id=uid[:40]))
        if found and found.cancelled_at is not None:
            self._wrong(_("This date was called off. It cannot be changed any more."))
        return found

    def _zone(self) -> ZoneInfo:
        name = self._cell(Column.ZONE)
        if name and known_zone(name) is None:
            self._wrong(_("“%(name)s” is no time zone. Write it as “Europe/Oslo”.", name=name[:40]))
        return ZoneInfo(known_zone(name) or self.known.zone.key) if name else self.known.zone

    def _meeting(self) -> str:
        text, names = self._cell(Column.MEETING), meetings_by_name(self.known.cohort)
        if not text and self.before:
            return self.before.meeting_key
        if not text and len(self.known.cohort.meetings) == 1:
            return next(iter(self.known.cohort.meetings))
        if plain(text or "") not in names:
            titles = ", ".join(self.known.cohort.titles[key] for key in self.known.cohort.meetings)
            self._wrong(
                _("“%(text)s” is no meeting of this programme: %(titles)s.", text=(text or "")[:40], titles=titles)
            )
        return names.get(plain(text or ""), "")

    def _language(self) -> str:
        text, names = self._cell(Column.LANGUAGE), languages_by_name(self.known.cohort.programme.titles)
        if not text:
            return self.before.language if self.before else self.known.cohort.programme.default_language
        if plain(text) not in names:
            self._wrong(_("“%(text)s” is no language of this programme.", text=text[:40]))
        return names.get(plain(text), "")

    def _capacity(self) -> int | None:
        text = self._cell(Column.CAPACITY)
        if text is None:
            return self.before.capacity if self.before else None
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= MOST_PLACES:
            return int(text)
        self._wrong(said(Mistake.NO_ROOM))
        return None

    def _text(self, name: str) -> str:
        text = self._cell(Column(name))
        if text is None:
            return str(getattr(self.before, name)) if self.before else ""
        if len(text) > LONGEST[name]:
            self._wrong(_("Write at most %(max)s characters.", max=LONGEST[name]))
        return text if name == "note" else " ".join(text.split())

    def _when(self) -> tuple[datetime | None, datetime | None]:
        """From cells for the day, the start and the end; the start may say both ("9-12")."""
        day, start, end = (self._cell(column) or "" for column in (Column.DAY, Column.STARTS, Column.ENDS))
        if not end:
            start, _dash, end = start.replace("–", "-").partition("-")
        before = self.before
        starts_at = self._moment(day, start, before.starts_at if before else None)
        ends_at = self._moment(day, end, before.ends_at if before else None) if starts_at else None
        return starts_at, ends_at

    def _moment(self, day: str, clock: str, stored: datetime | None) -> datetime | None:
        try:
            # Spreadsheets make a day to its midnight.
            on, at = read_day(day.partition(" ")[0]), read_clock(clock)
            return moment_in(f"{on.isoformat()}T{at:%H:%M}", self.zone, stored)
        except Skipped:
            self._wrong(_("There is no such time that night, because the clocks are put forward."))
        except (Unread, NoMoment):
            text = f"{day} {clock}".strip()[:40]
            self._wrong(
                _("“%(text)s” is no day and time. Write the day as 2026-11-26 and the time as 09:15.", text=text)
            )
        return None

    def _deadline(self, new: NewSession) -> datetime | None:
        text, before = self._cell(Column.SIGN_UP_UNTIL), self.before
        if text is None and before is not None and before.sign_up_until <= new.starts_at:
            return before.sign_up_until
        if not text:
            return usual_deadline(new.starts_at, self.zone, self.known.moment)
        day, _space, clock = text.partition(" ")
        if clock:
            return self._moment(day, clock, before.sign_up_until if before else None)
        until = self._moment(day, f"{_DAY_ENDS:%H:%M}", None)
        return min(until, new.starts_at) if until else None
