"""What a side of the final evaluation has to say before it can be submitted."""

from __future__ import annotations

import pytest

from lti_tool.course_module.answers import NOT_SEEN, TEXTS, Answers, Judged, Level, fitted, gaps

OUTCOMES = ("safety", "questions")


def answers(level: str, text: str = "Something") -> Answers:
    return Answers(outcomes={key: Judged(level=level) for key in OUTCOMES}, **dict.fromkeys(TEXTS, text))


@pytest.mark.parametrize("level", [*Level, NOT_SEEN])
def test_levels_and_texts_are_enough_without_comments(level: str) -> None:
    assert gaps(answers(level), OUTCOMES) == []


def test_what_is_missing_comes_in_the_order_of_the_form() -> None:
    assert gaps(Answers(), OUTCOMES) == ["level-safety", "level-questions", "development", "works", "change"]
    assert gaps(answers("secure", "  \n"), OUTCOMES) == list(TEXTS)


@pytest.mark.parametrize(
    "wrong", [{"safety": Judged(level="l5")}, {"no-such": Judged(level="secure")}, {"no-such": Judged()}]
)
def test_answers_to_another_form_are_refused(wrong: dict[str, Judged]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        fitted(Answers(outcomes=wrong), OUTCOMES)


def test_what_is_stored_has_every_outcome_and_text_that_can_be_stored() -> None:
    given = Answers(outcomes={"questions": Judged(comment="a\x00b\r\nc")}, works="\ud800")
    kept = fitted(given, OUTCOMES)
    assert list(kept.outcomes) == list(OUTCOMES)
    assert kept.of("questions").comment == "a b\nc"
    assert kept.works == " "
