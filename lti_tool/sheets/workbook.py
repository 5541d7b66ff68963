"""XLSX workbooks from strangers: weighed before they are read.

What a workbook says of its size cannot be believed, and its reader lays out the whole rectangle between the first cell
and the last, which may be seventeen thousand million cells. So its parts are unpacked here, no more of them than
allowed, looked over, and only these are given on.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lti_tool.sheets.sheet import ROWS, Sheet, Unreadable, UnreadableSheet, row_of
from lti_tool.sheets.weighing import weigh

BEGINNING = b"PK\x03\x04"
ENTRIES = 2_000
UNPACKED_BYTES = 48 * 1024 * 1024
_CENTRAL = b"PK\x01\x02"
_PARTS = (".xml", ".rels")
_BAD = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, struct.error, ValueError)
Value = str | int | float | bool | date | time | datetime | timedelta


def read_workbook(data: bytes) -> Sheet:
    """The first worksheet that is not hidden. UnreadableSheet for what is damaged, no workbook, or too much."""
    parts = _unpacked(data)
    if "[Content_Types].xml" not in parts or not any(name.startswith("xl/") for name in parts):
        raise UnreadableSheet(Unreadable.NOT_A_TABLE)
    weigh(parts.values())
    values = _values(_packed_anew(parts))
    rows = [row_of(line, [_shown(value) for value in cells]) for line, cells in enumerate(values, start=1)]
    filled = tuple(row for row in rows if row.cells)
    if len(filled) > ROWS:
        raise UnreadableSheet(Unreadable.TOO_MANY_ROWS)
    return Sheet(filled)


def _unpacked(data: bytes) -> dict[str, bytes]:
    # Each entry has this mark; the directory is read as a whole, so it is counted first.
    if data.count(_CENTRAL) > ENTRIES:
        raise UnreadableSheet(Unreadable.FILE_TOO_LARGE)
    parts: dict[str, bytes] = {}
    left = UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                if not name.endswith(_PARTS):
                    continue
                with package.open(name) as file:
                    parts[name] = file.read(left + 1)
                left -= len(parts[name])
                if left < 0:
                    raise UnreadableSheet(Unreadable.FILE_TOO_LARGE)
    except _BAD:
        raise UnreadableSheet(Unreadable.DAMAGED) from None
    return parts


def _packed_anew(parts: dict[str, bytes]) -> io.BytesIO:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    into.seek(0)
    return into


def _values(workbook: io.BytesIO) -> list[list[Value]]:
    try:
        with CalamineWorkbook.from_filelike(workbook) as opened:
            sheet = _first_sheet(opened)
            return sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        raise UnreadableSheet(Unreadable.DAMAGED) from None
    except BaseException as error:
        # What stops the library within, which no subclass of Exception tells.
        # https://pyo3.rs/latest/doc/pyo3/panic/struct.panicexception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableSheet(Unreadable.DAMAGED) from None


def _first_sheet(workbook: CalamineWorkbook) -> CalamineSheet:
    shown = [
        one.name
        for one in workbook.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
    ]
    if not shown:
        raise UnreadableSheet(Unreadable.EMPTY)
    return workbook.get_sheet_by_name(shown[0])


def _shown(value: Value) -> str:
    match value:
        case datetime() | time():
            return _timed(value).replace("T", " ")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60:02}:{minutes % 60:02}"
        case float() if value.is_integer():
            return str(int(value))
    # A date's is the one of ISO 8601.
    return str(value)


def _timed(value: datetime | time) -> str:
    return value.isoformat(timespec="seconds" if value.second else "minutes")
