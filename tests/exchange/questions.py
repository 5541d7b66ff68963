"""Questions for the tests: every sign that means something in one of the formats, in every place."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import strategies as st

from lti_tool.exchange.found import FoundOption, FoundQuestion, Image, Place
from lti_tool.exchange.text import clean, one_line

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
GIF = b"GIF89a" + bytes(20)

_SIGNS = [*"\\~=#{}:%[]<>&\"'/|$*-_^ \n\tæøåÆØÅéß€\u00a0\u2028😀漢"]
_MARKERS = [
    "::", "//", "####", "->", "=%50%", "%50%", "[html]", "[plain]", "[markdown]", "$CATEGORY: a", "ANSWER: B", "A) ",
    "B. ", "\\n", "\\(x\\)", "\\\\", "&amp;", "&nbsp;", "<b>", "</p>", "<br/>", "]]>", "<![CDATA[", "<!--", "-->",
    "@@PLUGINFILE@@/", "\n\n", "    ", "{=a ~b}", "TRUE", "x_2^3", "<img src='a.png'>", "[fig.png]", "\r\n",
]  # fmt: skip
_PIECES = st.sampled_from([*_SIGNS, *_MARKERS]) | st.text(st.characters(codec="utf-8"), max_size=4)
_RAW = st.lists(_PIECES, min_size=1, max_size=8).map("".join)

texts = _RAW.map(clean).filter(bool)
maybe_texts = st.just("") | texts
names = st.just("") | _RAW.map(one_line)
images = st.builds(
    Image,
    st.sampled_from(["fig.png", "kurve_2.png", "blåbær.png"]),
    st.just("image/png"),
    st.binary(max_size=8).map(PNG.__add__),
    _RAW.map(one_line),
)


@st.composite
def questions(draw: st.DrawFn, *, with_images: bool = True) -> FoundQuestion:
    kinds: tuple[Literal["single", "multiple"], ...] = ("single", "multiple")
    kind = draw(st.sampled_from(kinds))
    rights = 1 if kind == "single" else draw(st.integers(1, 3))
    truths = draw(st.permutations([True] * rights + [False] * draw(st.integers(1, 3))))
    options = tuple(FoundOption(draw(texts), truth, draw(maybe_texts)) for truth in truths)
    shown = draw(st.lists(images, max_size=2, unique_by=lambda image: image.name)) if with_images else []
    return FoundQuestion(draw(names), draw(texts), kind, options, draw(maybe_texts), tuple(shown))


def without_places(found: tuple[FoundQuestion, ...]) -> list[FoundQuestion]:
    return [replace(question, place=Place(0)) for question in found]
