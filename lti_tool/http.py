"""The one way out: requests to guarded addresses, with time-outs, a User-Agent, no redirects, a bounded answer, and
errors that say whether trying again can help."""

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
from flask import Flask, current_app, has_app_context

from lti_tool.connections import GuardedAdapter, errand
from lti_tool.database import now
from lti_tool.guard import AddressRefused, Guard
from lti_tool.settings import Settings

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


def init_http(app: Flask, settings: Settings) -> None:
    app.extensions["guard"] = Guard.of(settings)


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    data: Mapping[str, str] | bytes | None = None,
    params: Mapping[str, str] | None = None,
    seconds: float = TOTAL_SECONDS,
) -> Answer:
    """One request, no hidden retries, done or given up after `seconds`; `OutgoingError` for anything but 2xx.

    The current application's guard decides which addresses may be asked; without an application the strict one does.
    """
    guard: Guard = current_app.extensions["guard"] if has_app_context() else Guard()
    try:
        guard.check_scheme(url)
        with (
            errand(guard, time.monotonic() + seconds),
            _session(guard).request(
                method,
                url,
                headers=dict(headers or {}),
                data=data,
                params=params,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return _checked(response)
    except AddressRefused as error:
        raise OutgoingError(f"not asked: {error}", retry=False) from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        retry = not isinstance(error, _HOPELESS)
        raise OutgoingError(f"no answer: {type(error).__name__}", retry=retry) from error


_local = threading.local()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Redirects are never followed; looking where one leads would read its body, however long."""

    def merge_environment_settings(self, *args: Any, **options: Any) -> Any:
        # Behind a proxy nobody here sees which address is asked.
        return {**super().merge_environment_settings(*args, **options), "proxies": {}}


def _session(guard: Guard) -> requests.Session:
    """One for each thread, which keeps connections open; two threads must not share one. Neither must two guards:
    a connection that one allowed is nothing that the other has judged."""
    sessions: dict[Guard, requests.Session] = _local.__dict__.setdefault("sessions", {})
    session = sessions.get(guard)
    if session is None:
        session = sessions[guard] = _Session()
        session.mount("https://", GuardedAdapter())
        session.mount("http://", GuardedAdapter())
        session.headers["User-Agent"] = USER_AGENT
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Otherwise a password for the same host in ~/.netrc replaces the Authorization header we send.
        session.auth = _unchanged
    return session


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _checked(response: requests.Response) -> Answer:
    body = _read(response)
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


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise OutgoingError("the answer is too large", retry=False, status=response.status_code)
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
