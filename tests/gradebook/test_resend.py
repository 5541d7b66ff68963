"""Sending a score once more."""

from __future__ import annotations

import pytest

from lti_tool.passback.models import Delivery, Score
from tests import work
from tests.cast import Cast


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    calls: list[list[int]] = []
    monkeypatch.setattr("lti_tool.gradebook.routes.wake", calls.append)
    return calls


@pytest.fixture
def failed(cast: Cast) -> int:
    """Amir's score in TDT4100, which the platform refused."""
    cast.visit("amir", course="TDT4100")
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("amir"))
        score = work.score_of(session, cast.person_id("amir"))
        score.state, score.failure = Delivery.FAILED, "refused"
        return score.id


def state_of(cast: Cast, score_id: int) -> Delivery:
    with work.done_before(cast) as session:
        return session.get_one(Score, score_id).state


def test_a_failed_score_waits_again_and_the_page_keeps_its_filter(
    cast: Cast, failed: int, woken: list[list[int]]
) -> None:
    browser = cast.visit("ingrid")
    answer = browser.post(f"gradebook/scores/{failed}/resend", {"back": f"{browser.prefix}gradebook?show=failed"})
    assert (answer.status_code, answer.location) == (303, f"{browser.prefix}gradebook?show=failed&notice=sent")
    assert state_of(cast, failed) is Delivery.WAITING
    assert woken == [[failed]]


def test_pressing_twice_is_the_same_as_once(cast: Cast, failed: int, woken: list[list[int]]) -> None:
    browser = cast.visit("ingrid")
    for _attempt in range(2):
        assert browser.post(f"gradebook/scores/{failed}/resend").status_code == 303
    assert state_of(cast, failed) is Delivery.WAITING


@pytest.mark.parametrize("name", ["stig", "kari"])
def test_another_courses_score_is_not_found_and_stays_as_it_is(
    cast: Cast, failed: int, woken: list[list[int]], name: str
) -> None:
    assert cast.visit(name).post(f"gradebook/scores/{failed}/resend").status_code == 404
    assert state_of(cast, failed) is Delivery.FAILED
    assert woken == []


def test_learners_cannot_resend(cast: Cast, failed: int) -> None:
    assert cast.visit("amir", course="TDT4100").post(f"gradebook/scores/{failed}/resend").status_code == 403


def test_a_score_that_does_not_exist_is_not_found(cast: Cast) -> None:
    for score_id in (999, 10**30):
        assert cast.visit("ingrid").post(f"gradebook/scores/{score_id}/resend").status_code == 404


def test_without_the_form_token_nothing_happens(cast: Cast, failed: int) -> None:
    browser = cast.visit("ingrid")
    assert browser.post(f"gradebook/scores/{failed}/resend", {"csrf_token": ""}).status_code == 400
    assert state_of(cast, failed) is Delivery.FAILED
