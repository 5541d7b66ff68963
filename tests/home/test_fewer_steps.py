"""The pages of learning assistants in a module that does not have every step."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author
from lti_tool.programme.content import Step
from lti_tool.quiz.models import Attempt
from lti_tool.reflection.models import Essay
from tests.cast import Cast
from tests.pages import problems_of
from tests.quiz.taking import ALL_RIGHT
from tests.steps import hand_in, offer_module
from tests.work import ESSAY, done_before


def test_the_parts_and_the_way_on_are_those_that_the_module_has(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    browser = cast.visit("lina")
    page = browser.get("modules/short").text
    assert problems_of(page) == []
    assert "0 of 1 step done" in page
    assert [part in page for part in ("Reading", "Reflection essay", "Two peer evaluations")] == [True, True, False]
    assert "modules/short/test" not in page
    reading = browser.get("modules/short/reading").text
    assert "Go on to the essay" in reading
    assert "modules/short/test" not in reading


@pytest.mark.parametrize("address", ["test", "test/attempts/1", "evaluations", "received"])
def test_the_page_of_a_step_that_is_not_there_is_not_found(cast: Cast, address: str) -> None:
    offer_module(cast, Step.ESSAY)
    assert cast.visit("lina").get(f"modules/short/{address}").status_code == 404


def test_an_attempt_at_a_test_that_is_not_there_is_refused_and_changes_nothing(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    assert cast.visit("lina").post("modules/short/test/attempts").status_code == 404
    with done_before(cast) as session:
        assert session.scalars(select(Attempt)).all() == []
        assert session.scalars(select(Participation)).all() == []


def test_an_essay_is_not_found_in_a_module_with_a_test_only_which_passing_completes(cast: Cast) -> None:
    offer_module(cast, Step.TEST)
    browser = cast.visit("lina")
    assert browser.get("modules/short/essay").status_code == 404
    assert hand_in(browser).status_code == 404
    browser.post("modules/short/test/attempts")
    browser.post("modules/short/test/attempts/1", {**ALL_RIGHT, "action": "submit"})
    assert "You have completed this module" in browser.get("modules/short").text


def test_an_essay_alone_completes_the_module_and_enters_no_pool(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    browser = cast.visit("lina")
    prompt = browser.get("modules/short/essay").text
    assert problems_of(prompt) == []
    assert "You evaluate two essays" not in prompt
    assert "Your coordinator and your course teacher read it." in prompt
    assert hand_in(browser).status_code == 303
    page = browser.get("modules/short").text
    assert "You have completed this module" in page
    assert "Evaluations of your essay" not in page
    assert "You can still change it and submit it again, as long as the module is open." in page
    with done_before(cast) as session:
        assert session.scalars(select(Author)).all() == []


def test_an_essay_that_nobody_evaluates_can_be_changed_after_it_was_read(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    browser, kari = cast.visit("lina"), cast.visit("kari")
    hand_in(browser)
    with done_before(cast) as session:
        essay = session.scalars(select(Essay)).one()
        public_id, seen = essay.public_id, essay.submitted_at.isoformat() if essay.submitted_at else ""
    kari.post(f"essays/{public_id}/read", {"seen": seen})
    assert public_id not in kari.get("essays?show=unread").text
    assert "as long as the module is open" in browser.get("modules/short/essay").text
    assert hand_in(browser, text=ESSAY * 3, version=1).status_code == 303
    assert public_id in kari.get("essays?show=unread").text


def test_a_module_with_test_and_essay_is_complete_with_both(cast: Cast) -> None:
    offer_module(cast, Step.TEST, Step.ESSAY)
    browser = cast.visit("lina")
    assert "Go on to the test" in browser.get("modules/short/reading").text
    hand_in(browser)
    assert "1 of 2 steps done" in browser.get("modules/short").text


def test_an_essay_and_evaluations_without_a_test_enter_a_pool(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY, Step.EVALUATIONS)
    browser = cast.visit("lina")
    assert "You evaluate two essays" in browser.get("modules/short/essay").text
    assert "until somebody begins" not in browser.get("modules/short/essay").text
    hand_in(browser)
    assert "until somebody begins to evaluate it" in browser.get("modules/short/essay").text
    assert "You are waiting for an essay" in browser.get("modules/short").text
