"""The order of options within an attempt."""

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.quiz.models import LARGEST_SEED
from lti_tool.quiz.shuffle import shuffled

KEYS = st.lists(st.text(max_size=5), unique=True)
SEEDS = st.integers(0, LARGEST_SEED)


@given(KEYS, SEEDS)
def test_every_option_is_there_once(keys: list[str], seed: int) -> None:
    assert sorted(shuffled(keys, seed, "q1")) == sorted(keys)


@given(KEYS, SEEDS)
def test_the_order_follows_from_the_seed_and_not_from_the_authors_order(keys: list[str], seed: int) -> None:
    assert shuffled(keys, seed, "q1") == shuffled(reversed(keys), seed, "q1")


def test_an_order_of_today_is_the_order_of_tomorrow() -> None:
    assert shuffled("abcd", 7, "q1") == ["b", "d", "c", "a"]


def test_attempts_and_questions_differ() -> None:
    by_seed = {tuple(shuffled("abcd", seed, "q1")) for seed in range(200)}
    by_question = {tuple(shuffled("abcd", 1, f"q{number}")) for number in range(200)}
    assert len(by_seed) == len(by_question) == 24
