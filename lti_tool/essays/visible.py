"""What a reader sees of a text in Markdown: its letters without any markup, and where each of them is written.

The parser says in which lines a block stands, but not where in them its words do. These are looked for letter by
letter, which finds them: what is seen of a block is written in it in the same order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it.token import Token

from lti_tool.markdown import parsed

_INDENT = "    "


@dataclass
class Visible:
    """`text` is what is seen of what is `written`. Letters of it stand at `_places` there, in order, and at `_seen`
    in the text."""

    written: str
    text: str = ""
    _places: list[int] = field(default_factory=list)
    _seen: list[int] = field(default_factory=list)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where is seen what is written from `start` up to `end`; nothing, at the end, if none of it is."""
        first, after = bisect_left(self._places, start), bisect_left(self._places, end)
        return (self._seen[first], self._seen[after - 1] + 1) if first < after else (len(self.text), len(self.text))

    def say(self, text: str) -> None:
        """Show what is not written so."""
        self.text += text

    def show(self, text: str, end: int, start: int = 0) -> None:
        """Show what is written behind everything shown before, between `start` and `end`."""
        at = max(start, self._places[-1] + 1 if self._places else 0)
        for number, letter in enumerate(text, start=len(self.text)):
            found = self.written.find(letter, at, end)
            if found >= 0:
                self._places.append(found)
                self._seen.append(number)
                at = found + 1
        self.text += text


def visible(written: str) -> Visible:
    """Paragraphs stand apart by an empty line, and the points of a list have their sign."""
    found = Visible(written)
    lines = [0, *accumulate(len(line) + 1 for line in written.split("\n"))]
    for lead, token in _blocks(parsed(written)):
        first, last = token.map or (0, len(lines) - 1)
        found.say(lead if found.text else lead.lstrip("\n"))
        _show_block(found, token, lines[first], lines[min(last, len(lines) - 1)])
    return found


def _show_block(found: Visible, token: Token, start: int, end: int) -> None:
    if token.type != "inline":
        return found.show(token.content.rstrip("\n"), end, start)
    links: list[tuple[str, int]] = []
    for child in token.children or ():
        if child.type == "link_open":
            links.append((str(child.attrs["href"]), len(found.text)))
        elif child.type == "link_close":
            href, begun = links.pop()
            # One that is written out is seen already.
            if found.text[begun:] not in href:
                found.show(f" ({href})", end, start)
        else:
            found.show("\n" if child.type in ("softbreak", "hardbreak") else child.content, end, start)
    return None


def _blocks(tokens: list[Token]) -> Iterator[tuple[str, Token]]:
    """What there is to see, each with what stands before it."""
    gap, sign = "", ""
    for token in tokens:
        if token.type == "list_item_open":
            sign = _INDENT * (token.level // 2) + (f"{token.info}{token.markup} " if token.info else "• ")
        elif token.type in ("th_open", "td_open") or (token.type == "paragraph_open" and token.hidden):
            gap = "\n"
        elif token.type in ("inline", "fence", "code_block"):
            yield gap + sign, token
            gap, sign = "\n\n", ""
