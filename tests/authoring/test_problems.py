"""What hinders a draft from being published."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from pydantic import ValidationError

from lti_tool.authoring import editing
from lti_tool.authoring.draft import Draft, Group, publishable
from lti_tool.authoring.editing import Answers, Place
from lti_tool.authoring.problems import Problem, Why, problems, short_readings
from lti_tool.programme.content import ModuleContent, Step
from tests.authoring.drafts import drafts, small_draft

Q1 = Place("q1", Group.QUESTIONS)


def is_valid(draft: Draft) -> bool:
    try:
        ModuleContent.model_validate(publishable(draft))
    except ValidationError:
        return False
    return True


@given(drafts())
def test_a_draft_without_problems_is_valid_and_each_problem_has_a_place(draft: Draft) -> None:
    found = problems(draft)
    event(f"{bool(found)} {is_valid(draft)}")
    assert Why.OTHER not in {problem.why for problem in found}
    if not found:
        assert is_valid(draft)
    beyond = {Why.NO_RIGHT_ANSWER, Why.NO_WRONG_ANSWER, Why.SEVERAL_RIGHT_ANSWERS, Why.MARKDOWN, Why.WORD_LIMITS}
    if is_valid(draft):
        assert {problem.why for problem in found} <= beyond
    assert all(problem.language in (None, *draft.offered) for problem in found)


def test_what_is_complete_has_no_problem() -> None:
    assert problems(small_draft()) == []


def test_each_missing_text_is_named_with_its_place_language_and_field() -> None:
    draft = editing.with_texts(small_draft(), Q1, "nb", {"text": " ", "option-b-feedback": ""})
    draft = editing.with_texts(draft, Place("c2", Group.CRITERIA), "en", {"level-l3-label": ""})
    draft = editing.with_texts(draft, Place("form"), "en", {"overall_prompt": ""})
    draft = editing.with_texts(draft, Place("name"), "nb", {"title": "x" * 201})
    assert set(problems(draft)) == {
        Problem(Q1, "nb", "text", Why.EMPTY),
        Problem(Q1, "nb", "option-b-feedback", Why.EMPTY),
        Problem(Place("c2", Group.CRITERIA), "en", "level-l3-label", Why.EMPTY),
        Problem(Place("form"), "en", "overall_prompt", Why.EMPTY),
        Problem(Place("name"), "nb", "title", Why.TOO_LONG, 200),
    }


def test_a_language_that_is_left_out_hinders_nothing() -> None:
    draft = editing.with_texts(small_draft(), Place("reading"), "nb", {"reading": ""})
    assert problems(draft)
    assert problems(draft.with_(left_out=("nb",))) == []


@pytest.mark.parametrize(
    ("kind", "right", "why"),
    [
        ("single", "", Why.NO_RIGHT_ANSWER),
        ("multiple", "abcd", Why.NO_WRONG_ANSWER),
        ("single", "ab", Why.SEVERAL_RIGHT_ANSWERS),
    ],
)
def test_a_question_needs_right_and_wrong_answers(kind: str, right: str, why: Why) -> None:
    draft = editing.with_answers(small_draft(), Q1, Answers(kind, frozenset(right)))
    assert problems(draft) == [Problem(Q1, None, "answers", why)]


def test_a_step_needs_what_it_is_made_of_and_what_belongs_to_no_step_is_not_asked_for() -> None:
    draft = small_draft().in_each(lambda text: text.with_(questions=(), essay_prompt=""))
    assert {(str(problem.place), problem.language) for problem in problems(draft)} == {
        ("questions", None),
        ("essay", "en"),
        ("essay", "nb"),
    }
    assert problems(small_draft().in_each(lambda text: text.with_(questions=())).with_(steps=(Step.ESSAY,))) == []


def test_markdown_that_would_not_be_shown_is_named_by_its_line() -> None:
    reading = "Fine.\n\nSee [this](page.html)."
    draft = editing.with_texts(small_draft(), Place("reading"), "nb", {"reading": reading})
    assert problems(draft) == [Problem(Place("reading"), "nb", "reading", Why.MARKDOWN, 3)]


def test_a_short_reading_is_no_problem_but_said() -> None:
    assert short_readings(small_draft()) == {"en": 5, "nb": 5}
