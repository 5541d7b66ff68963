"""A time limit for several requests together."""

from __future__ import annotations

import time
from collections.abc import Mapping

from lti_tool import http
from lti_tool.http import Answer, OutgoingError, Sender


class OutOfTime(OutgoingError):
    """The time for all requests together is over."""

    def __init__(self) -> None:
        super().__init__("no time left", retry=True)


def within(send: Sender, seconds: float, *, each: float = http.TOTAL_SECONDS) -> Sender:
    """A sender whose requests, all together, are over `seconds` from now; one may take up to `each`."""
    deadline = time.monotonic() + seconds

    def limited(
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | None = None,
        params: Mapping[str, str] | None = None,
        seconds: float = each,
    ) -> Answer:
        left = min(seconds, deadline - time.monotonic())
        if left <= 0:
            raise OutOfTime
        try:
            return send(method, url, headers=headers, data=data, params=params, seconds=left)
        except OutgoingError as error:
            if error.status is None and time.monotonic() >= deadline:
                raise OutOfTime from error
            raise

    return limited
