"""The rules of allocation, against exhaustive search for small pools and by property for all others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, islice, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lti_tool.peer_review import allocation
from lti_tool.peer_review.allocation import (
    RANDOM_CANDIDATES,
    RECIPROCAL_CANDIDATES,
    Arc,
    Edge,
    Placement,
    State,
    place,
)
from tests.peer_review.exact import check_exact


class Pool:
    """A pool in memory that hands over what the database would, and refuses what the database would refuse."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = random.Random(seed)
        self.states: dict[Arc, State] = {}
        self.given: dict[int, set[int]] = {}
        self.open: list[Arc] = []
        self.at: dict[Arc, int] = {}
        self.reciprocal: dict[Arc, None] = {}
        self.waiting: tuple[int, ...] = ()
        self.placed: list[int] = []
        self.most_handed_over = 0

    def join(self, author: int) -> Placement:
        self.waiting += (author,)
        return self.settle()

    def settle(self) -> Placement:
        candidates = self.candidates()
        ends = {end for arc in candidates for end in arc}
        known = [Edge(u, v, self.states[u, v]) for u in ends for v in self.given[u]]
        self.most_handed_over = max(self.most_handed_over, len(candidates) + len(known))
        placement = place(self.waiting, [Edge(*arc) for arc in candidates], known, self.rng.getrandbits(32))
        self.apply(placement)
        return placement

    def candidates(self) -> set[Arc]:
        sample = self.rng.sample(self.open, min(RANDOM_CANDIDATES, len(self.open)))
        return {*sample, *islice(self.reciprocal, RECIPROCAL_CANDIDATES)}

    def apply(self, placement: Placement) -> None:
        for edge in placement.removed:
            arc = edge.evaluator, edge.author
            assert self.states.pop(arc) is State.OPEN
            self.given[edge.evaluator].remove(edge.author)
            self._close(arc)
        for edge in placement.added:
            arc = edge.evaluator, edge.author
            assert arc not in self.states
            self.given.setdefault(edge.evaluator, set()).add(edge.author)
            self.set_state(arc, edge.state)
        for u, v in (*placement.paired, *placement.unpaired):
            self._note_reciprocal((u, v))
            self._note_reciprocal((v, u))
        self.waiting = placement.waiting
        self.placed.extend(placement.placed)

    def set_state(self, arc: Arc, state: State) -> None:
        if arc in self.at:
            self._close(arc)
        self.states[arc] = state
        if state is State.OPEN:
            self.at[arc] = len(self.open)
            self.open.append(arc)
        self._note_reciprocal(arc)

    def _close(self, arc: Arc) -> None:
        place, last = self.at.pop(arc), self.open.pop()
        if last != arc:
            self.open[place], self.at[last] = last, place
        self.reciprocal.pop(arc, None)

    def _note_reciprocal(self, arc: Arc) -> None:
        if arc in self.at and arc[::-1] in self.states:
            self.reciprocal[arc] = None
        else:
            self.reciprocal.pop(arc, None)

    def check(self) -> None:
        check_exact(self.placed, list(self.states))
        assert set(self.reciprocal) == {arc for arc in self.open if arc[::-1] in self.states}
        assert_nobody_waits_in_vain(self.waiting, self.open)


def assert_nobody_waits_in_vain(waiting: Sequence[int], open_arcs: Sequence[Arc]) -> None:
    assert len(waiting) <= 2
    if len(waiting) == 2:
        assert len(open_arcs) <= 1
    if waiting:
        assert not any(a != c and b != d for (a, b), (c, d) in combinations(open_arcs, 2))


def reciprocal_pairs(arcs: set[Arc]) -> int:
    return sum((v, u) in arcs for u, v in arcs) // 2


def applied(arcs: Sequence[Arc], placement: Placement) -> list[Arc]:
    removed = {(edge.evaluator, edge.author) for edge in placement.removed}
    return [arc for arc in arcs if arc not in removed] + [(edge.evaluator, edge.author) for edge in placement.added]


