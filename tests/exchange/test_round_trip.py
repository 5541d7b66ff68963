"""What is written in any format is read back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exchange.found import Code, FoundQuestion
from lti_tool.exchange.html_text import read_html
from lti_tool.exchange.reading import read
from lti_tool.exchange.text import clean, to_html
from lti_tool.exchange.writing import Format, write
from tests.exchange.questions import maybe_texts, questions, without_places

LISTS = st.lists(questions(), min_size=1, max_size=3)
PICTURELESS = st.lists(questions(with_images=False), min_size=1, max_size=3)


@given(maybe_texts)
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(maybe_texts)
def test_text_goes_through_html_and_back(text: str) -> None:
    assert read_html(f"<p>{to_html(text)}</p>").text == text


@given(PICTURELESS)
def test_gift_comes_back_the_same(found: list[FoundQuestion]) -> None:
    written = write(found, Format.GIFT)
    imported = read(written.data, f"questions{written.suffix}")
    assert (imported.format, without_places(imported.questions)) == ("gift", found)
    assert {note.code for note in imported.notes} <= {Code.ALL_OR_NOTHING, Code.FORMULA}


@pytest.mark.parametrize("file_format", [Format.MOODLE_XML, Format.QTI_1, Format.QTI_2])
@given(found=LISTS)
def test_formats_with_images_come_back_the_same(file_format: Format, found: list[FoundQuestion]) -> None:
    written = write(found, file_format)
    imported = read(written.data, f"questions{written.suffix}")
    assert (imported.format, without_places(imported.questions)) == (file_format, found)
    assert {note.code for note in imported.notes} <= {Code.ALL_OR_NOTHING, Code.FORMULA}
