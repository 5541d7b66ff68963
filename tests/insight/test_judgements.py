"""How often each level was chosen, and how far evaluators of one essay lie apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.bars import parts
from lti_tool.insight.judgements import Judged, judgements

LEVELS = 4
evaluations = st.lists(
    st.tuples(st.integers(1, 6), st.fixed_dictionaries({"c1": st.none() | st.integers(0, LEVELS - 1)})), max_size=20
)


def test_levels_are_counted_and_what_is_unreadable_is_left_out() -> None:
    found = judgements("c1", LEVELS, [(1, {"c1": 0}), (1, {"c1": 3}), (2, {"c1": 3}), (3, {"c1": None})])
    assert found.levels == (1, 0, 0, 2)
    assert found.given == 3


def test_only_evaluations_of_the_same_essay_are_compared() -> None:
    found = judgements("c1", LEVELS, [(1, {"c1": 0}), (2, {"c1": 3}), (1, {"c1": 2}), (2, {"c1": 3}), (3, {"c1": 1})])
    assert found.apart == (1, 0, 1, 0)
    assert found.pairs == 2


def test_three_evaluations_of_an_essay_make_three_pairs() -> None:
    assert judgements("c1", LEVELS, [(1, {"c1": 0}), (1, {"c1": 1}), (1, {"c1": 3})]).apart == (0, 1, 1, 1)


@given(evaluations)
def test_nobody_is_lost_and_the_order_does_not_matter(judged: list[Judged]) -> None:
    found = judgements("c1", LEVELS, judged)
    assert found.given == sum(levels["c1"] is not None for _essay, levels in judged)
    assert found == judgements("c1", LEVELS, judged[::-1])


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5))
def test_the_pieces_of_a_bar_lie_side_by_side_and_fill_it(counts: list[int]) -> None:
    pieces = parts(counts)
    assert [piece.count for piece in pieces] == counts
    end = 0.0
    for piece in pieces:
        assert abs(piece.start - end) < 1e-9
        end = piece.start + piece.share
    assert abs(end - (1 if any(counts) else 0)) < 1e-9