def fewest_reciprocal_pairs(fixed: set[Arc], evaluators: Sequence[int], authors: Counter[int], least: int) -> int:
    """Of all ways to give each evaluator an author; `least` is what is known to be possible."""
    if reciprocal_pairs(fixed) >= least or not evaluators:
        return min(least, reciprocal_pairs(fixed))
    first, *others = evaluators
    for author in authors:
        if author != first and (first, author) not in fixed:
            rest = authors - Counter([author])
            least = min(least, fewest_reciprocal_pairs(fixed | {(first, author)}, others, rest, least))
    return least


@cache
def pools_of(size: int) -> tuple[tuple[Arc, ...], ...]:
    """Every exact pool, one of those that differ by names only."""
    found: list[tuple[Arc, ...]] = []
    seen: set[frozenset[Arc]] = set()
    for arcs in _exact_pools(size, size):
        if frozenset(arcs) not in seen:
            found.append(arcs)
            seen.update(frozenset((p[u], p[v]) for u, v in arcs) for p in permutations(range(size)))
    return tuple(found)


def _exact_pools(size: int, evaluators: int) -> Iterator[tuple[Arc, ...]]:
    if evaluators == 0:
        yield ()
        return
    for arcs in _exact_pools(size, evaluators - 1):
        received = Counter(author for _, author in arcs)
        for pair in combinations([v for v in range(size) if v != evaluators - 1 and received[v] < 2], 2):
            yield arcs + tuple((evaluators - 1, author) for author in pair)


def edges(arcs: Sequence[Arc]) -> list[Edge]:
    return [Edge(*arc) for arc in arcs]


def open_subsets(arcs: Sequence[Arc]) -> Iterator[list[Arc]]:
    return (list(subset) for size in range(len(arcs) + 1) for subset in combinations(arcs, size))


def check_against_exhaustive_search(arcs: Sequence[Arc], open_arcs: Sequence[Arc], newcomers: Sequence[int]) -> None:
    placement = place(newcomers, edges(open_arcs), edges(arcs), seed=len(open_arcs))
    after = set(applied(arcs, placement))
    slots = [end for author in placement.placed for end in (author, author)]
    evaluators = sorted([u for u, _ in open_arcs] + slots)
    authors = Counter([v for _, v in open_arcs] + slots)
    least = reciprocal_pairs(after)
    assert fewest_reciprocal_pairs(set(arcs) - set(open_arcs), evaluators, authors, least) == least
    assert_nobody_waits_in_vain(placement.waiting, open_arcs)


@pytest.mark.parametrize(("size", "newcomers"), [(3, 0), (3, 1), (3, 2), (3, 3), (4, 0), (4, 1), (4, 2)])
def test_no_rewiring_of_a_small_pool_has_fewer_reciprocal_pairs(size: int, newcomers: int) -> None:
    for arcs in pools_of(size):
        for open_arcs in open_subsets(arcs):
            check_against_exhaustive_search(arcs, open_arcs, range(size, size + newcomers))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_rewiring_of_five_or_six_has_fewer_reciprocal_pairs(data: st.DataObject) -> None:
    size = data.draw(st.integers(5, 6))
    arcs = data.draw(st.sampled_from(pools_of(size)))
    open_arcs = data.draw(st.lists(st.sampled_from(arcs), unique=True, max_size=8))
    newcomers = data.draw(st.integers(0, 2))
    check_against_exhaustive_search(arcs, open_arcs, range(size, size + newcomers))


def test_the_first_three_evaluate_one_another() -> None:
    pool = Pool()
    assert pool.join(7).added == pool.join(5).added == ()
    assert pool.waiting == (7, 5)
    placement = pool.join(6)
    assert placement.placed == (7, 5, 6)
    assert set(pool.states) == set(permutations((5, 6, 7), 2))
    assert placement.paired == ((5, 6), (5, 7), (6, 7))


