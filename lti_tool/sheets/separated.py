"""Values separated by commas, semicolons or tabs, in whatever way a program has written them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lti_tool.sheets.sheet import ROWS, Row, Sheet, Unreadable, UnreadableSheet, row_of

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Windows, old Macintosh, and what spreadsheets call MS-DOS.
_GUESSES = ("windows-1252", "mac_roman", "cp850")
_NORDIC = re.compile("[æøåÆØÅäöüÄÖÜéÉ]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
_DELIMITERS = ";\t,|"
# How spreadsheets are told the delimiter, in a first line that is no row.
_TOLD = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
# Records that are looked at to find the delimiter out.
_LOOKED_AT = 100


def read_separated(data: bytes) -> Sheet:
    """UnreadableSheet for what is no text, or too much."""
    text, guessed = _text_of(data)
    if _CONTROL.search(text):
        raise UnreadableSheet(Unreadable.NOT_A_TABLE)
    told = _TOLD.match(text)
    delimiter = told[1] if told else _delimiter_of(text)
    return Sheet(tuple(_rows(text, delimiter, skip_first=bool(told))), guessed)


def _text_of(data: bytes) -> tuple[str, str]:
    """The text, and the encoding where it was a guess (else empty)."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], encoding), ""
    if b"\0" in data[:200]:
        return _decoded(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        texts = {name: data.decode(name, "replace") for name in _GUESSES}
        best = max(texts, key=lambda name: len(_NORDIC.findall(texts[name])) - texts[name].count("\ufffd"))
        return texts[best], best


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableSheet(Unreadable.ENCODING) from None


def _delimiter_of(text: str) -> str:
    """The one that divides most records into the same number of cells, and into most of them."""
    return max(_DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: str, delimiter: str) -> int:
    try:
        records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _LOOKED_AT))
    except csv.Error:
        return -1
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    return max(((width - 1) * times for width, times in widths.items()), default=0)


def _rows(text: str, delimiter: str, *, skip_first: bool) -> Iterator[Row]:
    found = 0
    for line, cells in islice(_records(text, delimiter), int(skip_first), None):
        row = row_of(line, cells)
        found += bool(row.cells)
        if found > ROWS:
            raise UnreadableSheet(Unreadable.TOO_MANY_ROWS, line)
        if row.cells:
            yield row


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each with the line it begins at. Strict, for one forgotten quotation mark would swallow all that follows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        too_long = "field limit" in str(error)
        raise UnreadableSheet(Unreadable.CELL_TOO_LONG if too_long else Unreadable.OPEN_QUOTE, line) from None
