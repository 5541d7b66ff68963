"""From the HTML of an essay to lines of a page; pure, with the widths of words given from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import chain

# A style is "", "B", "I" or "BI".
Measure = Callable[[str, str], float]
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_STYLES = {"strong": "B", "em": "I", "th": "B"} | dict.fromkeys(_HEADINGS, "B")
_BLOCKS = _HEADINGS | {"pre", "tr"}
_INDENTING = ("ul", "ol", "blockquote")
_BREAK = "\u2028"
_SPACE = re.compile(r"(\s+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one style; `x` is where it begins, from the left edge of its line."""

    text: str
    style: str
    x: float = 0.0


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item or line of a table; `indent` counts the lists and quotations it stands in.

    Of `literal` text the line ends hold.
    """

    indent: int = 0
    marker: str = ""
    heading: bool = False
    literal: bool = False
    pieces: list[Piece] = field(default_factory=list)


def blocks_of(html: str) -> list[Block]:
    """What `markdown.render` gives, block by block; empty ones are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [block for block in reader.blocks if any(piece.text.strip() for piece in block.pieces)]


def lines_of(block: Block, width: float, measure: Measure) -> Iterator[list[Piece]]:
    """The block in lines of at most `width`, each with as few pieces as it has changes of style."""
    for words in _paragraphs(block):
        yield from _wrapped(words, width, measure)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = [Block()]
        self._indent = 0
        self._styles: list[str] = []
        # The number of the next item, None in a list without numbers.
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])
        if tag in ("ul", "ol"):
            start = dict(attrs).get("start") or "1"
            self._lists.append(None if tag == "ul" else int(start))
        self._indent += tag in _INDENTING
        if tag in _BLOCKS:
            self._begin(heading=tag in _HEADINGS, literal=tag == "pre")
        elif tag == "li":
            self._begin(marker=self._marker())
        else:
            self._inline(tag)

    def _inline(self, tag: str) -> None:
        if tag == "br":
            self.handle_data(_BREAK)
        elif tag in ("td", "th") and self.blocks[-1].pieces:
            self.handle_data(" | ")
        # The first paragraph of an item stands beside its marker.
        elif tag == "p" and (self.blocks[-1].pieces or not self.blocks[-1].marker):
            self._begin()

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES:
            self._styles.pop()
        if tag in ("ul", "ol"):
            self._lists.pop()
        if tag in _INDENTING:
            self._indent -= 1
            self._begin()

    def handle_data(self, data: str) -> None:
        style = "".join(letter for letter in "BI" if letter in self._styles)
        block = self.blocks[-1]
        if block.pieces or data.strip():
            block.pieces.append(Piece(data, style))

    def _begin(self, *, marker: str = "", heading: bool = False, literal: bool = False) -> None:
        self.blocks.append(Block(self._indent, marker, heading, literal))

    def _marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "•"
        self._lists[-1] = number + 1
        return f"{number}."


# A word is what may not be broken: pieces of one or more styles without a space between them.
Word = list[Piece]


def _paragraphs(block: Block) -> Iterator[list[Word]]:
    """The words between forced line ends."""
    words: list[Word] = [[]]
    for piece in block.pieces:
        for part in _SPACE.split(piece.text):
            if not part.isspace():
                words[-1] += [Piece(part, piece.style)] if part else []
            elif _BREAK in part or (block.literal and "\n" in part):
                yield words
                words = [[]]
            elif words[-1]:
                words.append([])
    yield words


def _wrapped(words: Sequence[Word], width: float, measure: Measure) -> Iterator[list[Piece]]:
    line: list[Word] = []
    used = 0.0
    for word in chain.from_iterable(_fitting(word, width, measure) for word in words):
        needed = sum(measure(piece.text, piece.style) for piece in word)
        gap = measure(" ", "") if line else 0.0
        if line and used + gap + needed > width:
            yield _joined(line, measure)
            line, used, gap = [], 0.0, 0.0
        line.append(word)
        used += gap + needed
    if line:
        yield _joined(line, measure)


def _fitting(word: Word, width: float, measure: Measure) -> Iterator[Word]:
    """The word, or its characters where it is too long for any line."""
    if sum(measure(piece.text, piece.style) for piece in word) <= width:
        yield from [word] if word else []
        return
    part, used = "", 0.0
    for piece in word:
        for character in piece.text:
            wide = measure(character, piece.style)
            if part and used + wide > width:
                yield [Piece(part, piece.style)]
                part, used = "", 0.0
            part, used = part + character, used + wide
        yield [Piece(part, piece.style)]
        part, used = "", 0.0


def _joined(line: Sequence[Word], measure: Measure) -> list[Piece]:
    joined: list[Piece] = []
    x = 0.0
    for number, word in enumerate(line):
        for place, piece in enumerate(word):
            text = f" {piece.text}" if number and not place else piece.text
            if joined and joined[-1].style == piece.style:
                last = joined[-1]
                joined[-1] = Piece(last.text + text, last.style, last.x)
            else:
                joined.append(Piece(text, piece.style, x))
            x = joined[-1].x + measure(joined[-1].text, piece.style)
    return joined
