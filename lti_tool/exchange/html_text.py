"""HTML, and the XHTML within QTI, as plain text: what can be read stays, what is lost is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from lti_tool.exchange import formulas, limits
from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.safe_xml import all_text, local_name
from lti_tool.exchange.text import clean, one_line

# Breaks stand in the text as control characters until spaces have been drawn together.
_BLOCK, _LINE, _PARAGRAPH = "\x01", "\x02", "\x03"
_BREAKS = re.compile("[ \x01\x02\x03]*[\x01\x02\x03][ \x01\x02\x03]*")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NOT_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_MARKS = str.maketrans("", "", _BLOCK + _LINE + _PARAGRAPH)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = _words(
    """address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer form
    header hr legend li main nav ol section summary table tbody tfoot thead tr ul"""
)
_PARAGRAPHS = _words("p pre h1 h2 h3 h4 h5 h6")
_SILENT = _words("script style head title noscript annotation")
_FORMATTING = _words(
    """b strong i em u s strike del ins mark big small font h1 h2 h3 h4 h5 h6 table ul ol dl blockquote pre code kbd
    samp tt var cite q ruby details"""
)
_MEDIA = _words("audio video iframe embed applet object canvas svg")
_OTHERS = _words(
    """a abbr acronym area base bdi bdo body br button col colgroup data dfn html img input label link map math meta
    nobr optgroup option output param picture rp rt select source span sub sup td template textarea th time track
    wbr semantics annotation-xml merror mfenced mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"""
)
_NAMES = "|".join(_BLOCKS | _PARAGRAPHS | _SILENT | _FORMATTING | _MEDIA | _OTHERS)
# A sign less-than that begins no element, as in "a<b && c>d" or "vector<int>": a parser would drop what follows.
_LESS_THAN = re.compile(
    rf"<(?!/?(?:\w+:)?(?:{_NAMES})(?:\s*/?>|\s+[\w:.-]+\s*[=/>]|\s+[\w:.-]+\s+[\w:.-]+\s*=)|!--|/?o:p\b|!doctype)", re.I
)
_STYLED = re.compile(r"(?:^|;)\s*(?:color|background(?:-color)?|text-decoration|font-weight|font-style)\s*:", re.I)
_DATA_ADDRESS = re.compile(r"data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=\s%]+", re.IGNORECASE)

# What was lost, and the values of its note.
Loss = tuple[Code, dict[str, str | int]]
Leaves = Callable[[etree._Element], bool]
# Given an image's address and alternative text, what stands for it in the text.
NamesPicture = Callable[[str, str], str]


@dataclass(slots=True)
class Read:
    """Plain text, and what was lost on the way to it."""

    text: str = ""
    losses: list[Loss] = field(default_factory=list)

    def lose(self, code: Code, **values: str | int) -> None:
        if (code, values) not in self.losses[: limits.NOTES_EACH]:
            self.losses.append((code, values))


def leaves_nothing(element: etree._Element) -> bool:
    return False


def no_picture(address: str, alt: str) -> str:
    return alt


def read_html(source: str, picture: NamesPicture = no_picture) -> Read:
    """LeftOut when it is too long or holds a formula nobody can read as text."""
    if "<" not in source and "&" not in source:
        return _checked(Read(clean(_SPACES.sub(" ", source))))
    embedded: list[str] = []
    source = _DATA_ADDRESS.sub(lambda match: _put(embedded, match[0]), source)
    if len(source) > limits.SOURCE:
        raise LeftOut(Code.TOO_LONG, most=limits.TEXT)
    source = _LESS_THAN.sub("&lt;", _NOT_HTML.sub("", source))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<div>{source}</div>".encode("utf-8", "replace"), parser)
    return read_elements(root, lambda address, alt: picture(_taken(embedded, address), alt))


def _put(embedded: list[str], address: str) -> str:
    embedded.append(address)
    return f"data:embedded-{len(embedded) - 1}"


def _taken(embedded: list[str], address: str) -> str:
    number = address.removeprefix("data:embedded-")
    is_ours = number != address and number.isdecimal() and int(number) < len(embedded)
    return embedded[int(number)] if is_ours else address


def read_elements(root: etree._Element, picture: NamesPicture = no_picture, without: Leaves = leaves_nothing) -> Read:
    """The text within `root`, leaving out each element for which `without` holds."""
    return _Walk(picture, without).read(root)


def _checked(found: Read) -> Read:
    if len(found.text) > limits.TEXT:
        raise LeftOut(Code.TOO_LONG, most=limits.TEXT)
    if formulas.in_text(found.text):
        found.lose(Code.FORMULA)
    return found


class _Walk:
    """One way through the elements, without recursion: how deep they lie is up to the file."""

    def __init__(self, picture: NamesPicture, without: Leaves) -> None:
        self.picture = picture
        self.without = without
        self.found = Read()
        self.pieces: list[str] = []
        self.lists: list[int | None] = []
        self.preformatted = 0

    def read(self, root: etree._Element) -> Read:
        walker = etree.iterwalk(root, events=("start", "end"))
        replaced = None
        for event, element in walker:
            if event == "start":
                if element is not root and self._replace(element):
                    replaced = element
                    walker.skip_subtree()
                else:
                    self._open(element)
                continue
            # The end of what was replaced comes next, as its inside is skipped.
            if element is not replaced:
                self._close(element)
            if element is not root:
                self._write(element.tail)
        self.found.text = clean(_BREAKS.sub(_newlines, _SPACES.sub(" ", "".join(self.pieces))))
        return _checked(self.found)

    def _replace(self, element: etree._Element) -> bool:
        """Whether something else, or nothing, stands for the element; if so, that is written."""
        name = local_name(element)
        if self.without(element) or name in _SILENT:
            return True
        if name == "math":
            self._formula(formulas.of_mathml(element))
        elif name == "img" or (name == "object" and (element.get("type") or "").startswith("image/")):
            self._picture(element)
        elif name in _MEDIA:
            self.found.lose(Code.MEDIA, name=(element.get("src") or element.get("data") or name)[: limits.QUOTED])
        else:
            return False
        return True

    def _formula(self, source: str) -> None:
        self.pieces.append(source)
        self.found.lose(Code.FORMULA)

    def _picture(self, element: etree._Element) -> None:
        formula = formulas.of_image(element)
        if formula is None:
            alt = element.get("alt") or all_text(element)
            self.pieces.append(self.picture(element.get("src") or element.get("data") or "", one_line(alt)))
        else:
            self._formula(formula)

    def _open(self, element: etree._Element) -> None:
        name = local_name(element)
        self.pieces.append(_break_around(name))
        if name in _FORMATTING or _STYLED.search(element.get("style") or ""):
            self.found.lose(Code.FORMATTING)
        if name == "pre":
            self.preformatted += 1
        elif name in ("ul", "ol"):
            self.lists.append(1 if name == "ol" else None)
        elif name == "li":
            self.pieces.append(self._item())
        elif name in ("sub", "sup"):
            self.found.lose(Code.SCRIPTS)
            self.pieces.append(("_" if name == "sub" else "^") + formulas.brackets(element)[0])
        self._write(element.text)

    def _close(self, element: etree._Element) -> None:
        name = local_name(element)
        if name == "pre":
            self.preformatted -= 1
        elif name in ("ul", "ol"):
            self.lists.pop()
        elif name in ("sub", "sup"):
            self.pieces.append(formulas.brackets(element)[1])
        elif name == "a":
            self._address(element)
        elif name in ("td", "th") and element.getnext() is not None:
            self.pieces.append(" | ")
        self.pieces.append(_LINE if name == "br" else _break_around(name))

    def _item(self) -> str:
        number = self.lists[-1] if self.lists else None
        indent = "\xa0\xa0" * (len(self.lists) - 1)
        if number is None:
            return f"{indent}- "
        self.lists[-1] = number + 1
        return f"{indent}{number}. "

    def _address(self, element: etree._Element) -> None:
        address = (element.get("href") or "").strip()
        if address.startswith(("http://", "https://")) and address not in all_text(element):
            self.pieces.append(f" ({address})")
            self.found.lose(Code.LINK)

    def _write(self, text: str | None) -> None:
        if not text:
            return
        text = text.translate(_MARKS)
        if self.preformatted:
            text = text.replace("\r\n", "\n").replace("\t", "    ").replace(" ", "\xa0").replace("\n", _LINE)
        self.pieces.append(text)


def _break_around(name: str) -> str:
    if name in _PARAGRAPHS:
        return _PARAGRAPH
    return _BLOCK if name in _BLOCKS else ""


def _newlines(match: re.Match[str]) -> str:
    breaks = match[0]
    if _PARAGRAPH in breaks:
        return "\n\n"
    return "\n" * min(max(1, breaks.count(_LINE)), 2)