def test_a_splice_replaces_two_edges_by_four() -> None:
    arcs = [(1, 2), (3, 4)]
    placement = place([9], edges(arcs), edges(arcs), seed=1)
    assert placement.removed == tuple(edges(arcs))
    assert placement.added == tuple(edges([(1, 9), (3, 9), (9, 2), (9, 4)]))


def test_a_reciprocal_pair_is_taken_apart_first() -> None:
    arcs = [(1, 2), (2, 1), (3, 4), (5, 6), (7, 8)]
    placement = place([9], edges(arcs), edges(arcs), seed=1)
    assert placement.unpaired == ((1, 2),)
    assert len(placement.removed) == 2


def test_a_repair_moves_no_more_than_it_must() -> None:
    arcs = [(1, 2), (2, 1), (3, 4), (5, 6)]
    placement = place([], edges(arcs[:1] + arcs[2:]), edges(arcs), seed=1)
    assert placement.unpaired == ((1, 2),)
    assert len(placement.removed) == 2


@pytest.mark.parametrize("shared", [[(0, 1), (0, 2)], [(1, 0), (2, 0)]])
def test_two_open_edges_with_a_common_end_take_two_newcomers_but_not_one(shared: list[Arc]) -> None:
    assert place([8], edges(shared), edges(shared), seed=1).waiting == (8,)
    assert place([8, 9], edges(shared), edges(shared), seed=1).placed == (8, 9)


def test_one_open_edge_makes_two_wait_and_softens_the_ring_of_three() -> None:
    arcs = [(0, 1)]
    assert place([7, 8], edges(arcs), edges(arcs), seed=1).waiting == (7, 8)
    placement = place([7, 8, 9], edges(arcs), edges(arcs), seed=1)
    assert placement.placed == (7, 8, 9)
    assert len(placement.paired) == 2


def test_an_evaluation_given_back_lets_a_waiting_author_in() -> None:
    pool = Pool()
    for author in range(3):
        pool.join(author)
    for arc in list(pool.states):
        pool.set_state(arc, State.STARTED)
    assert pool.join(3).waiting == (3,)
    for arc in ((0, 1), (1, 2)):
        pool.set_state(arc, State.OPEN)
    assert pool.settle().placed == (3,)
    pool.check()


@pytest.mark.parametrize("state", [State.STARTED, State.FINISHED])
def test_a_begun_evaluation_is_no_candidate(state: State) -> None:
    with pytest.raises(ValueError, match="open"):
        place([9], [Edge(1, 2, state), Edge(3, 4)], [], seed=1)


@pytest.mark.parametrize("waiting", [[1], [4], [9, 9]])
def test_a_placed_author_is_not_placed_again(waiting: list[int]) -> None:
    with pytest.raises(ValueError, match="already placed"):
        place(waiting, edges([(1, 2), (3, 4)]), [], seed=1)


@given(st.integers(3, 60), st.integers())
def test_any_number_at_once_is_exact_without_reciprocal_pairs_from_five_on(size: int, seed: int) -> None:
    pool = Pool(seed)
    for author in range(size):
        pool.join(author)
    pool.check()
    assert pool.waiting == ()
    assert reciprocal_pairs(set(pool.states)) == {3: 3, 4: 2}.get(size, 0)


@given(st.integers(3, 20), st.integers())
def test_a_queue_placed_in_one_call_is_as_good(size: int, seed: int) -> None:
    placement = place(range(size), [], [], seed)
    arcs = applied([], placement)
    check_exact(range(size), arcs)
    assert placement.removed == ()
    assert reciprocal_pairs(set(arcs)) == {3: 3, 4: 2}.get(size, 0)


def test_a_newcomer_brings_no_reciprocal_pair_beside_seven_open_edges() -> None:
    for arcs in pools_of(5):
        for open_arcs in combinations(arcs, 7):
            placement = place([5], edges(open_arcs), edges(arcs), seed=1)
            assert len(placement.paired) <= len(placement.unpaired)
            assert reciprocal_pairs(set(arcs)) or len(placement.removed) == 2


