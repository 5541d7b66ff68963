from __future__ import annotations

import codecs
import tracemalloc
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sheets import sheet, workbook
from lti_tool.sheets.reading import Unreadable, UnreadableSheet, read_sheet
from tests.sheets.files import HOSTILE, cell, package, raw_xlsx, xlsx

PEOPLE = "navn;by;timer\nÅse Bjørnæs;Gjøvik;80,5\nKari Nordmann;Ålesund;\n"
AS_READ = (("navn", "by", "timer"), ("Åse Bjørnæs", "Gjøvik", "80,5"), ("Kari Nordmann", "Ålesund"))


def cells_of(data: bytes) -> tuple[tuple[str, ...], ...]:
    return tuple(row.cells for row in read_sheet(data, "people").rows)


def refusal_of(data: bytes) -> tuple[Unreadable, int | None]:
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(data, "people")
    return refused.value.code, refused.value.line


@pytest.mark.parametrize(
    "data",
    [
        PEOPLE.encode(),
        PEOPLE.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + PEOPLE.replace(";", "\t").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + PEOPLE.replace(";", "\t").encode("utf-16-be"),
        PEOPLE.encode("utf-16-le"),
        PEOPLE.encode("utf-16-be"),
        PEOPLE.encode("windows-1252"),
        PEOPLE.encode("mac_roman"),
        PEOPLE.encode("cp850"),
        PEOPLE.replace("80,5", '"80,5"').replace(";", ",").encode(),
        PEOPLE.replace(";", "|").replace("\n", "\r\n").encode(),
        PEOPLE.replace("\n", "\r").encode(),
        b"sep=;\r\n" + PEOPLE.encode(),
        PEOPLE.replace("Å", "A\N{COMBINING RING ABOVE}").encode(),
        PEOPLE.replace(";", " ; ").replace("\n", ";;\n\n").encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16be", "no-bom", "no-bom-be", "windows", "mac", "dos", "comma", "bar", "cr", "sep",
         "decomposed", "untidy"],
)  # fmt: skip
def test_text_is_read_whatever_program_wrote_it(data: bytes) -> None:
    assert cells_of(data) == AS_READ


def test_a_guess_at_the_letters_is_told() -> None:
    assert read_sheet(PEOPLE.encode("windows-1252"), "").encoding == "windows-1252"
    assert read_sheet(PEOPLE.encode(), "").encoding == ""


def test_a_workbook_is_read_as_people_see_it() -> None:
    rows: list[list[Any]] = [
        ["Name", None, "Hours", "Starts", True],
        ["Åse", "=1+1", 80.0, datetime.fromisoformat("2026-11-26 14:05"), 80.5],
        ["", None, None],
        ["2", "=A1", date(2026, 11, 26)],
    ]
    found = read_sheet(xlsx(rows, hidden_first=True), "people.xlsx")
    assert [row.line for row in found.rows] == [1, 2, 4]
    assert found.rows[1].cells == ("Åse", "0", "80", "2026-11-26 14:05", "80.5")
    assert found.rows[2].cells == ("2", "0", "2026-11-26")


def test_rows_know_the_line_they_begin_at() -> None:
    found = read_sheet(b'a;b\n\n"two\nlines";c\nd;e\n', "")
    assert [(row.line, row.cells) for row in found.rows] == [
        (1, ("a", "b")),
        (3, ("two\nlines", "c")),
        (5, ("d", "e")),
    ]


def test_a_cell_that_is_not_there_is_empty() -> None:
    row = read_sheet(b"a;b\nc\n", "").rows[1]
    assert (row.cell(0), row.cell(1), row.cell(None)) == ("c", "", "")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", (Unreadable.EMPTY, None)),
        (b" \n;;\n", (Unreadable.EMPTY, None)),
        (xlsx([]), (Unreadable.EMPTY, None)),
        (b'a;b\nc;"d\ne;f\n', (Unreadable.OPEN_QUOTE, 2)),
        (b"a;b\nc;" + b"d" * 10_001, (Unreadable.CELL_TOO_LONG, 2)),
        (codecs.BOM_UTF16_LE + b"a\x00b", (Unreadable.ENCODING, None)),
        (b"a\x01;b\n", (Unreadable.NOT_A_TABLE, None)),
        (xlsx([["a"]])[:-30], (Unreadable.DAMAGED, None)),
        (raw_xlsx("<row><c>"), (Unreadable.DAMAGED, None)),
        (raw_xlsx(cell("A1", "0", "s"), f"<si><t>{'x' * 10_001}</t></si>"), (Unreadable.CELL_TOO_LONG, None)),
        (raw_xlsx(cell("A7", "x" * 10_001)), (Unreadable.CELL_TOO_LONG, 7)),
        (raw_xlsx(cell("GS1")), (Unreadable.TOO_MANY_COLUMNS, 1)),
        (raw_xlsx(cell("A40001")), (Unreadable.TOO_MANY_ROWS, 40_001)),
        (b"a\n" * (sheet.ROWS + 1), (Unreadable.TOO_MANY_ROWS, sheet.ROWS + 1)),
    ],
    ids=range(14),
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, refusal: tuple[Unreadable, int | None]) -> None:
    assert refusal_of(data) == refusal


def test_formatted_cells_with_nothing_in_them_do_not_count() -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert cells_of(raw_xlsx(cell("B2", "7") + far)) == (("", "7"),)


def test_many_rows_may_share_their_texts() -> None:
    rows = [["Trondheim", f"Person {number}"] for number in range(sheet.ROWS)]
    assert len(cells_of(xlsx(rows))) == sheet.ROWS


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    make, reason = HOSTILE[name]
    assert refusal_of(make())[0] is reason


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_bytes_come_they_are_read_or_refused(data: bytes) -> None:
    try:
        found = read_sheet(data, "")
    except UnreadableSheet:
        return
    assert all(row.cells and row.cells[-1] for row in found.rows)


def test_no_more_is_unpacked_than_was_weighed() -> None:
    bomb = package({"[Content_Types].xml": "", "xl/bomb.xml": "\0" * (3 * workbook.UNPACKED_BYTES)})
    tracemalloc.start()
    try:
        assert refusal_of(bomb)[0] is Unreadable.FILE_TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 2.5 * workbook.UNPACKED_BYTES
    finally:
        tracemalloc.stop()
