"""Which people the matrix shows, and in what order."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lti_tool.paging import PagedView, page_in

_LONGEST = 255
# Columns to sort by, beside the keys of requirements.
NAME, STATUS, HOURS = "name", "status", "hours"


class Show(enum.StrEnum):
    """Everybody, those of one status (`completion.verdicts.Status`), or those employed who have never come."""

    ALL = "all"
    DONE = "done"
    ON_THE_WAY = "on-the-way"
    AT_RISK = "at-risk"
    MISSED = "missed"
    EXEMPT = "exempt"
    ABSENT = "not-here"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`cohort` is the id of a cohort, None for the newest. `sort` names a column; "-" before it turns the order."""

    cohort: int | None = None
    show: Show = Show.ALL
    department: str = ""
    course: str = ""
    town: str = ""
    q: str = ""
    sort: str = NAME

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        texts = {name: arguments.get(name, "").strip() for name in ("department", "course", "town", "q")}
        if any(len(text) > _LONGEST for text in texts.values()):
            raise ValueError("too long a filter")
        cohort = arguments.get("cohort")
        return cls(
            cohort=int(cohort) if cohort else None,
            show=Show(arguments.get("show", Show.ALL)),
            sort=arguments.get("sort", NAME)[:_LONGEST],
            page=page_in(arguments),
            **texts,
        )

    def sorted_by(self, column: str) -> str:
        """What `aria-sort` says of the column."""
        if self.sort == column:
            return "ascending"
        return "descending" if self.sort == f"-{column}" else "none"

    def toggled(self, column: str) -> dict[str, Any]:
        return self.with_(sort=f"-{column}" if self.sort == column else column)

    @property
    def filtered(self) -> bool:
        return bool(self.department or self.course or self.town or self.q)
