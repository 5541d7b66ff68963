"""A platform's services in memory: tokens, line items, scores, results. Call it as `http.send`, or over a socket."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from lti_tool.http import Answer, OutgoingError

BASE = "https://lms.test"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    data: Any

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def json(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.data)
        return body


Fault = OutgoingError | Callable[[], object]


class FakeLms:
    """Refuses what the specifications refuse. `faults`: the last word of a path, and what befalls its next requests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.tokens: list[str] = []
        self.assertions: list[dict[str, Any]] = []
        self.refused_tokens: set[str] = set()
        self.items: list[dict[str, Any]] = []
        self.grades: dict[tuple[str, str], dict[str, Any]] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.stale: tuple[int, str] = (409, "")
        self.lock = threading.RLock()

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | None = None,
        params: Mapping[str, str] | None = None,
        seconds: float = 20,
    ) -> Answer:
        request = Request(method, url, headers or {}, data)
        with self.lock:
            self.requests.append(request)
        self._stumble(request)
        with self.lock:
            return self._answer(request)

    def fail(self, where: str, *faults: Fault) -> None:
        self.faults.setdefault(where, deque()).extend(faults)

    def writes(self) -> list[str]:
        """The methods of the requests that change line items."""
        requests = [r for r in self.requests if r.path.split("/")[1] == "items" and not r.path.endswith("/scores")]
        return [request.method for request in requests if request.method != "GET"]

    def posts(self, ending: str) -> list[Request]:
        return [r for r in self.requests if r.method == "POST" and r.path.endswith(ending)]

    def _stumble(self, request: Request) -> None:
        waiting = self.faults.get(request.path.rsplit("/", 1)[-1])
        if not waiting:
            return
        fault = waiting.popleft()
        if isinstance(fault, OutgoingError):
            raise fault
        fault()

    def _answer(self, request: Request) -> Answer:
        if request.path == "/token":
            return self._token(request)
        if (
            request.headers.get("Authorization", "").removeprefix("Bearer ")
            not in set(self.tokens) - self.refused_tokens
        ):
            raise refusal(401)
        if request.path.endswith("/scores"):
            return self._score(request)
        if request.path.endswith("/results"):
            return answer(self._results(request))
        if request.method == "POST":
            return self._new_item(request)
        if request.method in ("PUT", "DELETE"):
            return self._change_item(request)
        return answer(self.items)

    def _token(self, request: Request) -> Answer:
        self.assertions.append(jwt.decode(request.data["client_assertion"], options={"verify_signature": False}))
        self.tokens.append(f"token-{len(self.tokens)}")
        return answer({"access_token": self.tokens[-1], "expires_in": 3600, "token_type": "Bearer"})

    def _score(self, request: Request) -> Answer:
        assert request.headers["Content-Type"] == SCORE_TYPE
        score = request.json
        key = (_item(request.url), score["userId"])
        kept = self.grades.get(key)
        if kept and not datetime.fromisoformat(score["timestamp"]) > datetime.fromisoformat(kept["timestamp"]):
            raise refusal(*self.stale)
        self.grades[key] = score
        return Answer(200, {"content-type": "text/html"}, b"")

    def _results(self, request: Request) -> list[dict[str, Any]]:
        wanted = parse_qs(urlsplit(request.url).query).get("user_id", [None])[0]
        return [
            {
                "userId": user,
                "resultScore": grade["scoreGiven"] / grade["scoreMaximum"],
                "resultMaximum": 1,
                "comment": grade.get("comment"),
            }
            for (item, user), grade in self.grades.items()
            if item == _item(request.url) and wanted in (None, user)
        ]

    def _new_item(self, request: Request) -> Answer:
        item = {**request.json, "id": f"{BASE}/items/made-{len(self.items)}"}
        self.items.append(item)
        return answer(item, 201)

    def _change_item(self, request: Request) -> Answer:
        """As Moodle does: what an update leaves out is forgotten, the link included."""
        (place,) = [number for number, item in enumerate(self.items) if item["id"] == request.url]
        if request.method == "DELETE":
            del self.items[place]
            return Answer(204, {}, b"")
        assert request.headers["Content-Type"] == LINE_ITEM_TYPE
        self.items[place] = request.json
        return answer(request.json)


def _item(url: str) -> str:
    """The line item that an address of its scores or results belongs to."""
    return urlsplit(url).path.rsplit("/", 1)[0]


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, headers, json.dumps(body).encode())


def refusal(status: int, body: str = "", retry_after: float | None = None) -> OutgoingError:
    retry = status in (408, 425, 429) or status >= 500
    return OutgoingError(f"answered {status}", retry=retry, status=status, retry_after=retry_after, body=body)


def no_answer() -> OutgoingError:
    return OutgoingError("no answer: ReadTimeout", retry=True)
