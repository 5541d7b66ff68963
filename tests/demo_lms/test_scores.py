"""Scores: what the LMS takes, what it refuses, and what becomes of the grade under each behaviour."""

from typing import Any

import pytest

from lti_tool.demo_lms import vocabulary as v
from tests.demo_lms.harness import Demo, score


@pytest.fixture(scope="session")
def known() -> list[str]:
    return []


@pytest.fixture
def line_item(demo: Demo, known: list[str]) -> str:
    """Every test finds the same one, so only the first asks by a launch."""
    known[:] = known or [demo.line_item()]
    return known[0]


def result(demo: Demo, line_item: str, sub: str = "la-ingrid") -> dict[str, Any] | None:
    found = demo.results(line_item, user_id=sub).get_json()
    return found[0] if found else None


def standing(demo: Demo, line_item: str) -> tuple[float | None, str | None]:
    found = result(demo, line_item) or {}
    return found.get("resultScore"), found.get("comment")


def test_a_finished_score_becomes_the_grade(demo: Demo, line_item: str) -> None:
    answer = demo.post_score(line_item, score())
    assert answer.status_code == 200
    assert answer.get_json() == {"resultUrl": f"{line_item}/results/la-ingrid"}
    assert result(demo, line_item) == {
        "id": f"{line_item}/results/la-ingrid",
        "scoreOf": line_item,
        "userId": "la-ingrid",
        "resultScore": 80,
        "resultMaximum": 100,
        "comment": "Well done.",
    }


def test_a_score_on_another_scale_is_converted(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score(scoreGiven=3, scoreMaximum=4))
    assert standing(demo, line_item)[0] == 75


def test_more_than_the_maximum_is_allowed(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score(scoreGiven=110))
    assert standing(demo, line_item)[0] == 110


def test_a_later_score_replaces_the_grade(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score())
    demo.post_score(line_item, score(second=1, scoreGiven=90, comment="Better."))
    assert standing(demo, line_item) == (90, "Better.")


@pytest.mark.parametrize("progress", ["Initialized", "Started", "InProgress", "Submitted", "Completed"])
def test_every_activity_progress_is_taken(demo: Demo, line_item: str, progress: str) -> None:
    assert demo.post_score(line_item, score(activityProgress=progress)).status_code == 200


@pytest.mark.parametrize("progress", ["Pending", "PendingManual", "Failed", "NotReady"])
class TestScoresThatAreNotFinal:
    def test_they_leave_the_grade_as_it_was(self, demo: Demo, line_item: str, progress: str) -> None:
        demo.post_score(line_item, score())
        assert demo.post_score(line_item, score(second=1, scoreGiven=5, gradingProgress=progress)).status_code == 200
        assert standing(demo, line_item)[0] == 80

    def test_they_clear_the_grade_where_the_lms_behaves_so(self, demo: Demo, line_item: str, progress: str) -> None:
        demo.behave(unfinished_clears=True)
        demo.post_score(line_item, score())
        assert demo.post_score(line_item, score(second=1, gradingProgress=progress)).status_code == 200
        assert result(demo, line_item) is None


def test_a_score_that_is_left_out_clears_the_grade(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score())
    assert demo.post_score(line_item, score(second=1, scoreGiven=None, scoreMaximum=None)).status_code == 200
    assert result(demo, line_item) is None


def test_a_comment_that_is_left_out_stays(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score())
    demo.post_score(line_item, score(second=1, comment=None))
    assert standing(demo, line_item) == (80, "Well done.")


def test_a_comment_that_is_left_out_is_erased_where_the_lms_behaves_so(demo: Demo, line_item: str) -> None:
    demo.behave(missing_comment_erases=True)
    demo.post_score(line_item, score())
    demo.post_score(line_item, score(second=1, comment=None))
    assert standing(demo, line_item) == (80, None)


@pytest.mark.parametrize(
    ("settings", "status"), [({}, 409), ({"stale_timestamps": "bad_request"}, 400)], ids=["textbook", "open_edx"]
)
@pytest.mark.parametrize("second", [5, 4], ids=["equal", "older"])
def test_a_score_that_is_not_newer_is_refused(
    demo: Demo, line_item: str, settings: dict[str, str], status: int, second: int
) -> None:
    demo.behave(**settings)
    demo.post_score(line_item, score(second=5))
    assert demo.post_score(line_item, score(second=second, scoreGiven=1)).status_code == status
    assert standing(demo, line_item)[0] == 80


@pytest.mark.parametrize(("rule", "status"), [("conflict", 200), ("bad_request", 200), ("whole_second_conflict", 409)])
def test_within_the_same_second_only_the_lms_that_counts_whole_seconds_refuses(
    demo: Demo, line_item: str, rule: str, status: int
) -> None:
    demo.behave(stale_timestamps=rule)
    demo.post_score(line_item, score())
    assert demo.post_score(line_item, score(timestamp="2026-11-21T12:00:00.900Z")).status_code == status
    assert demo.post_score(line_item, score(timestamp="2026-11-21T12:00:01Z")).status_code == 200


def test_time_zones_are_understood(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score())
    assert demo.post_score(line_item, score(timestamp="2026-11-21T13:00:00.000+01:00")).status_code == 409


