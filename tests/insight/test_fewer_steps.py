"""How a cohort fares in a module that does not have every step."""

from __future__ import annotations

from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.insight.test_overview import lines, milestones
from tests.steps import hand_in, offer_module
from tests.work import done_before, draft_essay, take_part_in


def test_only_steps_that_the_module_has_are_counted(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    hand_in(cast.visit("lina"))
    with done_before(cast) as session:
        take_part_in(session, cast.person_id("frode"), "short")
    page = cast.visit("kari").get("insight?module=short").text
    assert milestones(page) == [2, 2, 1, 1]
    assert [part in page for part in ("Test passed", "Both evaluations received", "How evaluators judge")] == [
        False
    ] * 3
    assert lines(page) == {
        "Has not begun the essay": ("The learning assistant", 1),
        "Has completed the module": ("Nobody", 1),
    }


def test_a_test_alone_is_passed_or_not(cast: Cast) -> None:
    offer_module(cast, Step.TEST)
    with done_before(cast) as session:
        take_part_in(session, cast.person_id("lina"), "short")
        draft_essay(session, cast.person_id("frode"))
    page = cast.visit("kari").get("insight?module=short").text
    assert lines(page) == {"Has not passed the test yet": ("The learning assistant", 1)}
