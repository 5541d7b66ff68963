"""Tables as files that other programs open: CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from xlsxwriter import Workbook

Cell: TypeAlias = str | float | int | None
Row: TypeAlias = Sequence[Cell]

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What makes a spreadsheet program compute a text instead of showing it.
# https://owasp.org/www-community/attacks/CSV_Injection
_COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Excel's own limits. https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
_LONGEST_CELL = 32_767
_LONGEST_TITLE = 31
_FORBIDDEN_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_WIDEST = 60


def csv_of(head: Sequence[str], rows: Iterable[Row], *, separator: str = ",") -> bytes:
    """UTF-8 with the mark by which Excel knows it; texts that a program would compute begin with an apostrophe.

    Where numbers have a decimal comma, Excel wants ";" as the separator, and the numbers with that comma.
    """
    comma = separator == ";"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow([harmless(title) for title in head])
    writer.writerows([_typed(cell, comma=comma) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(title: str, head: Sequence[str], rows: Iterable[Row]) -> bytes:
    """One sheet whose first row and column stay in view, with a filter on each column. Texts stay texts."""
    out = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, settings)
    sheet = book.add_worksheet(title.translate(_FORBIDDEN_IN_TITLE).strip("' ")[:_LONGEST_TITLE] or None)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    widths = [len(name) for name in head]
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    last = 0
    for last, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(last, column, cell[:_LONGEST_CELL])
            elif cell is not None:
                sheet.write_number(last, column, cell)
            widths[column] = max(widths[column], len(str(cell or "")))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, _WIDEST) + 2)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(head) - 1)
    book.close()
    return out.getvalue()


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_COMPUTED) else text


def _typed(cell: Cell, *, comma: bool) -> str | float | int | None:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, float) and comma:
        return str(cell).replace(".", ",")
    return cell
