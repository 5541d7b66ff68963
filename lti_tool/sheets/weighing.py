"""How much a part of a workbook holds, told before anybody lays it out in memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from xml.parsers import expat

from lti_tool.sheets.sheet import CELL, COLUMNS, ROWS, Unreadable, UnreadableSheet

# Empty rows between others count, too.
LAST_ROW = 2 * ROWS
# The rectangle of all rows and columns up to the last with something in it.
AREA = 1_000_000
# Characters of all cells; many may share one text.
TEXT = 20_000_000
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def weigh(parts: Iterable[bytes]) -> None:
    """UnreadableSheet for what is no XML, or too much."""
    scales = _Scales()
    for part in parts:
        scales.add(part)
    scales.weigh()


class _Scales:
    def __init__(self) -> None:
        self._row = self._column = self._last_column = 0
        self._shares = False
        self._text: list[str] = []
        # How long the texts are that cells share, by their number, and how many cells do.
        self._lengths: list[int] = []
        self._number = 0
        self._shared: Counter[str] = Counter()

    def add(self, part: bytes) -> None:
        parser = expat.ParserCreate()
        # One call for many lines instead of one for each.
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = _refuse
        self._row = self._column = self._last_column = self._number = 0
        try:
            parser.Parse(part, True)
        except expat.ExpatError:
            raise UnreadableSheet(Unreadable.DAMAGED) from None

    def weigh(self) -> None:
        texts = sum(self._length(number) * times for number, times in self._shared.items())
        if texts > TEXT:
            raise UnreadableSheet(Unreadable.FILE_TOO_LARGE)

    def _length(self, number: str) -> int:
        known = number.isdecimal() and len(number) < 8 and int(number) < len(self._lengths)
        return self._lengths[int(number)] if known else 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row, self._column = _row_number(attributes.get("r"), self._row + 1), 0
            case "c":
                self._shares = attributes.get("t") == "s"
                self._move(attributes.get("r"))
            case "v" | "is" | "f":
                self._check()
                self._text.clear()
            case "si":
                self._text.clear()

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "si":
                self._keep(self._take())
            case "v" if self._shares:
                self._shared["".join(self._text).strip()] += 1
            case "v" | "is":
                self._take()

    def _keep(self, length: int) -> None:
        """Where several parts hold such texts, nobody here knows which will be read."""
        known = self._lengths[self._number : self._number + 1]
        self._lengths[self._number : self._number + 1] = [max([length, *known])]
        self._number += 1

    def _take(self) -> int:
        length = sum(map(len, self._text))
        self._text.clear()
        if length > CELL:
            raise UnreadableSheet(Unreadable.CELL_TOO_LONG, self._row or None)
        return length

    def _move(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        told = _REFERENCE.fullmatch(reference)
        if told is None:
            raise UnreadableSheet(Unreadable.DAMAGED)
        self._column, self._row = _column_number(told[1].upper()), int(told[2])

    def _check(self) -> None:
        self._last_column = max(self._column, self._last_column)
        if self._row > LAST_ROW:
            raise UnreadableSheet(Unreadable.TOO_MANY_ROWS, self._row)
        if self._column > COLUMNS:
            raise UnreadableSheet(Unreadable.TOO_MANY_COLUMNS, self._row)
        if self._row * self._last_column > AREA:
            raise UnreadableSheet(Unreadable.FILE_TOO_LARGE, self._row)


def _row_number(told: str | None, following: int) -> int:
    if told is None:
        return following
    if not (told.isascii() and told.isdecimal() and len(told) < 8):
        raise UnreadableSheet(Unreadable.DAMAGED)
    return int(told)


def _column_number(letters: str) -> int:
    """1 for column A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _refuse(*_declaration: object) -> None:
    raise UnreadableSheet(Unreadable.DAMAGED)
