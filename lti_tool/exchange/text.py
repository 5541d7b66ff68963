"""Plain text as the product keeps it, and back into HTML without losing a space."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# What XML cannot hold, other control characters, and marks that nobody sees.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_NEWLINES = re.compile("\r\n?|[\x85\u2028\u2029]")
_LINE_ENDS = re.compile(r"[^\S\n]+$", re.MULTILINE)
# Characters that are cut into lines at a time.
_PIECE = 50_000
_GAPS = re.compile(r"\n{3,}")
# A space that HTML would drop: before another, or at the beginning of a line.
_LOST_SPACE = re.compile(r" (?= )|^ ", re.MULTILINE)


def clean(text: str) -> str:
    """Lines without blanks at their ends, at most one empty line between, no tabs and no control characters.

    >>> clean(" one\\r\\n\\r\\n\\r\\n\\ttwo ")
    'one\\n\\n    two'
    """
    if text.isprintable():
        return text.strip()
    text = _CONTROLS.sub("", _NEWLINES.sub("\n", text))
    text = text.replace("\xa0", " ").replace("\t", "    ")
    # Twice what looks like once: a blank line of blanks is a gap only when it is empty.
    return _GAPS.sub("\n\n", _LINE_ENDS.sub("", text)).strip()


def lines_of(text: str) -> Iterator[str]:
    """As `text.split("\\n")`, but a list of all lines may take more memory than the text."""
    begun: list[str] = []
    for start in range(0, len(text), _PIECE):
        first, *more = text[start : start + _PIECE].split("\n")
        begun.append(first)
        if more:
            yield "".join(begun)
            begun = [more.pop()]
            yield from more
    yield "".join(begun)


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def to_html(text: str) -> str:
    """XHTML for within a paragraph; `html_text.read_html` gives the same text back."""
    kept = _LOST_SPACE.sub("\xa0", text)
    return html.escape(kept).replace("\n", "<br/>")


def quoted(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
