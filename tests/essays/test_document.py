"""Essays as lines of a page, and as a PDF file."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.essays.document import Document, Entry, pdf_of
from lti_tool.essays.layout import Block, Piece, blocks_of, lines_of
from lti_tool.markdown import render


def by_length(text: str, style: str) -> float:
    """Every character is as wide as any other."""
    return float(len(text))


def laid_out(markdown: str, width: float = 30) -> list[str]:
    """Each line as text, its indentation and marker before it."""
    found = []
    for block in blocks_of(render(markdown)):
        for number, line in enumerate(lines_of(block, width, by_length)):
            marker = f"{block.marker} " if block.marker and not number else ""
            found.append("  " * block.indent + marker + "".join(piece.text for piece in line))
    return found


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.text("abc  ", max_size=12), st.sampled_from(["", "B", "I"])), max_size=12),
    st.integers(min_value=3, max_value=30),
)
def test_no_line_is_too_wide_and_no_word_is_lost(pieces: list[tuple[str, str]], width: int) -> None:
    block = Block(pieces=[Piece(text, style) for text, style in pieces])
    lines = ["".join(piece.text for piece in line) for line in lines_of(block, width, by_length)]
    assert all(0 < len(line) <= width for line in lines)
    written = "".join(text for text, _style in pieces)
    assert "".join("".join(lines).split()) == "".join(written.split())
    if all(len(word) <= width for word in written.split()):
        assert " ".join(lines).split() == written.split()


def test_paragraphs_lists_quotations_and_tables_keep_their_shape() -> None:
    markdown = (
        "First  \nsecond\n\n- one\n- two\n  1. deep\n\n> said\n\n3. third\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "```\nx = 1\ny = 2\n```"
    )
    assert laid_out(markdown) == [
        "First",
        "second",
        "  • one",
        "  • two",
        "    1. deep",
        "  said",
        "  3. third",
        "a | b",
        "1 | 2",
        "x = 1",
        "y = 2",
    ]


def test_styles_hold_within_a_line_and_a_comma_stays_with_its_word() -> None:
    (block,) = blocks_of(render("So *this*, and **that _too_** it is"))
    (line,) = lines_of(block, 100, by_length)
    assert [(piece.text, piece.style, piece.x) for piece in line] == [
        ("So", "", 0),
        (" this", "I", 2),
        (", and", "", 7),
        (" that", "B", 12),
        (" too", "BI", 17),
        (" it is", "", 21),
    ]


def document(*bodies: str) -> Document:
    entries = tuple(Entry(f"Åse Ђорђе {n}", "OM1", render(body, 3), "nb") for n, body in enumerate(bodies))
    return Document("Essays: Ærlig", "Some", "nb", entries)


@pytest.fixture
def pdf(shared_app: Flask) -> bytes:
    with shared_app.test_request_context():
        return pdf_of(document("Kort.", "word " * 1200, "Ŋ č “sitat” → λ 😀"))


def test_each_essay_begins_on_a_page_of_its_own(pdf: bytes) -> None:
    # The contents, one page, three pages, one page.
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 6


def test_the_file_says_its_title_and_language_and_has_bookmarks(pdf: bytes) -> None:
    assert b"/Lang (nb)" in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert pdf.count(b"/Dest [") + pdf.count(b"/Dest ") >= 3
    assert b"/Outlines" in pdf


def test_its_fonts_are_inside_and_know_the_characters(pdf: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert pdf.count(b"/FontFile2") >= 2
    assert not [line for line in caplog.messages if "missing" in line]
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    maps = b"".join(stream for stream in streams if b"begincmap" in stream)
    for character in "Åђ“→λ\ufffd":
        assert f"<{ord(character):04X}>".encode() in maps, character
