"""A learning assistant's one page about a module."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from lti_tool.passback.models import Delivery
from lti_tool.peer_review.models import EvaluationStatus
from lti_tool.peer_review.queries import EvaluationState, Received, Task
from tests import work
from tests.cast import Cast

THEN = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


def test_a_newcomer_sees_four_parts_and_one_primary_button(cast: Cast) -> None:
    page = cast.visit("lina").get().text
    assert [part in page for part in ("Reading", "Test", "Reflection essay", "Two peer evaluations")] == [True] * 4
    assert page.count("btn-primary") == 1
    assert "Open the reading" in page
    assert page.count("Not started") == 2


def test_the_start_page_of_a_link_is_the_page_of_its_module(cast: Cast) -> None:
    browser = cast.visit("lina")
    assert "Giving feedback" in browser.get().text
    assert "Giving feedback" in browser.get("modules/om1").text


def test_a_draft_says_when_it_was_saved_and_how_long_it_is(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 3, passed=True)
        work.draft_essay(session, cast.person_id("lina")).saved_at = THEN
    page = cast.visit("lina").get().text
    assert re.search(r'Draft saved <time datetime="2026-11-26T13:00:00\+00:00" title="[^"]+">Thu 26 Nov', page)
    assert "17 words so far" in page
    assert "Go on with the essay" in page


def test_a_test_not_passed_says_the_best_result_so_far(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
    page = cast.visit("lina").get().text
    assert "Not passed yet" in page
    assert "Your best so far: 1 right." in page
    assert "Try the test again" in page


def test_the_first_two_authors_wait_and_the_third_sets_everybody_to_work(cast: Cast) -> None:
    browser = cast.visit("lina")
    with work.done_before(cast) as session:
        for name in ("lina", "frode"):
            work.try_test(session, cast.person_id(name), 3, passed=True)
            work.submit_essay(session, cast.person_id(name))
    assert "One more learning assistant has to submit an essay" in browser.get().text
    with work.done_before(cast) as session:
        work.submit_essay(session, cast.person_id("amir"))
    page = browser.get().text
    assert "2 essays are ready for you" in page
    assert "Open the essay" in page


def test_waiting_says_for_whom_since_when_and_what_happens_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 3, passed=True)
        work.submit_essay(session, cast.person_id("lina"))
    monkeypatch.setattr("lti_tool.home.queries.evaluation_state", lambda *_: EvaluationState((), THEN, 2, ()))
    page = cast.visit("lina").get().text
    assert "Waiting for an essay" in page
    assert "2 more learning assistants have to submit their essays" in page
    assert "waiting since <time" in page
    assert "It will appear on this page" in page
    assert "btn-primary" not in page


def test_the_next_step_leads_to_the_evaluation_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 3, passed=True)
        work.submit_essay(session, cast.person_id("lina"))
    tasks = (
        Task("first", 1, EvaluationStatus.SUBMITTED, THEN, THEN),
        Task("second", 2, EvaluationStatus.OPEN, None, None),
    )
    monkeypatch.setattr("lti_tool.home.queries.evaluation_state", lambda *_: EvaluationState(tasks, None, 0, ()))
    page = cast.visit("lina").get().text
    assert re.search(r'btn-primary" href="[^"]*/evaluations/second"', page)
    assert "1 of 2 done" in page


def test_an_evaluation_that_is_begun_and_empty_is_not_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 3, passed=True)
        work.submit_essay(session, cast.person_id("lina"))
    tasks = (
        Task("first", 1, EvaluationStatus.STARTED, None, None),
        Task("second", 2, EvaluationStatus.OPEN, None, None),
    )
    monkeypatch.setattr("lti_tool.home.queries.evaluation_state", lambda *_: EvaluationState(tasks, None, 0, ()))
    page = cast.visit("lina").get().text
    assert "Started</span>" in page
    assert "1 of 2 done" not in page


def test_evaluations_received_are_shown_and_never_block(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("lina"))
    received = (Received(1, THEN, None),)
    monkeypatch.setattr("lti_tool.home.queries.evaluation_state", lambda *_: EvaluationState((), None, 0, received))
    page = cast.visit("lina").get().text
    assert "1 of 2 evaluations has come in" in page
    assert "You have completed this module" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Delivery.WAITING, "100 points are on their way to Course LAOS"),
        (Delivery.SENT, "Done: 100 points sent to Course LAOS"),
        (Delivery.FAILED, "Course LAOS has not accepted your 100 points yet"),
    ],
)
def test_completion_says_where_the_points_are(cast: Cast, state: Delivery, words: str) -> None:
    browser = cast.visit("lina")
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("lina"))
        score = work.score_of(session, cast.person_id("lina"))
        score.state = state
        score.failure = "refused" if state is Delivery.FAILED else None
        score.sent_at = THEN if state is Delivery.SENT else None
    page = browser.get().text
    assert words in page
    assert "3 of 3 steps done" in page


def test_completion_through_a_link_without_a_column_says_that_the_result_is_kept(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("lina"))
    assert "Your result is kept here" in cast.visit("lina", module=None).get("modules/om1").text


def test_a_module_that_does_not_exist_is_explained(cast: Cast) -> None:
    answer = cast.visit("lina").get("modules/om99")
    assert answer.status_code == 404
    assert "om99" in answer.text


def test_another_persons_score_is_not_shown(cast: Cast) -> None:
    browser = cast.visit("lina")
    cast.visit("frode")
    with work.done_before(cast) as session:
        for name in ("lina", "frode"):
            work.complete(session, cast.person_id(name))
        score = work.score_of(session, cast.person_id("frode"))
        score.state, score.failure = Delivery.FAILED, "refused"
    assert "has not accepted" not in browser.get().text


def test_another_persons_work_changes_nothing(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("frode"))
    assert "0 of 3 steps done" in cast.visit("lina").get().text


def test_staff_have_no_task_list(cast: Cast) -> None:
    assert cast.visit("ingrid").get("modules/om1").status_code == 403
