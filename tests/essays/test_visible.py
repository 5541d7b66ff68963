"""What is seen of an essay in Markdown, and that marks stand on the words that they stood on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.essays.visible import visible

MARKDOWN = st.text("ab1 *_#>-`[]()!\\.\n&;é", max_size=80)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("# Title\n\nI *ask* **back** and `wait`.\nThen", "Title\n\nI ask back and wait.\nThen"),
        ("> What do you\n> think?", "What do you\nthink?"),
        ("Steps:\n\n- one\n- two\n    - deep\n\nEnd", "Steps:\n• one\n• two\n    • deep\n\nEnd"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("See [the book](https://a.example/b) or <https://c.example>.",
         "See the book (https://a.example/b) or https://c.example."),
        ("2*3 is 6, snake_case, 2 \\* 3 & <b>no</b>", "2*3 is 6, snake_case, 2 * 3 & <b>no</b>"),
        ("    x = 1\n\nEnd", "x = 1\n\nEnd"),
        ("| a | b |\n| --- | --- |\n| c | d |", "a\nb\nc\nd"),
        ("", ""),
    ],
)  # fmt: skip
def test_markup_is_not_seen_and_everything_else_is(written: str, seen: str) -> None:
    assert visible(written).text == seen


def test_a_mark_covers_the_words_though_their_markup_is_gone() -> None:
    written = "# Asking\n\nFirst **I ask** them *back*,\n\n- and then\n- **wait** for it"
    found = visible(written)
    start, end = written.index("I ask"), written.index(" for it")
    first, last = found.span(start, end)
    assert found.text[first:last] == "I ask them back,\n• and then\n• wait"


def test_what_nobody_sees_is_marked_nowhere() -> None:
    written = "Read it.\n\n[it]: https://a.example/one-two\n\nEnd"
    found = visible(written)
    first, last = found.span(written.index("one"), written.index("-two"))
    assert found.text[first:last] == ""


@given(MARKDOWN, st.integers(0, 80), st.integers(0, 80))
def test_every_letter_that_is_marked_was_written_where_the_mark_is_from(written: str, one: int, other: int) -> None:
    found = visible(written)
    start, end = sorted((one, other))
    first, last = found.span(start, end)
    assert 0 <= first <= last <= len(found.text)
    source = iter(written[start:end])
    assert all(letter in source for letter in found.text[first:last] if letter in "ab")
