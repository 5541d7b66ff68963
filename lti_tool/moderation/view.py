"""Which evaluations the inbox lists: all of it stands in the address."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

PAGE_SIZE = 50
# Addresses are typed by people, too; a database counts no further than this.
_LAST_PAGE = 1_000_000


class Show(enum.StrEnum):
    """A submitted evaluation is one that nobody has approved yet."""

    ALL = "all"
    SUBMITTED = "submitted"
    IN_PROGRESS = "in-progress"
    NOT_STARTED = "not-started"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class View:
    """`module` is a module's key, None for every module; `page` counts from 1."""

    module: str | None = None
    show: Show = Show.ALL
    page: int = 1

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> View:
        """Raises ValueError for anything that no link of ours would say."""
        page = int(arguments.get("page", "1"))
        if not 1 <= page <= _LAST_PAGE:
            raise ValueError("page")
        return cls(arguments.get("module"), Show(arguments.get("show", Show.ALL)), page)

    @property
    def arguments(self) -> dict[str, Any]:
        """This view in an address; what is usual is left out."""
        usual = asdict(View())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    def with_(self, **changes: Any) -> dict[str, Any]:
        """The arguments of this view's address with changes, which lead to page 1."""
        return replace(self, **{"page": 1, **changes}).arguments

    def on_page_of(self, total: int) -> View:
        """The same view on a page that exists."""
        return replace(self, page=min(self.page, pages_of(total)))


def pages_of(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
