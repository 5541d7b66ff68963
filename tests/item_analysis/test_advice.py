"""What is said about a question, and from how many people on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lti_tool.item_analysis.advice import Kind, advise
from lti_tool.item_analysis.analysis import Item
from lti_tool.item_analysis.figures import Chosen
from lti_tool.item_analysis.thresholds import ENOUGH
from lti_tool.item_analysis.wordings import wordings
from tests.cast import small_module

WORDING = wordings({1: small_module()})[0]


def chosen(key: str, people: int, others: float, everybody: int = 100) -> Chosen:
    return Chosen(key, key == "a", people, people / everybody, others)


def item(**changes: Any) -> Item:
    """A question of which nothing is to be said: 60 right, the wrong options alike, by weaker people."""
    fine = Item(
        wording=WORDING,
        people=100,
        right=60,
        unanswered=2,
        correlation=0.4,
        index=0.5,
        choices=(chosen("a", 60, 0.8), chosen("b", 14, 0.5), chosen("c", 13, 0.5), chosen("d", 11, 0.5)),
        right_others=0.8,
        later=40,
        later_right=30,
        timed=100,
        seconds=30,
        pace=1.2,
    )
    return replace(fine, **changes)


def kinds(**changes: Any) -> list[Kind]:
    return [advice.kind for advice in advise(item(**changes))]


def test_of_a_good_question_there_is_nothing_to_say() -> None:
    assert kinds() == []


@pytest.mark.parametrize(
    ("kind", "at_the_limit", "beyond"),
    [
        (Kind.AGAINST, {"correlation": 0.1}, {"correlation": -0.01}),
        (Kind.HARDLY, {"correlation": 0.1}, {"correlation": 0.09}),
        (Kind.HARD, {"right": 30}, {"right": 29}),
        (Kind.STILL_WRONG, {"later": 40, "later_right": 20}, {"later": 40, "later_right": 19}),
        (Kind.STILL_WRONG, {"later": 19, "later_right": 0}, {"later": 20, "later_right": 0}),
        (Kind.EASY, {"right": 94}, {"right": 95, "correlation": -0.2}),
        (Kind.UNANSWERED, {"unanswered": 4}, {"unanswered": 5}),
        (Kind.SLOW, {"pace": 2.9}, {"pace": 3.0}),
        (Kind.SLOW, {"pace": 9.0, "timed": 19}, {"pace": 9.0, "timed": 20}),
    ],
)
def test_each_is_said_from_its_limit_on(kind: Kind, at_the_limit: dict[str, Any], beyond: dict[str, Any]) -> None:
    assert kinds(**at_the_limit) == []
    assert kinds(**beyond) == [kind]


def test_of_too_few_people_nothing_is_said_whatever_they_did() -> None:
    assert kinds(people=ENOUGH - 1, right=0, correlation=-1.0) == []
    assert Kind.HARD in kinds(people=ENOUGH, right=0)


def about(*choices: Chosen) -> list[tuple[Kind, tuple[str, ...]]]:
    return [(advice.kind, advice.options) for advice in advise(item(choices=choices))]


def test_wrong_options_that_hardly_anyone_picks_are_named() -> None:
    right, b, c = chosen("a", 60, 0.8), chosen("b", 35, 0.5), chosen("c", 3, 0.5)
    assert about(right, b, c, chosen("d", 0, 0)) == [(Kind.UNBELIEVED, ("c", "d"))]
    assert about(right, b, replace(c, people=5, share=0.05), chosen("d", 6, 0.5)) == []


def test_where_few_were_wrong_no_option_can_be_expected_to_be_picked() -> None:
    assert about(chosen("a", 86, 0.8), chosen("b", 14, 0.5), chosen("c", 0, 0), chosen("d", 0, 0)) == []


def test_of_wrong_options_picked_alike_none_is_named_however_few_picked_them() -> None:
    wrong = tuple(chosen(key, 6, 0.5, everybody=200) for key in "bcd")
    assert advise(item(people=200, right=180, choices=(chosen("a", 180, 0.8, everybody=200), *wrong))) == []


def test_a_wrong_option_picked_nearly_as_often_as_the_right_one_is_named() -> None:
    assert about(chosen("a", 40, 0.8), chosen("b", 32, 0.5), chosen("c", 28, 0.5)) == [(Kind.RIVAL, ("b",))]
    assert about(chosen("a", 40, 0.8), chosen("b", 31, 0.5), chosen("c", 29, 0.5)) == []


def test_a_wrong_option_of_the_strong_comes_first_and_is_named_once() -> None:
    assert about(chosen("a", 40, 0.8), chosen("b", 39, 0.9), chosen("c", 21, 0.5)) == [(Kind.STRONGER, ("b",))]
    assert about(chosen("a", 60, 0.8), chosen("b", 9, 0.9), chosen("c", 15, 0.5), chosen("d", 16, 0.5)) == []
