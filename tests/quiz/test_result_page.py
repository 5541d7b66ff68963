"""Submitting, and the feedback afterwards."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.modules.models import Participation
from lti_tool.programme.queries import current_module
from lti_tool.quiz import actions, queries
from tests.cast import Browser, Cast, small_module
from tests.meeting import meeting
from tests.quiz.taking import (
    ALL_RIGHT,
    ALL_WRONG,
    TEST,
    attempts,
    autosave,
    begin,
    hand_in,
    limit_attempts,
    recorded_results,
    saved_answers,
)
from tests.statements import statements

RESULT = f"{TEST}/attempts/1"


def test_passing_is_recorded_with_its_figure_and_shown(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    answer = hand_in(lina, {**ALL_RIGHT, "q-q2": "c"})
    assert answer.status_code == 303
    assert answer.location.endswith(f"{RESULT}?notice=test-passed")
    assert recorded_results(app) == ["2/3"]
    page = lina.get(RESULT).text
    assert "2 of 3 questions right; 2 were needed." in page
    assert "Go on with the module" in page


def test_failing_records_nothing_and_offers_another_attempt(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    assert hand_in(lina, ALL_WRONG).location.endswith("notice=test-failed")
    assert recorded_results(app) == []
    page = lina.get(RESULT).text
    assert "Not passed" in page
    assert "To the test" in page


def test_every_option_has_its_feedback_and_says_in_words_whether_it_is_right(cast: Cast) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)
    page = lina.get(RESULT).text
    assert page.count("Right answer") == 4
    assert page.count("Wrong answer") == 8
    assert page.count("You chose this.") == 3
    for letter in "abcd":
        assert page.count(f"About {letter}") == 3


def test_a_question_left_out_is_shown_as_such(cast: Cast) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, {"q-q1": "a"}, "submit-anyway")
    assert lina.get(RESULT).text.count("Not answered") == 2


def test_after_the_last_attempt_the_result_says_who_can_help(cast: Cast, app: Flask) -> None:
    limit_attempts(app, 1)
    lina = begin(cast.visit("lina"))
    assert hand_in(lina, ALL_WRONG).location.endswith(RESULT)
    page = lina.get(RESULT).text
    assert "Contact your coordinator" in page
    assert "To the test" not in page


def test_submitting_twice_changes_nothing(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)
    again = hand_in(lina, ALL_RIGHT)
    assert again.status_code == 303
    assert again.location.endswith(f"{RESULT}?notice=test-failed")
    assert attempts(app) == [(1, 0, False)]
    assert saved_answers(app) == {"q1": ["b"], "q2": ["b"], "q3": ["c"]}
    assert recorded_results(app) == []


def test_an_old_tab_cannot_touch_the_next_attempt(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)
    begin(lina)
    hand_in(lina, ALL_RIGHT, number=1)
    assert attempts(app) == [(1, 0, False), (2, None, None)]


def test_answers_of_a_submitted_attempt_stay_as_they_are(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)
    late = autosave(lina, {"question": "q1", "chosen": ["a"]})
    assert late.status_code == 409
    assert late.get_json()["error"] == "This attempt has been submitted"
    assert saved_answers(app)["q1"] == ["b"]


def test_two_tabs_that_submit_at_once_give_one_result(cast: Cast, app: Flask) -> None:
    tabs = [begin(cast.visit("lina")) for _ in range(3)]
    for tab in tabs:
        assert tab.form_token
    together(lambda tab: hand_in(tab, ALL_RIGHT), tabs)
    assert attempts(app) == [(1, 3, True)]
    assert recorded_results(app) == ["3/3"]


def test_tabs_that_begin_at_once_open_one_attempt(cast: Cast, app: Flask) -> None:
    tabs = [cast.visit("lina") for _ in range(4)]
    for tab in tabs:
        assert tab.form_token
    together(lambda tab: tab.post(f"{TEST}/attempts"), tabs)
    assert attempts(app) == [(1, None, None)]


def test_a_tab_that_begins_while_another_has_just_begun_joins_it(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_WRONG)

    def begin_elsewhere(session: Session) -> None:
        actions.start_attempt(session, cast.person_id("lina"), current_module(session, "om1"))

    assert meeting(app, begin_elsewhere, lambda: lina.post(f"{TEST}/attempts")).status_code == 303
    assert attempts(app) == [(1, 0, False), (2, None, None)]


def test_the_result_of_an_open_attempt_leads_back_to_the_test(cast: Cast) -> None:
    lina = begin(cast.visit("lina"))
    answer = lina.get(RESULT)
    assert answer.status_code == 302
    assert answer.location.endswith(TEST)


def test_the_result_asks_the_database_little(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))
    hand_in(lina, ALL_RIGHT)
    with statements(app) as seen:
        lina.get(RESULT)
    assert len(seen) <= 10


def test_the_state_follows_the_attempts(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    assert state(app) == queries.TestState(0, None, None, 3, 2, passed=False, open_attempt=False)
    begin(lina)
    assert state(app) == queries.TestState(0, None, None, 3, 2, passed=False, open_attempt=True)
    hand_in(lina, {"q-q1": "a"}, "submit-anyway")
    begin(lina)
    assert state(app) == queries.TestState(1, None, 1, 3, 2, passed=False, open_attempt=True)
    hand_in(lina, ALL_RIGHT, number=2)
    assert state(app) == queries.TestState(2, None, 3, 3, 2, passed=True, open_attempt=False)


def state(app: Flask) -> queries.TestState:
    with app.app_context():
        participation_id = db.session.scalars(select(Participation.id)).one_or_none()
        return queries.test_state(db.session, participation_id, small_module())


def together(work: Callable[[Browser], TestResponse], browsers: list[Browser]) -> None:
    """Do `work` with every browser at the same moment; each must be answered with a redirect."""
    gate = threading.Barrier(len(browsers))

    def run(browser: Browser) -> int:
        gate.wait(timeout=30)
        return work(browser).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        assert set(pool.map(run, browsers)) == {303}
