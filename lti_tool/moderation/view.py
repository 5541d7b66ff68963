"""Which evaluations the inbox lists, and in what order."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.paging import PagedView, page_in

_LONGEST_NAME = 255


class Show(enum.StrEnum):
    """The lists; all but `DOUBTFUL`, `FLAGGED` and `ALL` are states, too. What is to be reviewed is submitted and
    neither approved, returned nor voided."""

    TO_REVIEW = "to-review"
    DOUBTFUL = "doubtful"
    FLAGGED = "flagged"
    RETURNED = "returned"
    VOIDED = "voided"
    APPROVED = "approved"
    IN_PROGRESS = "in-progress"
    NOT_STARTED = "not-started"
    ALL = "all"


class Sort(enum.StrEnum):
    DOUBT = "doubt"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`module` is a module's key, None for every module; `q` is part of a name, empty for everybody."""

    module: str | None = None
    show: Show = Show.TO_REVIEW
    sort: Sort = Sort.DOUBT
    q: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(
            module=arguments.get("module"),
            show=Show(arguments.get("show", Show.TO_REVIEW)),
            sort=Sort(arguments.get("sort", Sort.DOUBT)),
            q=arguments.get("q", "").strip()[:_LONGEST_NAME],
            page=page_in(arguments),
        )
