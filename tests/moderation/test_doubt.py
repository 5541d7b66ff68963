"""From figures about an evaluation to reasons to look at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.moderation.doubt import (
    Figures,
    Reason,
    doubt_points,
    largest_gap,
    reasons,
    seconds_to_read,
    seconds_to_write,
)

ORDINARY = Figures(words=120, distinct_words=80, words_min=60, seconds=1500, seconds_needed=200, gap=1, gap_on="c1")
FIGURES = st.builds(
    Figures,
    words=st.integers(0, 2000),
    distinct_words=st.integers(0, 2000),
    words_min=st.integers(1, 500),
    seconds=st.integers(0, 10**6),
    seconds_needed=st.integers(1, 5000),
    gap=st.none() | st.integers(0, 3),
    copied_share=st.none() | st.floats(0.01, 1),
    flagged=st.booleans(),
    not_useful=st.booleans(),
)


def test_an_ordinary_evaluation_is_undoubtful() -> None:
    assert reasons(ORDINARY) == {}
    assert doubt_points(ORDINARY) == 0


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        (replace(ORDINARY, flagged=True), Reason.FLAGGED),
        (replace(ORDINARY, copied_share=0.82), Reason.COPIED),
        (replace(ORDINARY, gap=2), Reason.GAP),
        (replace(ORDINARY, seconds=100), Reason.FAST),
        (replace(ORDINARY, distinct_words=30), Reason.REPEATED),
        (replace(ORDINARY, not_useful=True), Reason.NOT_USEFUL),
        (replace(ORDINARY, words=62, distinct_words=50), Reason.SHORT),
    ],
    ids=str,
)
def test_each_reason_can_stand_alone(worse: Figures, reason: Reason) -> None:
    assert list(reasons(worse)) == [reason]
    assert doubt_points(worse) > 0


def test_what_the_author_says_weighs_most() -> None:
    assert doubt_points(replace(ORDINARY, flagged=True)) >= doubt_points(replace(ORDINARY, copied_share=1.0))
    found = reasons(replace(ORDINARY, flagged=True, gap=3, seconds=190))
    assert list(found) == [Reason.FLAGGED, Reason.GAP, Reason.FAST]


@given(FIGURES, st.sampled_from(["gap", "copied_share", "flagged", "not_useful"]), st.data())
@settings(max_examples=150)
def test_more_of_what_is_doubtful_never_makes_less_doubt(figures: Figures, name: str, data: st.DataObject) -> None:
    now = getattr(figures, name) or 0
    more: Any = data.draw(
        {"gap": st.integers(int(now), 3), "copied_share": st.floats(float(now), 1)}.get(name, st.just(True))
    )
    assert doubt_points(replace(figures, **{name: more})) >= doubt_points(figures)


@given(FIGURES, st.sampled_from(["seconds", "distinct_words"]), st.data())
@settings(max_examples=150)
def test_less_care_never_makes_less_doubt(figures: Figures, name: str, data: st.DataObject) -> None:
    less: Any = data.draw(st.integers(0, getattr(figures, name)))
    assert doubt_points(replace(figures, **{name: less})) >= doubt_points(figures)


@given(FIGURES)
def test_points_are_those_of_the_reasons_and_the_weightiest_comes_first(figures: Figures) -> None:
    found = list(reasons(figures).values())
    assert doubt_points(figures) == sum(found)
    assert found == sorted(found, reverse=True)
    assert all(points > 0 for points in found)


def test_the_gap_is_that_of_the_criterion_on_which_they_differ_most() -> None:
    own = {"c1": 0, "c2": 3, "c3": 1}
    assert largest_gap(own, [{"c1": 1, "c2": 0, "c3": 1}]) == ("c2", 3)
    assert largest_gap(own, [{"c1": 0, "c2": 3}, {"c3": 3}]) == ("c3", 2)
    assert largest_gap(own, [dict(own)]) == ("c1", 0)
    assert largest_gap(own, []) is None
    assert largest_gap(own, [{"another": 2}]) is None


def test_reading_goes_faster_than_writing() -> None:
    assert (seconds_to_read(400), seconds_to_write(120)) == (80, 90)
