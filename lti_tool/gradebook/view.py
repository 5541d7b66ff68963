"""Which learning assistants a gradebook page shows, and in what order: all of it stands in the address."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

PAGE_SIZE = 50
# Addresses are typed by people, too; a database counts no further than this.
_LAST_PAGE = 1_000_000


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
class View:
    """`module` is a module's key, None for whichever comes first; `page` counts from 1."""

    module: str | None = None
    show: Show = Show.ALL
    sort: Sort = Sort.NAME
    page: int = 1

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> View:
        """Raises ValueError for anything that no link of ours would say."""
        page = int(arguments.get("page", "1"))
        if not 1 <= page <= _LAST_PAGE:
            raise ValueError("page")
        return cls(
            module=arguments.get("module"),
            show=Show(arguments.get("show", Show.ALL)),
            sort=Sort(arguments.get("sort", Sort.NAME)),
            page=page,
        )

    def with_(self, **changes: str | int) -> dict[str, str | int]:
        """The arguments of this view's address with changes; what is usual is left out. Changes lead to page 1."""
        changed = asdict(replace(self, **{"page": 1, **changes}))  # type: ignore[arg-type]
        usual = asdict(View())
        return {name: value for name, value in changed.items() if value != usual[name]}

    def sorted_by(self, column: str) -> str:
        """What `aria-sort` says of the column."""
        if self.sort == column:
            return "ascending"
        return "descending" if self.sort == f"-{column}" else "none"

    def toggled(self, column: str) -> dict[str, str | int]:
        return self.with_(sort=f"-{column}" if self.sort == column else column)

    def on_page_of(self, total: int) -> View:
        """The same view on a page that exists."""
        return replace(self, page=min(self.page, pages_of(total)))


def pages_of(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
