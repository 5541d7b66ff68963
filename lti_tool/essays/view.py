"""Which essays the stream goes through."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lti_tool.paging import PagedView, page_in

_LONGEST_SEARCH = 255


class Show(enum.StrEnum):
    """`COPIED` are those that nobody has found in order yet."""

    UNREAD = "unread"
    COPIED = "copied"
    RETURNED = "returned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`module` is a module's key and `language` a code, None for every one; `q` is part of a name or of a text."""

    show: Show = Show.UNREAD
    module: str | None = None
    language: str | None = None
    q: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(
            show=Show(arguments.get("show", Show.UNREAD)),
            module=arguments.get("module") or None,
            language=arguments.get("language") or None,
            q=arguments.get("q", "").strip()[:_LONGEST_SEARCH],
            page=page_in(arguments),
        )
