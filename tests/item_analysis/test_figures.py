"""The formulas, against straightforward definitions person by person."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.item_analysis import figures
from lti_tool.item_analysis.figures import TAIL, Alike

# A person's test: which of five questions they had right.
sheets = st.lists(st.tuples(*[st.booleans()] * 5), min_size=1, max_size=60)
Sheets = Sequence[tuple[bool, ...]]
counts = st.dictionaries(st.integers(0, 20), st.integers(1, 9), min_size=1)


def counted(people: Sheets, question: int = 0) -> list[Alike]:
    """Those who are alike together; who was right had chosen a, the others b."""
    found = Counter((sheet[question], sum(sheet)) for sheet in people)
    return [Alike(frozenset("a" if right else "b"), right, score, 5, n) for (right, score), n in found.items()]


def spread(values: dict[int, int]) -> list[int]:
    return [value for value, times in values.items() for _time in range(times)]


@given(sheets)
def test_discrimination_is_the_correlation_with_the_other_questions(people: Sheets) -> None:
    here = [float(sheet[0]) for sheet in people]
    others = [float(sum(sheet[1:])) for sheet in people]
    found = figures.item_rest_correlation(counted(people))
    if len(set(here)) < 2 or len(set(others)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(statistics.correlation(here, others), abs=1e-9)


@given(sheets)
def test_right_and_wrong_swapped_turns_discrimination_round(people: Sheets) -> None:
    swapped = [(not sheet[0], *sheet[1:]) for sheet in people]
    one, other = (figures.item_rest_correlation(counted(each)) for each in (people, swapped))
    assert (one is None) == (other is None)
    assert one is None or other is None or one == pytest.approx(-other, abs=1e-9)


@given(sheets)
def test_best_against_weakest_lies_between_the_orders_of_equals(people: Sheets) -> None:
    """Everybody a hundred times, so that no person is cut in two; of equals, those right come first or last."""
    size = int(TAIL * 100 * len(people))
    bounds = []
    for sign in (-1, 1):
        line = sorted((sheet for sheet in people for _copy in range(100)), key=lambda s: (sum(s), sign * s[0]))
        bounds.append(Fraction(sum(s[0] for s in line[-size:]) - sum(s[0] for s in line[:size]), size))
    found = figures.upper_lower_index(counted(people))
    assert found is not None
    assert min(bounds) - Fraction(1, 10**9) <= found <= max(bounds) + Fraction(1, 10**9)


def test_best_against_weakest_of_people_who_all_differ_counts_heads() -> None:
    scores = [Alike(frozenset(), n >= 73 or n < 9, n, 100, 1) for n in range(100)]
    assert figures.upper_lower_index(scores) == pytest.approx(1 - 9 / 27)


@given(sheets, st.integers(2, 5))
def test_people_doubled_or_in_another_order_change_no_figure(people: Sheets, times: int) -> None:
    once, often = counted(people), counted(list(reversed(people)) * times)
    for figure in (figures.item_rest_correlation, figures.upper_lower_index, figures.mean_others):
        assert figure(often) == pytest.approx(figure(once), abs=1e-9)


@given(sheets)
def test_figures_keep_within_their_bounds(people: Sheets) -> None:
    answers = counted(people)
    correlation, index = figures.item_rest_correlation(answers), figures.upper_lower_index(answers)
    assert correlation is None or -1 <= correlation <= 1
    assert index is not None
    assert -1 <= index <= 1
    chosen = figures.choices(answers, {"a": True, "b": False, "c": False})
    assert sum(choice.share for choice in chosen) == pytest.approx(1)
    assert chosen[2].others is None
    assert all(choice.others is None or 0 <= choice.others <= 1 for choice in chosen)


@given(sheets)
def test_reliability_is_cronbachs_alpha_of_right_and_wrong(people: Sheets) -> None:
    columns = list(zip(*people, strict=True))
    total = statistics.pvariance([sum(sheet) for sheet in people])
    found = figures.reliability(
        [statistics.fmean(column) for column in columns], Counter(sum(sheet) for sheet in people)
    )
    if total == 0:
        assert found is None
    else:
        alpha = 5 / 4 * (1 - sum(statistics.pvariance([int(right) for right in c]) for c in columns) / total)
        assert found == pytest.approx(alpha, abs=1e-9)


def test_questions_that_go_together_fully_are_fully_reliable() -> None:
    assert figures.reliability([0.5, 0.5, 0.5], {0: 10, 3: 10}) == pytest.approx(1)
    assert figures.reliability([0.5], {0: 1, 1: 1}) is None


@given(counts)
def test_middles_and_spread_of_counts_are_those_of_the_single_values(values: dict[int, int]) -> None:
    assert figures.median(values) == statistics.median(spread(values))
    assert figures.mean(values) == pytest.approx(statistics.fmean(spread(values)))
    assert figures.variance(values) == pytest.approx(statistics.pvariance(spread(values)), abs=1e-9)


def test_of_nobody_there_are_no_figures() -> None:
    for figure in (figures.item_rest_correlation, figures.upper_lower_index, figures.mean_others):
        assert figure([]) is None
    assert figures.median({}) is None
    assert figures.reliability([0.5, 0.5], {}) is None
    assert figures.choices([], {"a": True})[0].share == 0
