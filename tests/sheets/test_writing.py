"""Tables as files: what was written is what other programs read, and nothing of it is computed."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lti_tool.sheets.writing import Cell, csv_of, harmless, xlsx_of

NAMES = [
    "Åse Bjørnæs",
    '=HYPERLINK("http://evil")',
    "+47 123",
    "@SUM(A1)",
    "-2",
    "\t=1",
    'quote " and; comma,',
    "two\nlines",
]


def read_csv(data: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def read_xlsx(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_norwegian_letters_arrive_in_both() -> None:
    assert csv_of(["Navn"], [["Åse Bjørnæs"]]).startswith(b"\xef\xbb\xbf")
    assert read_csv(csv_of(["Navn"], [["Åse Bjørnæs"]])) == [["Navn"], ["Åse Bjørnæs"]]
    assert read_xlsx(xlsx_of("Opplæring", ["Navn"], [["Åse Bjørnæs"]])) == [["Navn"], ["Åse Bjørnæs"]]


@pytest.mark.parametrize("text", NAMES)
def test_no_cell_of_a_csv_file_begins_as_a_formula(text: str) -> None:
    (_head, (cell,)) = read_csv(csv_of([text], [[text]]))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == text


@pytest.mark.parametrize("text", NAMES)
def test_a_workbook_has_texts_and_no_formulas(text: str) -> None:
    data = xlsx_of("Sheet", ["Name"], [[text]])
    assert read_xlsx(data)[1] == [text]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_numbers_stay_numbers_with_the_comma_of_the_language() -> None:
    row: list[Cell] = ["x", 6.5, 20, None]
    assert read_csv(csv_of(["a", "b", "c", "d"], [row]))[1] == ["x", "6.5", "20", ""]
    assert read_csv(csv_of(["a", "b", "c", "d"], [row], separator=";"), ";")[1] == ["x", "6,5", "20", ""]
    assert read_xlsx(xlsx_of("Sheet", ["a", "b", "c", "d"], [row]))[1][:3] == ["x", 6.5, 20]


@pytest.mark.parametrize("title", ["", "'", "a/b:c?*[]\\", "x" * 80, "History"])
def test_any_title_makes_a_sheet(title: str) -> None:
    assert read_xlsx(xlsx_of(title, ["a"], [])) == [["a"]]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_what_is_written_is_read_again(row: list[str]) -> None:
    written = csv_of(["x"] * len(row), [row])
    assert read_csv(written)[1] == [harmless(text) for text in row]
