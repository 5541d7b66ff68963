"""What a Markdown file of a pack may hold: words, links to the outside; no HTML, no pictures."""

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lti_tool.programme.yaml_lines import Fault

_parser = MarkdownIt("commonmark")
_WORD = re.compile(r"\w[\w'’-]*")
_OUTWARD = ("https://", "http://", "mailto:")


def markdown_faults(text: str) -> Iterator[Fault]:
    html_lines: set[int] = set()
    for line, token in _tokens(text):
        if token.type in ("html_block", "html_inline") and line not in html_lines:
            html_lines.add(line)
            shown = token.content.strip().split("\n")[0][:40]
            yield Fault(line, f"raw HTML ({shown}) is not allowed; code goes between `backticks`")
        elif token.type == "image":
            yield Fault(line, "pictures are not shown; describe it in words or link to it")
        elif token.type == "link_open" and not str(token.attrGet("href")).startswith(_OUTWARD):
            yield Fault(line, f"the link to {token.attrGet('href')} is not a full address (https://...)")


def words(text: str) -> int:
    """How many words a reader meets: without markup and without the addresses behind links."""
    shown = (token.content for _, token in _tokens(text) if token.type in ("text", "code_inline", "fence"))
    return sum(len(_WORD.findall(content)) for content in shown)


@lru_cache(maxsize=2)
def _parsed(text: str) -> tuple[Token, ...]:
    """Both questions above are asked of one text after the other."""
    return tuple(_parser.parse(text))


def _tokens(text: str) -> Iterator[tuple[int, Token]]:
    """Each token with its line, counted from 1; what stands inside a paragraph comes on its own."""
    for token in _parsed(text):
        line = token.map[0] + 1 if token.map else 1
        if token.type != "inline":
            yield line, token
            continue
        for child in token.children or []:
            yield line, child
            line += child.type in ("softbreak", "hardbreak")
            line += child.content.count("\n") if child.type == "html_inline" else 0
