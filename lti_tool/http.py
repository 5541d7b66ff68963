"""The one way out: requests with time-outs, a User-Agent, no redirects, a bounded answer, and errors that say
whether trying again can help."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

import requests
import urllib3

from lti_tool.database import now

CONNECT_SECONDS = 5.0
# The longest that one request may take from its first byte to the last of its answer.
TOTAL_SECONDS = 20.0
LARGEST_ANSWER = 5 * 1024 * 1024
# Canvas refuses requests without one since January 2026.
USER_AGENT = "lti-tool (learning assistant training)"
_RETRYABLE = frozenset({408, 425, 429})
# Addresses that cannot become right by waiting; every other failure can.
_HOPELESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.LocationValueError,
)
_CHUNK = 64 * 1024

# At DEBUG it logs each address, and the address of a result names a user.
logging.getLogger("urllib3").setLevel(logging.WARNING)


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


class Sender(Protocol):
    """What `send` is to those who are handed it, so that tests can stand in for the network."""

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | None = None,
        params: Mapping[str, str] | None = None,
        seconds: float = TOTAL_SECONDS,
    ) -> Answer: ...


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: Mapping[str, str] | bytes | None = None,
    params: Mapping[str, str] | None = None,
    seconds: float = TOTAL_SECONDS,
) -> Answer:
    """One request, no hidden retries, done or given up after `seconds`; `OutgoingError` for anything but 2xx."""
    deadline = time.monotonic() + seconds
    try:
        with _session().request(
            method,
            url,
            headers=dict(headers or {}),
            data=data,
            params=params,
            timeout=(min(CONNECT_SECONDS, seconds), seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            return _checked(response, deadline)
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        retry = not isinstance(error, _HOPELESS)
        raise OutgoingError(f"no answer: {type(error).__name__}", retry=retry) from error


_local = threading.local()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Redirects are never followed; looking where one leads would read its body, however long."""


def _session() -> requests.Session:
    """One for each thread, which keeps connections open; two threads must not share one."""
    session: requests.Session | None = getattr(_local, "session", None)
    if session is None:
        session = _Session()
        session.headers["User-Agent"] = USER_AGENT
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Otherwise a password for the same host in ~/.netrc replaces the Authorization header we send.
        session.auth = _unchanged
        _local.session = session
    return session


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _checked(response: requests.Response, deadline: float) -> Answer:
    body = _read(response, deadline)
    status = response.status_code
    if not 200 <= status < 300:
        raise OutgoingError(
            f"answered {status}",
            retry=status in _RETRYABLE or status >= 500,
            status=status,
            retry_after=_seconds(response.headers.get("Retry-After")),
            body=body[:2000].decode("utf-8", "replace"),
        )
    return Answer(status, {k.lower(): v for k, v in response.headers.items()}, body)


def _read(response: requests.Response, deadline: float) -> bytes:
    # The time-out of a socket counts from byte to byte, so an answer that trickles could hold a worker for hours.
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise OutgoingError("the answer is too large", retry=False, status=response.status_code)
        if time.monotonic() > deadline:
            raise OutgoingError("the answer takes too long", retry=True)
    return bytes(body)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds: a number or an HTTP date (RFC 9110, 10.2.3); None when it is neither."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now()).total_seconds())
    except (TypeError, ValueError):
        return None