def test_a_search_cut_short_leaves_a_reciprocal_pair_but_an_exact_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, open_arcs = [(0, 1), (2, 0), (3, 1), (3, 2)], [(0, 2), (1, 0), (1, 3), (2, 3)]

    def outcomes() -> set[int]:
        pools = [
            applied(begun + open_arcs, place([4], edges(open_arcs), edges(begun + open_arcs), seed))
            for seed in range(50)
        ]
        for pool in pools:
            check_exact(range(5), pool)
        return {reciprocal_pairs(set(pool)) for pool in pools}

    assert outcomes() == {0}
    monkeypatch.setattr(allocation, "SEARCH_STEPS", 0)
    assert outcomes() > {0}


@given(st.integers(5, 30), st.integers(), st.randoms(use_true_random=False))
def test_the_seed_alone_decides(size: int, seed: int, rng: random.Random) -> None:
    arcs = [(u, (u + step) % size) for u in range(size) for step in (1, 2)]
    candidates = edges(arcs[:RANDOM_CANDIDATES])
    first = place([size, size + 1], candidates, edges(arcs), seed)
    shuffled = rng.sample(candidates, len(candidates))
    assert place([size, size + 1], shuffled, rng.sample(edges(arcs), len(arcs)), seed) == first


def test_whom_a_newcomer_gets_cannot_be_foreseen() -> None:
    arcs = [(u, (u + step) % 9) for u in range(9) for step in (1, 2)]
    seen = {place([9], edges(arcs[:8]), edges(arcs), seed).added for seed in range(200)}
    apart = [(e, f) for e, f in combinations(arcs[:8], 2) if len({*e, *f}) == 4]
    assert len(seen) == len(apart)


def test_twenty_thousand_arrivals_each_look_at_a_bounded_number_of_edges() -> None:
    pool = Pool(3)
    for author in range(20_000):
        pool.join(author)
    # Twelve candidates, and the two evaluations that each of their twenty-four ends gives.
    assert pool.most_handed_over <= 12 + 48
    assert reciprocal_pairs(set(pool.states)) == 0
    check_exact(pool.placed, list(pool.states))


class ATerm(RuleBasedStateMachine):
    """Authors arrive while evaluations are begun, finished and given back."""

    @initialize(seed=st.integers())
    def opens(self, seed: int) -> None:
        self.pool = Pool(seed)
        self.arrived = 0
        self.begun: set[Arc] = set()

    @rule(count=st.integers(1, 4))
    def arrive(self, count: int) -> None:
        for _ in range(count):
            self.pool.join(self.arrived)
            self.arrived += 1

    @precondition(lambda self: self.pool.open)
    @rule(data=st.data(), state=st.sampled_from([State.STARTED, State.FINISHED]))
    def begin(self, data: st.DataObject, state: State) -> None:
        arc = data.draw(st.sampled_from(self.pool.open))
        self.pool.set_state(arc, state)
        self.begun.add(arc)

    @precondition(lambda self: self.pool.open)
    @rule(left=st.integers(0, 3))
    def begin_nearly_all(self, left: int) -> None:
        for arc in self.pool.open[left:]:
            self.pool.set_state(arc, State.STARTED)
            self.begun.add(arc)

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        arc = data.draw(st.sampled_from(sorted(self.begun)))
        self.pool.set_state(arc, State.OPEN)
        self.begun.remove(arc)
        self.pool.settle()

    @invariant()
    def everyone_is_served(self) -> None:
        self.pool.check()
        assert len(self.pool.placed) + len(self.pool.waiting) == self.arrived

    @invariant()
    def begun_evaluations_stay(self) -> None:
        assert all(self.pool.states.get(arc) not in (None, State.OPEN) for arc in self.begun)


ATerm.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestATerm = ATerm.TestCase
