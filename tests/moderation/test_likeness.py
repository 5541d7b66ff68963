"""How much of one evaluation stands in another: copies are found, what everybody writes is not one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.moderation.likeness import Library, share_in, unquoted, words_of

COMMENTS = (
    "You describe clearly how the student came to you with a half finished proof and what you asked first. "
    "It would help to hear what the student answered.",
    "The goal is stated in the first paragraph, and each of the examples comes back to it later on.",
    "Your own part in the conversation stays a little in the dark: tell us more about why you chose to wait.",
)
OTHERS = (
    "The text begins slowly, yet the second half shows a teacher who listens and who changes plans when needed.",
    "I like the way you compare both groups, although the comparison with last year needs some figures.",
    "Nothing is said about what the assistants agreed on beforehand, which would explain the confusion.",
)
WORDS = st.lists(st.sampled_from(["a", "be", "see", "deer", "eagle", "falcon"]), max_size=40)


def library(*evaluations: tuple[str, ...]) -> Library[int]:
    return Library({number: " ".join(comments) for number, comments in enumerate(evaluations)}, evaluations.__getitem__)


def share(comments: tuple[str, ...], other: tuple[str, ...] = COMMENTS, essay: str = "") -> float:
    found = library(comments, other).most_alike(0, {1}, essay)
    return found[1] if found else 0


def test_the_same_again_is_a_copy_whatever_the_order_and_the_capitals() -> None:
    assert share(COMMENTS) == 1
    assert share(tuple(comment.upper() for comment in reversed(COMMENTS))) == 1


def test_a_few_changed_words_leave_it_a_copy() -> None:
    changed = tuple(comment.replace("student", "learner").replace("clearly", "well") for comment in COMMENTS)
    assert 0.7 < share(changed) < 1


def test_a_comment_that_is_copied_is_its_share_of_the_whole() -> None:
    copied, own = (len(words_of(comment)) for comment in (COMMENTS[0], " ".join(OTHERS[1:])))
    assert share((COMMENTS[0], *OTHERS[1:])) == pytest.approx(copied / (copied + own))
    assert share((f"{OTHERS[0]} {COMMENTS[0]}", *OTHERS[1:])) < copied / (copied + own)


def test_comments_of_ones_own_are_no_copy() -> None:
    assert share(OTHERS) == 0
    assert share(()) == share(("",)) == share(OTHERS, ()) == 0


def test_the_one_that_holds_the_most_of_it_is_named() -> None:
    shelf = library(COMMENTS, (COMMENTS[0],), COMMENTS[:2], OTHERS, COMMENTS)
    most = share_in(list(map(words_of, COMMENTS)), map(words_of, COMMENTS[:2]))
    assert shelf.most_alike(0, {1, 2, 3}) == (2, most)
    assert shelf.most_alike(0, {3}) is None
    assert shelf.most_alike(0, set()) is None


def test_a_copy_is_found_among_many_who_use_the_same_words() -> None:
    words = " ".join(OTHERS).split()
    many = [(" ".join(words[n % 40 :] + words[: n % 40]) + f" x{n}",) for n in range(200)]
    assert library(COMMENTS, *many, (*many[7], COMMENTS[0], COMMENTS[2])).most_alike(0, range(1, 202)) is not None


def test_what_both_quote_from_the_essay_is_no_copy() -> None:
    essay = "So I said nothing and let the silence work until one of them drew the first honest diagram of the day."
    own = (f"You write: {essay} That is brave.", OTHERS[0])
    other = (f"The sentence {essay} is the best of all.", COMMENTS[0])
    assert share(own, other) > 0.3
    assert share(own, other, essay) == 0


@pytest.mark.parametrize("phrase", ["Good essay!", "Well done, keep going.", "I think this is a good essay to read."])
def test_stock_phrases_are_no_copy(phrase: str) -> None:
    own = tuple(f"{phrase} {comment}" for comment in OTHERS)
    assert share(own, (phrase, *COMMENTS)) == 0
    assert share((phrase,) * 2, (phrase,) * 3) == 0


@given(WORDS, WORDS)
@settings(max_examples=100)
def test_the_share_lies_between_none_and_all(own: list[str], other: list[str]) -> None:
    assert 0 <= share_in([own], [other]) <= 1
    assert share_in([own], [own]) in ((1, 0) if len(own) >= 20 else (0,))


@given(st.lists(st.integers(0, 10**6), min_size=20, max_size=60, unique=True), st.data())
@settings(max_examples=100)
def test_copying_more_of_it_never_makes_the_share_less(numbers: list[int], data: st.DataObject) -> None:
    other = [f"w{number}" for number in numbers]
    less = data.draw(st.integers(0, len(other)))
    more = data.draw(st.integers(less, len(other)))
    shares = [
        share_in([other[:copied] + [f"own{n}" for n in range(len(other) - copied)]], [other]) for copied in (less, more)
    ]
    assert shares == sorted(shares)


@given(WORDS, WORDS)
def test_nothing_is_left_of_a_quotation(own: list[str], source: list[str]) -> None:
    assert unquoted(own, own) == (own if len(own) < 5 else [])
    assert len(unquoted(own, source)) <= len(own)
