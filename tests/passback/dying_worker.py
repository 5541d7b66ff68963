"""A worker process that kills itself (SIGKILL: no clean-up) at a chosen point of its n-th delivery.

python -m tests.passback.dying_worker DATABASE_URL LEASE_SECONDS [POINT N]
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, cast

from sqlalchemy.orm import Session

from lti_tool import create_app, http
from lti_tool.jobs import run_worker
from lti_tool.passback import outbox, worker
from lti_tool.passback.courier import Courier
from tests.conftest import settings_for

POINTS = ("before the claim", "before sending", "after the answer")


def work(url: str, lease: timedelta, point: str, number: int) -> None:
    """The whole life of a worker process; with a point that is not in `POINTS` it lives on."""
    app = create_app(settings_for(url))
    before, after = dying_at(point == POINTS[1], number), dying_at(point == POINTS[2], number)

    def send(method: str, address: str, **options: Any) -> http.Answer:
        scoring = address.endswith("/scores")
        if scoring:
            before()
        answer = http.send(method, address, **options)
        if scoring:
            after()
        return answer

    app.extensions["passback"] = Courier(send=cast("http.Sender", send), lease=lease)
    at_claim = dying_at(point == POINTS[0], number)

    def claim_or_die(session: Session, lease: timedelta) -> outbox.Parcel | None:
        at_claim()
        return outbox.claim(session, lease)

    setattr(worker, "claim", claim_or_die)  # noqa: B010 - the type checker minds an assignment
    run_worker(app)


def dying_at(armed: bool, number: int) -> Callable[[], None]:
    """A function whose `number`-th call, if it is armed, is the end."""
    calls = count(1)

    def pass_by() -> None:
        if armed and next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_by
