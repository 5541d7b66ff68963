"""The reading of a module as a publication: its text with a table of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
# A shorter text is seen at a glance.
_FEWEST_HEADINGS = 3


@dataclass(frozen=True, slots=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Publication:
    body: Markup
    contents: tuple[Heading, ...]


def publication(body: Markup) -> Publication:
    """Give the headings of rendered Markdown anchors, and list them where there are enough to be worth it."""
    found: list[Heading] = []

    def anchored(match: re.Match[str]) -> str:
        found.append(Heading(f"part-{len(found) + 1}", Markup(match[1]).striptags()))  # noqa: S704
        return f'<h2 id="{found[-1].anchor}">{match[1]}</h2>'

    # The text was sanitised when it was rendered; only our own anchors are added.
    anchored_body = Markup(_HEADING.sub(anchored, body))  # noqa: S704
    return Publication(anchored_body, tuple(found) if len(found) >= _FEWEST_HEADINGS else ())
