"""Two essays beside each other, cut where they say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.essays.visible import visible
from lti_tool.reflection.material import material
from lti_tool.reflection.models import Essay
from lti_tool.reflection.shingles import Passage, compare, plain


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text. A passage that the other text has, too, has a `number`, from 1, and its counterpart's."""

    text: str
    number: int | None = None
    counterpart: int | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """`words` is how many of the first text's words are in common, `share` that in [0, 1]."""

    here: tuple[Part, ...]
    there: tuple[Part, ...]
    words: int
    share: float

    @property
    def passages(self) -> int:
        return sum(part.number is not None for part in self.here)


def beside(session: Session, essay: Essay, other: Essay) -> Sides:
    """What both were submitted as; material of the modules is nobody's own and not marked."""
    here, there = essay.submitted_text or "", other.submitted_text or ""
    quotable = material(session, [essay.participation.content_id, other.participation.content_id])
    found = compare(here, there, quotable)
    return Sides(tuple(_parts(here, found.here)), tuple(_parts(there, found.there)), found.words, found.share)


def _parts(text: str, passages: tuple[Passage, ...]) -> Iterator[Part]:
    shown, at = visible(plain(text)), 0
    for number, passage in enumerate(passages, start=1):
        start, end = shown.span(passage.span.start, passage.span.end)
        yield Part(shown.text[at:start])
        yield Part(shown.text[start:end], number, passage.there + 1)
        at = end
    yield Part(shown.text[at:])
