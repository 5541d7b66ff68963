"""The certificate as a file."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pypdf
import pytest
from flask import Flask

from lti_tool.certificates.document import Issued, pdf_of
from lti_tool.certificates.statement import Line, Part, Statement

# No database has a say in it.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STATEMENT = Statement(
    default_language="en",
    programme={"en": "Training", "nb": "Opplæring"},
    terms={"en": "Autumn 2026", "nb": "Høst 2026"},
    issuer={"en": "University", "nb": "Universitetet på Øya"},
    hours=7.5,
    completed_on=date(2026, 11, 20),
    parts=(
        Part(
            titles={"en": "Core modules", "nb": "Kjernemoduler"},
            hours=4,
            course="TDT4100",
            lines=(Line(titles={"en": "Core module 1", "nb": "Kjernemodul 1"}, done_on=date(2026, 9, 1)),),
        ),
    ),
)


def read(app: Flask, name: str = "Åse Bjørnæs", language: str = "en") -> pypdf.PdfReader:
    address = "https://training.example.edu/verify?code=4F7K-2MPQ-9RTX"
    with app.test_request_context():
        made = pdf_of(Issued(name, "4F7K2MPQ9RTX", date(2026, 11, 22), STATEMENT, address), language)
    return pypdf.PdfReader(io.BytesIO(made))


def text_of(document: pypdf.PdfReader) -> str:
    return " ".join(page.extract_text() for page in document.pages).replace("\n", " ")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Training, Autumn 2026: 7.5 hours", "November 20, 2026", "Core module 1", "September 1, 2026")),
        ("nb", ("Opplæring, Høst 2026: 7,5 timer", "20. november 2026", "Kjernemodul 1", "Universitetet på Øya")),
        # The programme has no Nynorsk: its readers get Bokmål inside Nynorsk.
        ("nn", ("Opplæring, Høst 2026: 7,5 timar", "20. november 2026", "Kjernemodul 1")),
    ],
)
def test_it_says_everything_in_the_language_asked_for(app: Flask, language: str, said: tuple[str, ...]) -> None:
    document = read(app, language=language)
    text = text_of(document)
    for part in ("Åse Bjørnæs", "TDT4100", "4F7K-2MPQ-9RTX", *said):
        assert part in text
    assert len(document.pages) == 1
    assert root_of(document)["/Lang"] == language


def test_screen_readers_find_headings_a_table_and_a_described_picture(app: Flask) -> None:
    document = read(app)
    root = root_of(document)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in root["/Metadata"].get_object().get_data().decode()
    kinds = set(kinds_below(root["/StructTreeRoot"]))
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= kinds
    assert document.metadata is not None
    assert (document.metadata.title, document.metadata.author) == ("Certificate", "University")


def root_of(document: pypdf.PdfReader) -> Any:
    return document.trailer["/Root"]


def kinds_below(node: object) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [kind for child in node for kind in kinds_below(child)]
    if not isinstance(node, dict):
        return []
    return [str(node.get("/S", "")), *kinds_below(node.get("/K", []))]


@pytest.mark.parametrize("name", ["#evil[*x*] $a$ @b \\", "Анна Каренина", "李小龍", "Kari 🎓", "A" * 255])
def test_any_name_can_stand_on_it(app: Flask, name: str) -> None:
    text = text_of(read(app, name=name))
    if name.isascii() and len(name) < 50:
        assert name in text
    assert "4F7K-2MPQ-9RTX" in text
