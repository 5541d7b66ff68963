"""Markdown of people and content packs as safe HTML: no raw HTML, no pictures, no link but to the open web."""

from __future__ import annotations

from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = {"p", "br", "hr", "blockquote", "pre", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
_INLINE = {"a", "em", "strong", "code"}
# A second wall behind the parser, which by itself lets none of this through.
_cleaner = nh3.Cleaner(
    tags=_HEADINGS | _BLOCKS | _INLINE,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    # The page stays open beside what it links to: most visits live in a frame of the course.
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def init_markdown(app: Flask) -> None:
    app.add_template_filter(render, "markdown")


@lru_cache(maxsize=128)
def render(text: str, top: int = 2) -> Markup:
    """`text` as HTML whose most important heading is `<h{top}>`, so that a page keeps its one `h1` and no level is
    skipped on the way to the text.
    """
    tokens = parsed(text)
    _set_headings(tokens, top)
    return Markup(_cleaner.clean(_parser.renderer.render(tokens, _parser.options, {})))  # noqa: S704 cleaned here


def parsed(text: str) -> list[Token]:
    """What `render` makes HTML of."""
    return _parser.parse(text)


def _set_headings(tokens: list[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    shift = top - min((int(token.tag[1]) for token in headings), default=top)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
