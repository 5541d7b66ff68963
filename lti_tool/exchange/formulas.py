"""Formulas as source that can be read: TeX where the file has it, else a line of plain signs."""

from __future__ import annotations

import html
import re

from lxml import etree

from lti_tool.exchange.found import Code, LeftOut
from lti_tool.exchange.safe_xml import all_text, local_name
from lti_tool.exchange.text import one_line

_PAIRS = ((r"\(", r"\)"), (r"\[", r"\]"), ("$$", "$$"))
# How editors mark the pictures they draw of formulas: Canvas, Moodle's TeX filter, WIRIS.
_CLASSES = frozenset(["equation_image", "texrender", "wirisformula", "mathimage", "mathquill-rendered", "latex", "tex"])
_DRAWN_BY = re.compile(
    r"/filter/tex/|/equation_images/|latex\.codecogs\.com|mathtex\.cgi|mimetex\.cgi|chart\?cht=tx|"
    r"showimage\.php\?formula=|/wiris"
)
_SIGNS = {"mfrac": "/", "msup": "^", "msub": "_", "munder": "_", "mover": "^"}
_DEEPEST = 40


def in_text(text: str) -> bool:
    r"""Whether TeX stands between \( \), \[ \] or $$ $$."""
    for opening, closing in _PAIRS:
        start = text.find(opening)
        if start >= 0 and text.find(closing, start + 2) >= 0:
            return True
    return False


def of_image(image: etree._Element) -> str | None:
    """The formula a picture shows; None when it shows something else. LeftOut when its source is nowhere."""
    classes = set((image.get("class") or "").lower().split())
    if not (classes & _CLASSES or _DRAWN_BY.search(image.get("src") or "")):
        return None
    source = image.get("data-equation-content") or image.get("title") or image.get("alt") or ""
    source = one_line(html.unescape(re.sub(r"^\s*(?:LaTeX|TeX)\s*:", "", source)))
    if not source:
        raise LeftOut(Code.FORMULA_IMAGE)
    return source if in_text(source) else rf"\({source}\)"


def of_mathml(math: etree._Element) -> str:
    for annotation in math.iter("{*}annotation"):
        if "tex" in (annotation.get("encoding") or "").lower() and annotation.text:
            return rf"\({one_line(annotation.text)}\)"
    return one_line(math.get("alttext") or _line(math, 0))


def _line(element: etree._Element, depth: int) -> str:
    if depth > _DEEPEST:
        return all_text(element)
    name = local_name(element)
    if name.startswith("annotation"):
        return ""
    parts = [_line(child, depth + 1) for child in element]
    if name in _SIGNS and len(parts) == 2:
        return f"{_grouped(parts[0])}{_SIGNS[name]}{_grouped(parts[1])}"
    if name == "msubsup" and len(parts) == 3:
        return f"{_grouped(parts[0])}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    if name == "mroot" and len(parts) == 2:
        return f"root({parts[0]}, {parts[1]})"
    inside = "".join(parts) or (element.text or "").strip()
    return f"sqrt({inside})" if name == "msqrt" else inside


def _grouped(part: str) -> str:
    return part if part.isalnum() else f"({part})"


def brackets(script: etree._Element) -> tuple[str, str]:
    """What a sub- or superscript needs around it to stay readable on the line."""
    return ("", "") if all_text(script).strip().isalnum() else ("(", ")")
