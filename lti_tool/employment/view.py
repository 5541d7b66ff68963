"""What the pages about a list show: which of its lines, and which part of a file that was sent."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.employment.found import Found, Line
from lti_tool.employment.resolving import Resolved
from lti_tool.paging import PAGE_SIZE, PagedView, page_in, pages_of

_LONGEST = 255


class Show(enum.StrEnum):
    ALL = "all"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """Lines of a list; an empty text stands for any."""

    show: Show = Show.ALL
    q: str = ""
    position: str = ""
    department: str = ""
    town: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """ValueError for what no link of ours would say."""
        texts = {name: arguments.get(name, "").strip() for name in ("q", "position", "department", "town")}
        if any(len(text) > _LONGEST for text in texts.values()):
            raise ValueError("too long")
        return cls(show=Show(arguments.get("show", Show.ALL)), page=page_in(arguments), **texts)

    @property
    def filtered(self) -> bool:
        return bool(self.q or self.position or self.department or self.town)


@dataclass(frozen=True, slots=True)
class UnmatchedView(PagedView):
    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        return cls(page=page_in(arguments))


class Part(enum.StrEnum):
    LINES = "lines"
    MISTAKES = "mistakes"


@dataclass(frozen=True, slots=True)
class PreviewView(PagedView):
    show: Part = Part.LINES

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        return cls(show=Part(arguments.get("show", Part.LINES)), page=page_in(arguments))

    def pages(self, found: Found, resolved: Resolved) -> int:
        return pages_of(len(found.lines if self.show is Part.LINES else resolved.mistakes))

    def lines(self, found: Found) -> tuple[Line, ...]:
        return found.lines[self.offset : self.offset + PAGE_SIZE]
