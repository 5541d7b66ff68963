"""Which learning assistants a gradebook page shows, and in what order."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lti_tool.paging import PagedView, page_in


class Show(enum.StrEnum):
    ALL = "all"
    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    FAILED = "failed"
    LEFT = "left"


class Sort(enum.StrEnum):
    NAME = "name"
    NAME_DOWN = "-name"
    PROGRESS = "progress"
    PROGRESS_DOWN = "-progress"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`module` is a module's key, None for whichever comes first."""

    module: str | None = None
    show: Show = Show.ALL
    sort: Sort = Sort.NAME

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(
            module=arguments.get("module"),
            show=Show(arguments.get("show", Show.ALL)),
            sort=Sort(arguments.get("sort", Sort.NAME)),
            page=page_in(arguments),
        )

    def sorted_by(self, column: str) -> str:
        """What `aria-sort` says of the column."""
        if self.sort == column:
            return "ascending"
        return "descending" if self.sort == f"-{column}" else "none"

    def toggled(self, column: str) -> dict[str, Any]:
        return self.with_(sort=f"-{column}" if self.sort == column else column)
