"""Everything that can happen to a question on its way in is said in words."""

from __future__ import annotations

import pytest
from flask import Flask

from lti_tool.authoring.import_found import Failure, Ours, Saying
from lti_tool.authoring.import_words import (
    CODES,
    FAILURES,
    failure_words,
    format_name,
    format_use,
    place_words,
    saying_words,
)
from lti_tool.exchange import limits
from lti_tool.exchange.found import Code, Unreadable
from lti_tool.exchange.writing import Format

VALUES: dict[str, str | int] = {
    "name": "fig.png",
    "names": "a, b",
    "kind": "hot spot",
    "most": 20,
    "count": 2,
    "text": "Yes",
}


def test_each_code_of_the_reader_has_its_words() -> None:
    assert CODES.keys() | {Code.IMAGE_TOO_LARGE} == {*Code, *Ours}
    assert FAILURES.keys() == {*Unreadable, *Failure}


def test_words_name_what_they_are_about(shared_app: Flask) -> None:
    with shared_app.app_context():
        said = [saying_words(Saying(code=code, values=VALUES)) for code in (*Code, *Ours)]
        assert all("%" not in sentence and sentence.endswith((".", "”")) for sentence in said)
        assert saying_words(Saying(code=Code.TOO_LONG, values={"most": 20_000})).count("20000") == 1
        assert all(format_name(name) and format_use(name) for name in Format)


@pytest.mark.parametrize(
    ("most", "words"),
    [(limits.IMAGES_EACH, "more than 20"), (limits.IMAGE_BYTES, "2 MB"), (limits.IMAGES_BYTES, "24 MB")],
)
def test_a_picture_too_many_is_told_by_number_and_one_too_large_by_its_size(
    shared_app: Flask, most: int, words: str
) -> None:
    with shared_app.app_context():
        assert words in saying_words(Saying(code=Code.IMAGE_TOO_LARGE, values={"name": "fig.png", "most": most}))


def test_a_file_that_breaks_off_is_told_with_its_line(shared_app: Flask) -> None:
    with shared_app.app_context():
        assert failure_words(Unreadable.BROKEN_XML, 7).endswith("line 7.")
        assert "line" not in failure_words(Unreadable.EMPTY, None)
        assert [place_words(3, "a.xml"), place_words(3, ""), place_words(None, "a.xml"), place_words(None, "")] == [
            "a.xml, line 3",
            "line 3",
            "a.xml",
            "",
        ]
