"""Which learning assistants of a course an instructor looks at."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.course_module.queries import Line
from lti_tool.paging import PagedView, page_in


class Show(enum.StrEnum):
    ALL = "all"
    LOST = "lost"
    UNCONFIRMED = "unconfirmed"
    OURS = "ours"
    THEIRS = "theirs"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`cohort_id` is part of the path. `OURS` are those whose evaluation the course has not submitted, `THEIRS` those
    who have not submitted their own, `LOST` those who cannot reach the hours with the dates that there are."""

    cohort_id: int = 0
    show: Show = Show.ALL

    @classmethod
    def read(cls, arguments: Mapping[str, str], cohort_id: int) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(cohort_id=cohort_id, show=Show(arguments.get("show", Show.ALL)), page=page_in(arguments))


def shown(lines: Collection[Line], show: Show) -> list[Line]:
    """Those who have left stand in their own list alone."""
    return [line for line in lines if _belongs(line, show)]


def counts(lines: Collection[Line]) -> dict[str, int]:
    return {show.value: len(shown(lines, show)) for show in Show}


def _belongs(line: Line, show: Show) -> bool:
    if line.assistant.left or show is Show.LEFT:
        return line.assistant.left and show is Show.LEFT
    return {
        Show.ALL: True,
        Show.LOST: line.lost,
        Show.UNCONFIRMED: not line.confirmed,
        Show.OURS: line.own_submitted_at is None,
        Show.THEIRS: line.theirs_submitted_at is None,
    }[show]