def test_the_time_stamps_of_two_people_have_nothing_to_do_with_each_other(demo: Demo, line_item: str) -> None:
    demo.post_score(line_item, score("la-ingrid", second=9))
    assert demo.post_score(line_item, score("la-amina")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"userId": None},
        {"userId": ""},
        {"userId": 7},
        {"activityProgress": None},
        {"activityProgress": "Done"},
        {"gradingProgress": None},
        {"gradingProgress": "fullygraded"},
        {"scoreGiven": -1},
        {"scoreGiven": "80"},
        {"scoreGiven": True},
        {"scoreGiven": float("nan")},
        {"scoreGiven": float("inf")},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"comment": 7},
        {"timestamp": None},
        {"timestamp": "2026-11-21T12:00:00"},
        {"timestamp": "2026-11-21"},
        {"timestamp": "yesterday"},
        {"timestamp": 1795262400},
        {"timestamp": "1795262400"},
        {"submission": {"startedAt": "2026-11-21T12:00:01Z", "submittedAt": "2026-11-21T12:00:00Z"}},
        {"submission": {"startedAt": "once"}},
    ],
    ids=str,
)
def test_a_score_that_makes_no_sense_is_refused(demo: Demo, line_item: str, changes: dict[str, Any]) -> None:
    assert demo.post_score(line_item, score(**changes)).status_code == 400
    assert result(demo, line_item) is None


@pytest.mark.parametrize("text", ["", "no json", "[]", "null"])
def test_a_body_that_is_no_score_is_refused(demo: Demo, line_item: str, text: str) -> None:
    answer = demo.call("POST", f"{line_item}/scores", data=text, content_type=v.SCORE_TYPE)
    assert answer.status_code == 400


def test_a_submission_in_order_is_taken(demo: Demo, line_item: str) -> None:
    times = {"startedAt": "2026-11-21T11:00:00Z", "submittedAt": "2026-11-21T12:00:00Z"}
    assert demo.post_score(line_item, score(submission=times)).status_code == 200


@pytest.mark.parametrize("media_type", ["application/json", v.LINE_ITEM_TYPE])
def test_a_wrong_content_type_is_refused(demo: Demo, line_item: str, media_type: str) -> None:
    answer = demo.call("POST", f"{line_item}/scores", json=score(), content_type=media_type)
    assert answer.status_code == 415


def test_a_score_for_a_line_item_that_does_not_exist_is_not_found(demo: Demo, line_item: str) -> None:
    assert demo.post_score(line_item + "99", score()).status_code == 404


@pytest.mark.parametrize("sub", ["nobody", "stranger-jonas"])
def test_somebody_who_is_not_in_the_course_is_not_found(demo: Demo, line_item: str, sub: str) -> None:
    assert demo.post_score(line_item, score(sub)).status_code == 404


def test_a_teacher_may_have_a_score(demo: Demo, line_item: str) -> None:
    assert demo.post_score(line_item, score("instructor-solveig")).status_code == 200


@pytest.mark.parametrize("sub", ["nobody", "stranger-jonas", "instructor-solveig"])
def test_only_learners_have_grades_where_the_lms_behaves_so(demo: Demo, line_item: str, sub: str) -> None:
    demo.behave(only_learners_graded=True)
    assert demo.post_score(line_item, score(sub)).status_code == 400
    assert demo.post_score(line_item, score("la-ingrid")).status_code == 200


def test_a_body_of_more_than_a_megabyte_is_refused(demo: Demo, line_item: str) -> None:
    answer = demo.post_score(line_item, score(comment="x" * 1_000_001))
    assert (answer.status_code, answer.content_type) == (413, "application/json")


class TestResults:
    def test_only_those_who_have_a_grade_are_listed(self, demo: Demo, line_item: str) -> None:
        demo.post_score(line_item, score("la-ingrid"))
        demo.post_score(line_item, score("la-amina", gradingProgress="Pending", scoreGiven=None, scoreMaximum=None))
        answer = demo.results(line_item)
        assert answer.content_type == v.RESULTS_TYPE
        assert [found["userId"] for found in answer.get_json()] == ["la-ingrid"]

    def test_one_person_can_be_asked_for(self, demo: Demo, line_item: str) -> None:
        for sub in ("la-ingrid", "la-amina"):
            demo.post_score(line_item, score(sub))
        assert [found["userId"] for found in demo.results(line_item, user_id="la-amina").get_json()] == ["la-amina"]
        assert demo.results(line_item, user_id="la-priya").get_json() == []

    def test_they_come_in_pages(self, demo: Demo, line_item: str) -> None:
        for sub in ("la-ingrid", "la-amina", "la-priya"):
            demo.post_score(line_item, score(sub))
        first = demo.results(line_item, limit="2")
        following = first.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
        second = demo.call("GET", following, headers={"Accept": v.RESULTS_TYPE})
        found = [one["userId"] for one in first.get_json() + second.get_json()]
        assert found == ["la-amina", "la-ingrid", "la-priya"]
        assert "Link" not in second.headers

    @pytest.mark.parametrize("accept", ["application/json", "*/*"])
    def test_a_wrong_accept_is_refused(self, demo: Demo, line_item: str, accept: str) -> None:
        assert demo.call("GET", f"{line_item}/results", headers={"Accept": accept}).status_code == 406

    def test_those_of_a_line_item_that_does_not_exist_are_not_found(self, demo: Demo, line_item: str) -> None:
        assert demo.results(line_item + "99").status_code == 404
