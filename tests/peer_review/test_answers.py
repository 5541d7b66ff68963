"""What an evaluation has to say before it can be submitted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.peer_review.answers import Answers, CriterionAnswer, Gap, fitted, gaps
from tests.cast import small_module

FORM = small_module().text_in("en").form
KEYS = [criterion.key for criterion in FORM.criteria]
LEVELS = ["", *(level.key for level in FORM.criteria[0].levels)]
WORDS_MIN = 3

comments = st.text() | st.lists(st.sampled_from(["word", "så", "–", "\r\n"])).map(" ".join)
answer = st.builds(CriterionAnswer, level=st.sampled_from(LEVELS), comment=comments)
answers = st.builds(Answers, criteria=st.dictionaries(st.sampled_from(KEYS), answer), overall=comments)


@given(answers)
def test_what_is_stored_is_stored_the_same_again(given_answers: Answers) -> None:
    stored = fitted(given_answers, FORM)
    assert list(stored.criteria) == KEYS
    assert fitted(Answers.model_validate(stored.stored()), FORM) == stored


@given(answers)
def test_fitting_keeps_every_level_and_every_line(given_answers: Answers) -> None:
    stored = fitted(given_answers, FORM)
    assert {key: stored.of(key).level for key in KEYS} == {key: given_answers.of(key).level for key in KEYS}
    assert gaps(stored, FORM, WORDS_MIN) == gaps(given_answers, FORM, WORDS_MIN)


@given(st.text(min_size=1).filter(lambda key: key not in KEYS), answer)
def test_a_criterion_of_another_form_is_refused(key: str, given_answer: CriterionAnswer) -> None:
    with pytest.raises(ValueError, match="unknown"):
        fitted(Answers(criteria={key: given_answer}), FORM)


@given(st.sampled_from(KEYS), st.text(min_size=1).filter(lambda level: level not in LEVELS))
def test_a_level_of_another_form_is_refused(key: str, level: str) -> None:
    with pytest.raises(ValueError, match="level"):
        fitted(Answers(criteria={key: CriterionAnswer(level=level)}), FORM)


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.integers(0, 6)), min_size=2, max_size=2), st.integers(0, 6))
def test_guarantee_12_a_gap_for_each_missing_level_and_each_short_comment(
    given_criteria: list[tuple[str, int]], overall: int
) -> None:
    criteria = {
        key: CriterionAnswer(level=level, comment="word " * words)
        for key, (level, words) in zip(KEYS, given_criteria, strict=True)
    }
    expected: list[Gap] = []
    for key, (level, words) in zip(KEYS, given_criteria, strict=True):
        expected += [] if level else [Gap(key, None)]
        expected += [] if words >= WORDS_MIN else [Gap(key, words)]
    expected += [] if overall >= WORDS_MIN else [Gap(None, overall)]
    assert gaps(Answers(criteria=criteria, overall="word " * overall), FORM, WORDS_MIN) == expected


def test_nothing_at_all_lacks_everything() -> None:
    assert len(gaps(Answers(), FORM, WORDS_MIN)) == 2 * len(KEYS) + 1
