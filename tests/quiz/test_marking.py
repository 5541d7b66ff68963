"""How a test is marked."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.quiz.marking import is_right, mark, needed_to_pass

OPTIONS = st.sampled_from("abcdef")
CHOSEN = st.frozensets(OPTIONS)
SOLUTIONS = st.dictionaries(
    st.sampled_from([f"q{n}" for n in range(8)]), st.frozensets(OPTIONS, min_size=1), min_size=1
)
ANSWERS = st.dictionaries(st.sampled_from([f"q{n}" for n in range(10)]), CHOSEN)
SHARES = st.integers(1, 100).map(lambda percent: percent / 100)


def test_two_of_three_pass_at_sixty_per_cent() -> None:
    solutions = {"q1": {"a"}, "q2": {"b"}, "q3": {"a", "b"}}
    marks = mark(solutions, {"q1": ["a"], "q2": ["c"], "q3": ["b", "a"]}, 0.6)
    assert (marks.right, marks.total, marks.needed, marks.passed) == (2, 3, 2, True)
    assert marks.right_questions == {"q1", "q3"}


def test_half_an_answer_with_several_right_options_is_wrong() -> None:
    assert not is_right({"a", "b"}, {"a"})


def test_one_option_too_many_is_wrong() -> None:
    assert not is_right({"a", "b"}, {"a", "b", "c"})


@pytest.mark.parametrize(
    ("total", "share", "needed"),
    [(14, 0.8, 12), (15, 0.8, 12), (10, 0.7, 7), (3, 0.6, 2), (100, 0.29, 29), (5, 0.01, 1)],
)
def test_the_pass_mark_is_what_the_author_wrote_and_not_its_binary_neighbour(
    total: int, share: float, needed: int
) -> None:
    assert needed_to_pass(total, share) == needed


@given(st.integers(1, 200), st.integers(1, 100))
def test_the_pass_mark_is_the_smallest_number_that_reaches_the_share(total: int, percent: int) -> None:
    needed = needed_to_pass(total, percent / 100)
    assert 1 <= needed <= total
    assert Fraction(needed, total) >= Fraction(percent, 100)
    assert needed == 1 or Fraction(needed - 1, total) < Fraction(percent, 100)


@given(SOLUTIONS, ANSWERS, SHARES, st.randoms())
def test_no_order_matters(solutions, answers, share, random) -> None:  # type: ignore[no-untyped-def]
    questions = list(solutions.items())
    random.shuffle(questions)
    given_answers = [(key, random.sample(sorted(chosen), len(chosen))) for key, chosen in answers.items()]
    random.shuffle(given_answers)
    assert mark(dict(questions), dict(given_answers), share) == mark(solutions, answers, share)


@given(SOLUTIONS, SHARES)
def test_answering_everything_rightly_passes_and_answering_nothing_does_not(
    solutions: dict[str, frozenset[str]], share: float
) -> None:
    assert mark(solutions, solutions, share).passed
    nothing = mark(solutions, {key: frozenset() for key in solutions}, share)
    assert nothing.right == 0
    assert not nothing.passed
    assert nothing == mark(solutions, {}, share)


@given(SOLUTIONS, ANSWERS, SHARES)
def test_putting_one_answer_right_never_lowers_the_result(
    solutions: dict[str, frozenset[str]], answers: dict[str, frozenset[str]], share: float
) -> None:
    before = mark(solutions, answers, share)
    for key, solution in solutions.items():
        after = mark(solutions, answers | {key: solution}, share)
        assert after.right_questions == before.right_questions | {key}
        assert after.passed >= before.passed


@given(SOLUTIONS, ANSWERS, SHARES, st.text(min_size=2))
def test_an_unknown_option_makes_its_answer_wrong_and_no_other(
    solutions: dict[str, frozenset[str]], answers: dict[str, frozenset[str]], share: float, unknown: str
) -> None:
    before = mark(solutions, answers, share)
    for key, chosen in answers.items():
        after = mark(solutions, answers | {key: chosen | {unknown}}, share)
        assert after.right_questions == before.right_questions - {key}


@given(SOLUTIONS, ANSWERS, SHARES)
def test_answers_to_unknown_questions_count_for_nothing(
    solutions: dict[str, frozenset[str]], answers: dict[str, frozenset[str]], share: float
) -> None:
    known = {key: chosen for key, chosen in answers.items() if key in solutions}
    assert mark(solutions, answers, share) == mark(solutions, known, share)
