"""Which dates the list of a coordinator shows."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.paging import PagedView, page_in

# In an address, for dates that are in no town: those held online.
NO_TOWN = "-"
_LARGEST_ID = 2**31 - 1


class Show(enum.StrEnum):
    COMING = "coming"
    FULL = "full"
    PAST = "past"
    CALLED_OFF = "called-off"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`cohort` is an id, None for the newest one; of the others None stands for all."""

    cohort: int | None = None
    meeting: str | None = None
    town: str | None = None
    language: str | None = None
    show: Show = Show.COMING

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link or form of ours would say."""
        cohort = int(arguments.get("cohort") or "0")
        if not 0 <= cohort <= _LARGEST_ID:
            raise ValueError("cohort")
        return cls(
            cohort=cohort or None,
            meeting=arguments.get("meeting") or None,
            town=arguments.get("town") or None,
            language=arguments.get("language") or None,
            show=Show(arguments.get("show", Show.COMING)),
            page=page_in(arguments),
        )

    @property
    def narrowed(self) -> bool:
        """Whether it leaves dates out for another reason than when they are."""
        return bool(self.meeting or self.town or self.language)
