"""Which people of the pools are listed."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.paging import PagedView, page_in

_LONGEST_NAME = 255


class Standing(enum.StrEnum):
    """The lists; somebody can be short of something and have let the time run out, too."""

    ALL = "all"
    PLACED = "placed"
    WAITING = "waiting"
    SHORT = "short"
    LAPSED = "lapsed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class PoolView(PagedView):
    """`module` and `language` are keys, None for all of them; `q` is part of a name, empty for everybody."""

    module: str | None = None
    language: str | None = None
    show: Standing = Standing.ALL
    q: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(
            module=_text(arguments, "module") or None,
            language=_text(arguments, "language") or None,
            show=Standing(arguments.get("show", Standing.ALL)),
            q=_text(arguments, "q"),
            page=page_in(arguments),
        )


def _text(arguments: Mapping[str, str], name: str) -> str:
    return arguments.get(name, "").strip()[:_LONGEST_NAME]
