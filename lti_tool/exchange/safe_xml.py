"""XML from strangers: no document type, no entities of its own, no network, and a bound on what is held at once.

libxml2 keeps about 120 bytes for an element and for each text between two; 16 MB of `<a/>` would be a gigabyte.
So the markup is counted before it is parsed, and a question's elements are let go once it has been read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from lti_tool.exchange import limits
from lti_tool.exchange.found import Unreadable, UnreadableFile

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,200}\?>")
# At most ATTRIBUTES of them: each is a name and a value in quotes.
_PIECES = rb"{0,%d}+" % (2 * limits.ATTRIBUTES)
_START = rb"(?:[\w.-]{1,100}:)?([\w.-]{1,100})(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')" + _PIECES + rb">"
# An end tag, a start tag, or what is neither, of which only the sign is taken.
_MARKUP = re.compile(rb"<(?:/([^>]*+)>?|" + _START + rb"|)")
_SLASH = ord("/")
_PASSED_OVER = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))


def local_name(element: etree._Element) -> str:
    """Without namespace, in small letters; empty for a comment."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1_000)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def all_text(element: etree._Element) -> str:
    if not len(element):
        return element.text or ""
    return "".join(str(piece) for piece in element.itertext())


def line_of(element: etree._Element) -> int | None:
    line: object = element.sourceline
    return line if isinstance(line, int) else None


@dataclass(frozen=True, slots=True)
class Document:
    """Well measured, not yet parsed. `root` and the names of units are local names in small letters."""

    data: bytes
    root: str
    units: int

    def each(self, *names: str) -> Iterator[etree._Element]:
        """The outermost elements of these names, one at a time: the last one is gone when the next one comes."""
        parsing = etree.iterparse(
            io.BytesIO(self.data),
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        try:
            for _event, element in parsing:
                yield element
                _let_go(element)
        except etree.XMLSyntaxError as error:
            raise UnreadableFile(Unreadable.BROKEN_XML, error.lineno) from None


def _let_go(element: etree._Element) -> None:
    del element[:]
    parent = element.getparent()
    # Only what lies before: what follows may be under construction.
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def open_xml(data: bytes, *units: str) -> Document:
    """`data` is UTF-8. UnreadableFile when it has a DOCTYPE, too many elements or no beginning."""
    data = _DECLARATION.sub(b"", data, count=1) if data.lstrip()[:5] == b"<?xml" else data
    return _Measuring(data, frozenset(name.lower().encode() for name in units)).measure()


class _Measuring:
    """Goes through the markup as a parser would, and builds nothing."""

    def __init__(self, data: bytes, units: frozenset[bytes]) -> None:
        self.data = data
        self.units = units
        self.root = b""
        self.found = self.within = self.around = 0
        self.unit = b""

    def measure(self) -> Document:
        position = 0
        while markup := _MARKUP.search(self.data, position):
            position = self._past(markup)
        if not self.root:
            raise UnreadableFile(Unreadable.BROKEN_XML, self._line(len(self.data)))
        return Document(self.data, self.root.decode("ascii", "replace").lower(), self.found)

    def _past(self, markup: re.Match[bytes]) -> int:
        """Where the markup that begins there ends."""
        ended, started = markup.groups()
        if started is not None:
            self._count(started.lower(), markup.start(), is_empty=self.data[markup.end() - 2] == _SLASH)
        elif ended is None:
            return self._past_other(markup.start())
        elif self.unit and ended.rpartition(b":")[2].strip().lower() == self.unit:
            self.unit = b""
        return markup.end()

    def _past_other(self, position: int) -> int:
        for opening, closing in _PASSED_OVER:
            if self.data.startswith(opening, position):
                end = self.data.find(closing, position + len(opening))
                return end + len(closing) if end >= 0 else len(self.data)
        is_declaration = self.data[position + 1 : position + 2] in (b"!", b"?")
        raise UnreadableFile(Unreadable.DOCTYPE if is_declaration else Unreadable.BROKEN_XML, self._line(position))

    def _count(self, name: bytes, position: int, *, is_empty: bool) -> None:
        self.root = self.root or name
        if not self.unit and name in self.units:
            self.found += 1
            self.within = 0
            self.unit = b"" if is_empty else name
        elif self.unit:
            self.within += 1
        else:
            self.around += 1
        if self.within > limits.ELEMENTS_EACH or self.around > limits.ELEMENTS_AROUND:
            raise UnreadableFile(Unreadable.TOO_COMPLEX, self._line(position))
        if self.found > limits.QUESTIONS:
            raise UnreadableFile(Unreadable.TOO_MANY_QUESTIONS, self._line(position))

    def _line(self, position: int) -> int:
        return self.data.count(b"\n", 0, position) + 1
