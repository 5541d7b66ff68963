"""A list whose view (filter, order, page) stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self, TypeVar

from flask import request

from lti_tool.errors import DomainError
from lti_tool.texts import gettext as _

PAGE_SIZE = 50
# Addresses are typed by people, too; a database counts no further than this.
_LAST_PAGE = 1_000_000

View = TypeVar("View", bound="PagedView")


@dataclass(frozen=True, slots=True)
class PagedView:
    """What every such view can do; a list adds its own fields, each with what is usual. `page` counts from 1."""

    page: int = field(default=1, kw_only=True)

    @property
    def arguments(self) -> dict[str, Any]:
        """This view in an address; what is usual is left out."""
        usual = {known.name: known.default for known in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    def with_(self, **changes: Any) -> dict[str, Any]:
        """The arguments of this view's address with changes, which lead to page 1."""
        return replace(self, **{"page": 1, **changes}).arguments

    def on_page_of(self, total: int) -> Self:
        """The same view on a page that exists."""
        return replace(self, page=min(self.page, pages_of(total)))


def view_asked_for(read: Callable[[Mapping[str, str]], View], advice: str) -> View:
    """The view in the address of the request, which `read` refuses by a ValueError; `advice` says where the way is."""
    try:
        return read(request.args)
    except ValueError as error:
        raise DomainError(
            f"unknown view of {request.blueprint}",
            explanation=_("The address asks for a list that does not exist."),
            advice=advice,
        ) from error


def page_in(arguments: Mapping[str, str]) -> int:
    """The page that an address asks for, 1 if it does not say; raises ValueError for what no link of ours would say."""
    page = int(arguments.get("page", "1"))
    if not 1 <= page <= _LAST_PAGE:
        raise ValueError("page")
    return page


def pages_of(total: int) -> int:
    """How many pages so many lines fill; one at least."""
    return max(1, -(-total // PAGE_SIZE))
