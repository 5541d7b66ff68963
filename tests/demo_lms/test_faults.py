"""Bad days of the LMS: each kind of failure comes as often as it was ordered, and the log of scores shows it."""

import time
from typing import Any

import pytest

from lti_tool.demo_lms import vocabulary as v
from tests.demo_lms.harness import Demo, score


@pytest.fixture
def line_item(demo: Demo) -> str:
    return demo.line_item()


def statuses(demo: Demo, line_item: str, times: int) -> list[int]:
    return [demo.post_score(line_item, score(second=second)).status_code for second in range(times)]


def log(demo: Demo) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = demo.browser().get("/_/scores").get_json()
    return kept


@pytest.mark.parametrize(
    ("fault", "status"),
    [("unauthorised", 401), ("too_many_requests", 429), ("server_errors", 500), ("lost_answers", 500)],
)
def test_a_failure_comes_as_often_as_ordered(demo: Demo, line_item: str, fault: str, status: int) -> None:
    demo.behave(**{fault: 2})
    assert statuses(demo, line_item, 3) == [status, status, 200]
    assert demo.browser().get("/_/behaviour").get_json()[fault] == 0


def test_too_many_requests_say_when_to_come_back(demo: Demo, line_item: str) -> None:
    demo.behave(too_many_requests=1, retry_after=7)
    assert demo.post_score(line_item, score()).headers["Retry-After"] == "7"


@pytest.mark.parametrize("fault", ["unauthorised", "too_many_requests", "server_errors"])
def test_a_score_that_failed_is_not_kept(demo: Demo, line_item: str, fault: str) -> None:
    demo.behave(**{fault: 1})
    demo.post_score(line_item, score())
    assert demo.results(line_item).get_json() == []


def test_a_score_whose_answer_was_lost_is_kept(demo: Demo, line_item: str) -> None:
    demo.behave(lost_answers=1)
    assert demo.post_score(line_item, score()).status_code == 500
    assert [found["resultScore"] for found in demo.results(line_item).get_json()] == [80]


def test_failures_can_be_kept_to_some_services(demo: Demo, line_item: str) -> None:
    demo.behave(server_errors=1, faults_at=["results"])
    assert demo.post_score(line_item, score()).status_code == 200
    assert demo.results(line_item).status_code == 500
    assert demo.results(line_item).status_code == 200


@pytest.mark.parametrize("service", ["line_items", "memberships"])
def test_every_service_can_fail(demo: Demo, service: str) -> None:
    accept = {"line_items": v.LINE_ITEMS_TYPE, "memberships": v.MEMBERSHIPS_TYPE}[service]
    demo.token(*v.SCOPES)
    demo.behave(server_errors=1)
    answers = [demo.call("GET", f"/api/lti/courses/tdt4100/{service}", headers={"Accept": accept}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 200]


def test_the_token_endpoint_fails_only_when_it_is_named(demo: Demo) -> None:
    demo.behave(server_errors=1)
    assert demo.ask_token().status_code == 200
    demo.behave(server_errors=1, faults_at=["token"])
    assert [demo.ask_token().status_code for _ in range(2)] == [500, 200]


def test_a_slow_lms_waits_before_it_answers(demo: Demo, line_item: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    demo.behave(slow_seconds=12.5)
    assert demo.post_score(line_item, score()).status_code == 200
    assert waits == [12.5]


def test_every_score_request_is_in_the_log_with_its_answer(demo: Demo, line_item: str) -> None:
    demo.behave(server_errors=1)
    number = int(line_item.rsplit("/", 1)[1])
    statuses(demo, line_item, 2)
    demo.post_score(line_item, score(second=1))
    demo.post_score(line_item, {"userId": 7})
    kept = log(demo)
    assert [entry["status"] for entry in kept] == [500, 200, 409, 400]
    assert [entry["user_id"] for entry in kept] == ["la-ingrid", "la-ingrid", "la-ingrid", None]
    assert {entry["line_item"] for entry in kept} == {number}
    assert kept[1]["body"] == score(second=1)
    assert "resultUrl" in kept[1]["answer"]
    assert [entry["received_at"] for entry in kept] == sorted(entry["received_at"] for entry in kept)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("no json", "no json"), ('{"scoreGiven": NaN}', {"scoreGiven": "NaN"}), ("x" * 1_000_001, None)],
    ids=["text", "nan", "too large"],
)
def test_what_is_no_score_is_in_the_log_too(demo: Demo, line_item: str, text: str, kept: object) -> None:
    demo.call("POST", f"{line_item}/scores", data=text, content_type=v.SCORE_TYPE)
    assert [entry["body"] for entry in log(demo)] == [kept]


def test_a_request_without_a_token_is_in_the_log(demo: Demo) -> None:
    demo.browser().post("/api/lti/courses/tdt4100/line_items/1/scores", json=score())
    assert [entry["status"] for entry in log(demo)] == [401]
