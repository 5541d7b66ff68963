"""Tables as files: as programs write them, and made to hurt (small, and gigabytes to a careless reader)."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import xlsxwriter

from lti_tool.sheets import sheet, weighing, workbook
from lti_tool.sheets.sheet import Unreadable

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def xlsx(rows: Iterable[Sequence[Any]], *, hidden_first: bool = False) -> bytes:
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"default_date_format": "dd.mm.yyyy hh:mm"}) as book:
        if hidden_first:
            book.add_worksheet("lists").hide()
        page = book.add_worksheet("people")
        page.activate()
        page.set_first_sheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return into.getvalue()


def package(parts: dict[str, str]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as written:
        for name, part in parts.items():
            written.writestr(name, part)
    return into.getvalue()


def raw_xlsx(cells: str, shared: str = "", **more: str) -> bytes:
    """A workbook with these rows as XML, and these texts to share."""
    with zipfile.ZipFile(io.BytesIO(xlsx([["text"]]))) as real:
        parts = {name: real.read(name).decode() for name in real.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f"<worksheet {_MAIN}><sheetData>{cells}</sheetData></worksheet>"
    parts["xl/sharedStrings.xml"] = f"<sst {_MAIN}>{shared}</sst>"
    return package({**parts, **more})


def cell(reference: str, value: str = "1", kind: str = "n") -> str:
    return f'<row><c r="{reference}" t="{kind}"><v>{value}</v></c></row>'


def _lying_about_its_size() -> bytes:
    """What it holds unpacks to more than its directory says."""
    whole = raw_xlsx("<row/>" * 9_000_000)
    size = len("<row/>") * 9_000_000 + len(f"<worksheet {_MAIN}><sheetData></sheetData></worksheet>")
    return whole.replace(size.to_bytes(4, "little"), (500).to_bytes(4, "little"))


def _often_the_same() -> bytes:
    cells = '<c t="s"><v>0</v></c>' * 150
    return raw_xlsx(f"<row>{cells}</row>" * 100, f"<si><t>{'x' * sheet.CELL}</t></si>")


def _often_the_same_behind_a_decoy() -> bytes:
    short = f"<sst {_MAIN}><si><t>x</t></si></sst>"
    cells = '<c t="s"><v>0</v></c>' * 150
    return raw_xlsx(f"<row>{cells}</row>" * 100, f"<si><t>{'x' * sheet.CELL}</t></si>", **{"xl/other.xml": short})


def _laughing() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    worksheet = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{entities}]><worksheet {_MAIN}>&l9;</worksheet>'
    return raw_xlsx("", **{"xl/worksheets/sheet1.xml": worksheet})


HOSTILE: dict[str, tuple[Callable[[], bytes], Unreadable]] = {
    "a bomb": (lambda: raw_xlsx("<row/>" * (workbook.UNPACKED_BYTES // 5)), Unreadable.FILE_TOO_LARGE),
    "a liar": (_lying_about_its_size, Unreadable.DAMAGED),
    "a large rectangle": (lambda: raw_xlsx(cell("A1") + cell("XFD1048576")), Unreadable.TOO_MANY_ROWS),
    "a long rectangle": (lambda: raw_xlsx(cell("A1") + cell(f"GR{weighing.LAST_ROW}")), Unreadable.FILE_TOO_LARGE),
    "a column beyond the last": (lambda: raw_xlsx(cell("ZZZZZZZ9")), Unreadable.DAMAGED),
    "a row beyond all numbers": (lambda: raw_xlsx('<row r="99999999999999999999"/>'), Unreadable.DAMAGED),
    "a text often": (_often_the_same, Unreadable.FILE_TOO_LARGE),
    "a text often, with a decoy": (_often_the_same_behind_a_decoy, Unreadable.FILE_TOO_LARGE),
    "laughs": (_laughing, Unreadable.DAMAGED),
    "many entries": (
        lambda: package({f"{number}.xml": "" for number in range(workbook.ENTRIES + 1)}),
        Unreadable.FILE_TOO_LARGE,
    ),
    "a giant cell": (
        lambda: raw_xlsx(f'<row><c t="inlineStr"><is><t>{"x" * 10_000_000}</t></is></c></row>'),
        Unreadable.CELL_TOO_LONG,
    ),
    "nothing but line ends": (lambda: raw_xlsx("\n" * 10_000_000), Unreadable.EMPTY),
    "a million rows": (lambda: raw_xlsx("<row><c><v>1</v></c></row>" * 1_000_000), Unreadable.TOO_MANY_ROWS),
    "a million rows of CSV": (lambda: b"name;town\n" + b"A;B\n" * 1_000_000, Unreadable.TOO_MANY_ROWS),
    "a giant cell of CSV": (
        lambda: b'name\n"' + b"x" * (sheet.FILE_BYTES - 10) + b'"',
        Unreadable.CELL_TOO_LONG,
    ),
    "a million columns": (lambda: b";".join([b"x"] * 1_000_000), Unreadable.TOO_MANY_COLUMNS),
    "rubbish": (lambda: random.Random(5).randbytes(1_000_000), Unreadable.ENCODING),
    "rubbish in a zip": (lambda: workbook.BEGINNING + random.Random(5).randbytes(1_000_000), Unreadable.DAMAGED),
    "a zip of something else": (lambda: package({"readme.txt": "hello"}), Unreadable.NOT_A_TABLE),
    "too many bytes": (lambda: b"a;b\n" * (sheet.FILE_BYTES // 4 + 1), Unreadable.FILE_TOO_LARGE),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), Unreadable.OLD_OR_LOCKED),
}
