"""Which answers a page is about, as its address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.paging import PagedView

# Databases count no further, neither versions nor ids.
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """None stands for the first module, all versions, all cohorts, and the newest wording of a question."""

    module: str | None = None
    version: int | None = None
    cohort: int | None = None
    wording: int | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(
            module=arguments.get("module"),
            version=_number(arguments.get("version")),
            cohort=_number(arguments.get("cohort")),
            wording=_number(arguments.get("wording")),
        )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    number = int(text)
    if not 1 <= number <= _LARGEST:
        raise ValueError("number")
    return number
