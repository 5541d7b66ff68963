"""Guarantee 9: whom one is kept apart from comes last, and whom one has met in another module comes last but one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.peer_review.allocation import RANDOM_CANDIDATES, Arc, Edge, place
from lti_tool.peer_review.healing import CANDIDATES, mend
from lti_tool.peer_review.reading import APART, MET

RING = [(u, (u + step) % 12) for u in range(12) for step in (1, 2)]
GIVER, RECEIVER = 12, 13


def avoided(arcs: list[Arc]) -> st.SearchStrategy[dict[Arc, int]]:
    weights = st.lists(st.sampled_from([0, MET, APART]), min_size=len(arcs), max_size=len(arcs))
    return weights.map(lambda found: {arc: weight for arc, weight in zip(arcs, found, strict=True) if weight})


def weight(avoid: dict[Arc, int], arcs: Iterable[Arc]) -> int:
    return sum(avoid.get(arc, 0) for arc in arcs)


@given(
    st.lists(st.sampled_from(RING), unique=True, max_size=CANDIDATES),
    avoided([(GIVER, RECEIVER), *((GIVER, n) for n in range(12)), *((n, RECEIVER) for n in range(12))]),
    st.integers(),
)
def test_no_other_way_to_fill_a_place_would_be_lighter(movable: list[Arc], avoid: dict[Arc, int], seed: int) -> None:
    ways = [[(GIVER, RECEIVER)], *([(GIVER, author), (evaluator, RECEIVER)] for evaluator, author in movable)]
    added = mend([GIVER], [RECEIVER], movable, RING, avoid=avoid, seed=seed).added
    assert weight(avoid, added) <= min(weight(avoid, way) for way in ways)


@given(
    st.lists(st.sampled_from(RING), unique=True, min_size=3, max_size=RANDOM_CANDIDATES),
    avoided([arc for n in range(12) for arc in ((GIVER, n), (n, GIVER))]),
    st.integers(),
)
def test_no_other_place_for_a_newcomer_would_be_lighter(drawn: list[Arc], avoid: dict[Arc, int], seed: int) -> None:
    ways = [
        [(a, GIVER), (GIVER, b), (c, GIVER), (GIVER, d)]
        for (a, b), (c, d) in combinations(drawn, 2)
        if a != c and b != d
    ]
    placement = place([GIVER], [Edge(*arc) for arc in drawn], [Edge(*arc) for arc in RING], seed, avoid)
    added = [(edge.evaluator, edge.author) for edge in placement.added]
    assert weight(avoid, added) <= min(weight(avoid, way) for way in ways)


def test_two_who_have_met_are_rather_handed_out_than_one_who_is_kept_apart() -> None:
    avoid = {(1, 3): APART, (1, 4): MET, (2, 3): MET}
    assert mend([1, 2], [3, 4], [], [], avoid=avoid).added == ((1, 4), (2, 3))
