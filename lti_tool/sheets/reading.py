"""The way in: a table that somebody has sent, whatever program wrote it."""

from __future__ import annotations

from lti_tool.sheets.separated import read_separated
from lti_tool.sheets.sheet import FILE_BYTES, Row, Sheet, Unreadable, UnreadableSheet
from lti_tool.sheets.workbook import BEGINNING, read_workbook

__all__ = ["FILE_BYTES", "Row", "Sheet", "Unreadable", "UnreadableSheet", "read_sheet"]

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_sheet(data: bytes, filename: str) -> Sheet:
    """The rows of a CSV file or of the first sheet of an XLSX workbook; its content tells which, not its name.

    UnreadableSheet when there is nothing in it, or not all of it can be read.
    """
    if len(data) > FILE_BYTES:
        raise UnreadableSheet(Unreadable.FILE_TOO_LARGE)
    if data.startswith(_OLD):
        raise UnreadableSheet(Unreadable.OLD_OR_LOCKED)
    sheet = read_workbook(data) if data.startswith(BEGINNING) else read_separated(data)
    if not sheet.rows:
        raise UnreadableSheet(Unreadable.EMPTY)
    return sheet
