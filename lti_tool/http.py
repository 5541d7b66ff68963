"""The one way out: requests with time-outs, a User-Agent, no redirects, a bounded answer, and errors that say
whether trying again can help."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from lti_tool.database import now

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
LARGEST_ANSWER = 5 * 1024 * 1024
# Canvas refuses requests without one since January 2026.
USER_AGENT = "lti-tool (learning assistant training)"
_RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})


class OutgoingError(Exception):
    """A request that did not succeed. `status` is None when no answer came; `retry_after` is in seconds."""

    def __init__(
        self, message: str, *, retry: bool, status: int | None = None, retry_after: float | None = None, body: str = ""
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.status = status
        self.retry_after = retry_after
        self.body = body


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful (2xx) answer; `body` is undecoded, header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON whatever its declared type (Moodle says text/html); `OutgoingError` if it is not."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise OutgoingError("the answer is not JSON", retry=False, status=self.status) from error


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: Mapping[str, str] | bytes | None = None,
    params: Mapping[str, str] | None = None,
) -> Answer:
    """One request, no hidden retries; raises `OutgoingError` for anything but a 2xx answer."""
    try:
        with _session().request(
            method,
            url,
            headers=dict(headers or {}),
            data=data,
            params=params,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            return _checked(response)
    except requests.exceptions.RequestException as error:
        retry = not isinstance(
            error,
            (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema),
        )
        raise OutgoingError(f"no answer: {type(error).__name__}", retry=retry) from error


def _session() -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = USER_AGENT
    return session


def _checked(response: requests.Response) -> Answer:
    body = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
    if len(body) > LARGEST_ANSWER:
        raise OutgoingError("the answer is too large", retry=False, status=response.status_code)
    if not 200 <= response.status_code < 300:
        raise OutgoingError(
            f"answered {response.status_code}",
            retry=response.status_code in _RETRYABLE,
            status=response.status_code,
            retry_after=_seconds(response.headers.get("Retry-After")),
            body=body[:2000].decode("utf-8", "replace"),
        )
    return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds: a number or an HTTP date (RFC 9110, 10.2.3); None when it is neither."""
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now()).total_seconds())
    except (TypeError, ValueError):
        return None
