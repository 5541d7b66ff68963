"""A platform in memory that lists the members of courses, on its good days and its bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lti_tool.http import Answer, OutgoingError

LEARNER, INSTRUCTOR = ["Learner"], ["Instructor"]


def member(user_id: str, name: str | None = None, **fields: Any) -> dict[str, Any]:
    told = {"name": name} if name else {}
    return {"user_id": user_id, "roles": LEARNER, **told, **fields}


class StandIn:
    """Stands in for the network: a token for everybody, and the pages of `lists`, each linked to the next."""

    def __init__(self) -> None:
        self.lists: dict[str, list[list[dict[str, Any]]]] = {}
        self.failures: dict[str, OutgoingError] = {}
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.tokens = 0
        self.link = '<{}>; rel="next"'
        # What happens while the platform makes up its answer.
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        params: Any = None,
        seconds: float = 0,
    ) -> Answer:
        if method == "POST":
            self.tokens += 1
            return Answer(200, {}, json.dumps({"access_token": "t", "expires_in": 3600}).encode())
        self.asked.append(url)
        self.headers.append(headers or {})
        self.meanwhile()
        if url in self.failures:
            raise self.failures[url]
        return self._page(url)

    def _page(self, url: str) -> Answer:
        address, _mark, number = url.partition("#page")
        page = int(number or 0)
        pages = self.lists[address]
        more = {"link": self.link.format(f"{address}#page{page + 1}")} if page + 1 < len(pages) else {}
        return Answer(200, more, json.dumps({"members": pages[page]}).encode())
