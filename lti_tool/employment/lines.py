"""What the rows of a table say of employed people. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lti_tool.employment.found import Code, Found, Line, Mistake
from lti_tool.employment.terms import known_terms
from lti_tool.programme.content import ProgrammeContent
from lti_tool.sheets.columns import Head, find_head, plain
from lti_tool.sheets.sheet import Row

# What heads of columns are called, in small letters; punctuation does not matter.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "student", "employee", "navn", "fullt navn", "namn", "ansatt", "tilsett"),
    "first": ("first name", "given name", "fornavn", "førenamn"),
    "last": ("last name", "family name", "surname", "etternavn", "etternamn"),
    "email": (
        "e-mail", "email", "e-mail address", "email address", "mail", "e-post", "epost", "e-postadresse", "epostadresse"
    ),
    "position": ("position", "position type", "role", "stilling", "stillingstype", "stillingsbetegnelse", "rolle"),
    "course": ("course", "course code", "emne", "emnekode", "emnenavn", "kurs", "fag", "fagkode"),
    "department": ("department", "unit", "institutt", "enhet", "eining", "avdeling"),
    "town": ("town", "city", "campus", "by", "sted", "stad", "studiested"),
    "hours": ("hours", "number of hours", "timer", "timar", "antall timer", "timetall"),
    "term": ("term", "semester", "termin"),
}  # fmt: skip
LONGEST = {"name": 255, "email": 254, "position": 200, "course_code": 80, "department": 200, "town": 80}
MOST_HOURS = 2_000
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_HOURS = re.compile(r"(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:t|h|timer|timar|hours|hrs)?\.?", re.IGNORECASE)
_COURSE_CODE = re.compile(r"[A-Za-zÆØÅæøå]{2,8}-?\d+[A-Za-z]?")
_SPACE = re.compile(r"\s+")
_QUOTED = 80


@dataclass(slots=True)
class _Lines:
    """Collects what is found; `term` is that of the cohort."""

    head: Head
    term: str
    term_of: Callable[[str], str | None]
    # By their names without case and punctuation.
    towns: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    other_terms: int = 0

    def add(self, row: Row) -> None:
        said = {key: _SPACE.sub(" ", row.cell(column)) for key, column in self.head.columns.items()}
        if not any(said.values()):
            return
        if said.get("term"):
            term = self.term_of(said["term"])
            if term != self.term:
                self._set_aside(row, said["term"], known=term is not None)
                return
        self._keep(row, said)

    def _set_aside(self, row: Row, said: str, *, known: bool) -> None:
        self.other_terms += known
        if not known:
            self._mistake(row, Code.TERM, said)

    def _keep(self, row: Row, said: dict[str, str]) -> None:
        before = len(self.mistakes)
        email = said.get("email", "").casefold().removeprefix("mailto:")
        name = said.get("name") or " ".join(filter(None, (said.get("first"), said.get("last"))))
        if not (name or email):
            self._mistake(row, Code.NOBODY, "")
        if email and not _ADDRESS.fullmatch(email):
            self._mistake(row, Code.ADDRESS, email)
        line = {
            "name": name,
            "email": email or None,
            "position": said.get("position", ""),
            "course_code": _course_code(said.get("course", "")),
            "department": said.get("department", ""),
            "town": self.towns.get(plain(said.get("town", "")), said.get("town", "")),
        }
        for key, most in LONGEST.items():
            if len(line[key] or "") > most:
                self._mistake(row, Code.TOO_LONG, line[key] or "")
        hours = _hours_in(said.get("hours", ""))
        if hours is None:
            self._mistake(row, Code.HOURS, said.get("hours", ""))
        if len(self.mistakes) == before:
            self.lines.append(Line(line=row.line, hours=hours or None, **line))

    def _mistake(self, row: Row, code: Code, said: str) -> None:
        self.mistakes.append(Mistake(line=row.line, code=code, said=said[:_QUOTED]))


def head_of(rows: Sequence[Row]) -> Head | None:
    """None for a table that does not say in which column names or addresses stand."""
    head = find_head(rows, COLUMNS)
    return head if head and {"name", "last", "email"} & set(head.columns) else None


def lines_in(rows: Iterable[Row], head: Head, programme: ProgrammeContent, term: str, begun: Found) -> Found:
    """What the rows below the head say, `begun` with all that is found in them."""
    collected = _Lines(head, term, known_terms(programme), {plain(town): town for town in programme.towns})
    for row in rows:
        collected.add(row)
    said = dict.fromkeys(line.position for line in collected.lines)
    known = {position: position_of(position, programme) for position in said}
    return begun.with_(
        columns=tuple(head.columns),
        unknown=head.unknown,
        lines=tuple(collected.lines),
        mistakes=tuple(collected.mistakes),
        other_terms=collected.other_terms,
        positions={position: key for position, key in known.items() if key},
    )


def position_of(said: str, programme: ProgrammeContent) -> str | None:
    """The key of the position that goes by this name; None for a name that two have, or none has."""
    wanted = plain(said)
    meant = {
        one.key
        for one in programme.positions
        if wanted in {plain(name) for name in (one.key, *one.titles.values(), *one.aliases)}
    }
    return meant.pop() if wanted and len(meant) == 1 else None


def _hours_in(said: str) -> float | None:
    """0 for none given; None for what is no number of hours."""
    if not said:
        return 0
    number = _HOURS.fullmatch(said)
    hours = float(number[1].replace(",", ".")) if number else None
    return hours if hours is not None and hours <= MOST_HOURS else None


def _course_code(said: str) -> str:
    return said.upper() if _COURSE_CODE.fullmatch(said) else said
