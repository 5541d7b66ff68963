"""What is read of a table, how much of it at most, and why nothing is."""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass

from lti_tool.drafts import clean_text

FILE_BYTES = 10 * 1024 * 1024
ROWS = 20_000
COLUMNS = 200
# Characters of one cell.
CELL = 10_000

# Spreadsheets and web pages leave them around words, where nobody sees them.
_INVISIBLE = "\ufeff\u200b\u200e\u200f"


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something in it. `line` is that of the file, or the row of the worksheet; it counts from 1."""

    line: int
    cells: tuple[str, ...]

    def cell(self, column: int | None) -> str:
        """Empty where the row is too short, or nobody knows the column."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows in their order, cells as people see them: dates as "2026-11-26", times as "14:05" (with both, a space
    between), whole numbers without a point, others with one, formulas as their last results.

    `encoding` is what the letters of a text file were taken for, where it does not say; look at its letters then.
    """

    rows: tuple[Row, ...]
    encoding: str = ""


class Unreadable(enum.StrEnum):
    EMPTY = "empty"
    FILE_TOO_LARGE = "file-too-large"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"
    CELL_TOO_LONG = "cell-too-long"
    NOT_A_TABLE = "not-a-table"
    # Workbooks of before 2007, and those with a password, which are wrapped in the same format.
    OLD_OR_LOCKED = "old-or-locked"
    ENCODING = "encoding"
    OPEN_QUOTE = "open-quote"
    DAMAGED = "damaged"


class UnreadableSheet(Exception):
    """Nothing of the file is read. `line` counts from 1, None where no line is to blame."""

    def __init__(self, code: Unreadable, line: int | None = None) -> None:
        super().__init__(code, line)
        self.code = code
        self.line = line


def row_of(line: int, cells: list[str]) -> Row:
    """Without what is around the texts and empty cells at its end; UnreadableSheet for what is too much."""
    if max(map(len, cells), default=0) > CELL:
        raise UnreadableSheet(Unreadable.CELL_TOO_LONG, line)
    tidy = [_tidy(cell) for cell in cells]
    while tidy and not tidy[-1]:
        tidy.pop()
    if len(tidy) > COLUMNS:
        raise UnreadableSheet(Unreadable.TOO_MANY_COLUMNS, line)
    return Row(line, tuple(tidy))


def _tidy(cell: str) -> str:
    """Letters composed, as some systems take them apart ("a" and a ring), and nothing that cannot be stored."""
    composed = cell if cell.isascii() else unicodedata.normalize("NFC", cell).strip(_INVISIBLE)
    return clean_text(composed).strip()
