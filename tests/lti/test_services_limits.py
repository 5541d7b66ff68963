"""A time limit for several requests together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.services import limits
from lti_tool.lti.services.limits import OutOfTime, within


class Network:
    """Each request takes as long as `takes` says, or as long as it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment, self.takes = 0.0, 0.0
        self.error: OutgoingError | None = None
        self.allowed: list[float] = []
        monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: self.moment))

    def __call__(self, method: str, url: str, *, seconds: float = 0, **_options: Any) -> Answer:
        self.allowed.append(seconds)
        self.moment += min(self.takes, seconds)
        if self.error:
            raise self.error
        return Answer(200, {}, b"")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(monkeypatch)


def test_every_request_may_take_what_is_left_and_no_more_than_its_own_share(network: Network) -> None:
    network.takes = 30
    send = within(network, 70, each=40)
    for _request in range(3):
        send("GET", "https://lms.test")
    assert network.allowed == [40, 40, 10]
    with pytest.raises(OutOfTime):
        send("GET", "https://lms.test")
    assert len(network.allowed) == 3


def test_a_request_that_was_cut_off_by_the_limit_says_so(network: Network) -> None:
    network.takes, network.error = 60, OutgoingError("no answer: ReadTimeout", retry=True)
    with pytest.raises(OutOfTime) as raised:
        within(network, 10)("GET", "https://lms.test")
    assert raised.value.retry


@pytest.mark.parametrize("status", [None, 500])
def test_other_errors_stay_what_they_are(network: Network, status: int | None) -> None:
    network.error = OutgoingError("no", retry=True, status=status)
    with pytest.raises(OutgoingError) as raised:
        within(network, 10)("GET", "https://lms.test")
    assert raised.value is network.error


def test_an_answer_at_the_last_moment_stays_an_answer(network: Network) -> None:
    network.takes, network.error = 60, OutgoingError("answered 403", retry=False, status=403)
    with pytest.raises(OutgoingError) as raised:
        within(network, 10)("GET", "https://lms.test")
    assert raised.value.status == 403
