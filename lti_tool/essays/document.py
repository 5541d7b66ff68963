"""Essays of learning assistants as one document that opens offline: a PDF file here, HTML in its template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from fpdf import FPDF, ViewerPreferences
from fpdf.fonts import TTFFont
from markupsafe import Markup

from lti_tool.essays.layout import Block, Measure, Piece, blocks_of, lines_of
from lti_tool.paths import FONTS
from lti_tool.texts import gettext as _

_FAMILY = "DejaVuSerifCondensed"
_STYLES = {"": "", "B": "-Bold", "I": "-Italic", "BI": "-BoldItalic"}
# Millimetres on A4, and points.
_LEFT, _TOP, _WIDTH, _BOTTOM, _INDENT = 25.0, 25.0, 160.0, 270.0, 7.0
_SIZE, _SMALL, _LINE = 11.0, 9.0, 6.0
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One essay: `facts` is a line about it, such as its module and date; `body` its safe HTML, `language` its code."""

    name: str
    facts: str
    body: Markup
    language: str


@dataclass(frozen=True, slots=True)
class Document:
    """`language` is the one of the headings; `subtitle` says whose essays they are and of when."""

    title: str
    subtitle: str
    language: str
    entries: tuple[Entry, ...]


def pdf_of(document: Document) -> bytes:
    """The title with the contents, then each essay from a new page on.

    Lines are broken here: what the library has for that takes the tenfold, because it measures each line anew for each
    of its characters.
    """
    pdf = _Pdf(document)
    essays = [_essay(entry, pdf) for entry in document.entries]
    # The contents are as long whatever numbers they name.
    first = len(_contents(document, [0] * len(essays), pdf)) + 1
    numbers = []
    for pages in essays:
        numbers.append(first)
        first += len(pages)
    pdf.draw(_contents(document, numbers, pdf))
    for entry, pages in zip(document.entries, essays, strict=True):
        pdf.draw(pages, entry.name)
    return bytes(pdf.output())


@dataclass(frozen=True, slots=True)
class _Ink:
    """Text on a page, its baseline at `y`; `leads_to` is a page."""

    x: float
    y: float
    piece: Piece
    size: float
    leads_to: int | None = None


class _Pages:
    """Pages while they are being set, from top to bottom."""

    def __init__(self, pdf: _Pdf) -> None:
        self.done: list[list[_Ink]] = [[]]
        self.pdf = pdf
        self.y = _TOP

    def block(self, block: Block, size: float = _SIZE, line: float = _LINE, after: float = 2.5) -> None:
        left = _INDENT * min(block.indent, _DEEPEST)
        for number, pieces in enumerate(lines_of(block, _WIDTH - left, self.pdf.measure(size))):
            self.feed(line)
            if block.marker and not number:
                self.ink(left, Piece(block.marker, "", -5.5), size)
            for piece in pieces:
                self.ink(left, piece, size)
        self.y += after

    def text(self, text: str, style: str, size: float, line: float, after: float = 2.5) -> None:
        self.block(Block(pieces=[Piece(text, style)]), size, line, after)

    def feed(self, line: float) -> None:
        if self.y + line > _BOTTOM:
            self.done.append([])
            self.y = _TOP
        self.y += line

    def ink(self, left: float, piece: Piece, size: float, leads_to: int | None = None) -> None:
        self.done[-1].append(_Ink(_LEFT + left + piece.x, self.y, piece, size, leads_to))


def _contents(document: Document, numbers: Sequence[int], pdf: _Pdf) -> list[list[_Ink]]:
    pages = _Pages(pdf)
    pages.text(document.title, "B", 20, 9.5)
    pages.text(document.subtitle, "", _SIZE, _LINE, after=8)
    pages.text(_("Contents"), "B", 14, 8)
    measure = pdf.measure(_SIZE)
    for entry, number in zip(document.entries, numbers, strict=True):
        pages.feed(_LINE)
        pages.ink(0, Piece(_shortened(entry.name, _WIDTH - 20, measure), ""), _SIZE, number)
        pages.ink(0, Piece(str(number), "", _WIDTH - measure(str(number), "")), _SIZE, number)
    return pages.done


def _shortened(text: str, width: float, measure: Measure) -> str:
    if measure(text, "") <= width:
        return text
    return next(cut for end in range(len(text), 0, -1) if measure(cut := f"{text[:end]}…", "") <= width)


def _essay(entry: Entry, pdf: _Pdf) -> list[list[_Ink]]:
    pages = _Pages(pdf)
    pages.text(entry.name, "B", 15, 7.5, after=1)
    pages.text(entry.facts, "", _SMALL, 5, after=5)
    blocks = blocks_of(entry.body)
    for block, following in zip_longest(blocks, blocks[1:]):
        pages.block(block, after=0.5 if block.marker and following and following.marker else 2.5)
    return pages.done


class _Pdf(FPDF):
    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self.set_auto_page_break(False)
        for style, name in _STYLES.items():
            self.add_font(_FAMILY, style, FONTS / f"{_FAMILY}{name}.ttf")
        self.set_title(document.title)
        self.set_lang(document.language)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self._widths: dict[tuple[str, str], float] = {}
        faces = [font for font in self.fonts.values() if isinstance(font, TTFFont)]
        self._drawn = frozenset[int].intersection(*(frozenset(font.cmap) for font in faces))

    def measure(self, size: float) -> Measure:
        """The width of a text in this size; of words that come again it is remembered."""

        def width(text: str, style: str) -> float:
            known = self._widths.get((text, style))
            if known is None:
                self.set_font(_FAMILY, style, 1000)
                known = self._widths[text, style] = self.get_string_width(self._shown(text)) / 1000
            return known * size

        return width

    def _shown(self, text: str) -> str:
        """A sign in place of each character that the font lacks, such as an emoji: nothing would stand there."""
        return "".join(character if ord(character) in self._drawn else "\ufffd" for character in text)

    def draw(self, pages: Sequence[Sequence[_Ink]], title: str | None = None) -> None:
        for number, page in enumerate(pages):
            self.add_page()
            if title and not number:
                self.start_section(title)
            for ink in page:
                self._write(ink)

    def footer(self) -> None:
        number = str(self.page_no())
        self._write(_Ink(105 - self.measure(_SMALL)(number, "") / 2, 284, Piece(number, ""), _SMALL))

    def _write(self, ink: _Ink) -> None:
        self.set_font(_FAMILY, ink.piece.style, ink.size)
        self.text(ink.x, ink.y, self._shown(ink.piece.text))
        if ink.leads_to:
            width = self.measure(ink.size)(ink.piece.text, ink.piece.style)
            self.link(ink.x, ink.y - 4.5, width, _LINE, self.add_link(page=ink.leads_to))
