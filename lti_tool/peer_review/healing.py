"""Who takes over what a drop-out leaves: every place that can be filled is, by moving as few others as can be.

An arc runs from an evaluator to the author of the essay. Nothing that was begun is ever moved.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lti_tool.peer_review.allocation import NOTHING, Arc, Avoided

# Places left open, what the arcs to be avoided weigh, arcs moved, pairs who evaluate each other: the first weighs most.
Cost: TypeAlias = tuple[int, int, int, int]

# At most eight open arcs are of no use to a giver and a receiver: those to essays the giver has already, and those of
# evaluators the receiver has already.
CANDIDATES = 12
# Bounds of the search, whose cost is exponential. A place that stays open for it is tried again with every change.
MOST_PLACES = 6
STEPS = 500


@dataclass(frozen=True, slots=True)
class Mending:
    """What to change, at once; who was not served is named once for each place that stays open."""

    removed: tuple[Arc, ...]
    added: tuple[Arc, ...]
    givers: tuple[int, ...]
    receivers: tuple[int, ...]


def mend(
    givers: Sequence[int],
    receivers: Sequence[int],
    movable: Iterable[Arc],
    known: Iterable[Arc],
    *,
    avoid: Avoided = NOTHING,
    seed: int = 0,
) -> Mending:
    """Give the `givers` essays of the `receivers`, each named once for each open place, the longest wait first.

    `movable`: CANDIDATES open arcs drawn at random, or all there are. `known`: every arc, whatever its state, from
    anybody named. The order of neither matters, and equal input gives an equal answer.

    Fills as many places as can be (of MOST_PLACES on each side); with these, makes arcs of `avoid` that weigh least;
    with these, moves fewest arcs; with these, makes fewest pairs who evaluate each other. STEPS bound each of its
    searches.
    """
    shuffled = sorted(movable)
    before = {*known, *shuffled}
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a run must be repeatable
    search = _Search(before, shuffled, list(receivers[:MOST_PLACES]), avoid)
    after = search.serve(list(givers[:MOST_PLACES]))
    removed, added = before - after, after - before
    gives = Counter(u for u, _ in added) - Counter(u for u, _ in removed)
    gets = Counter(v for _, v in added) - Counter(v for _, v in removed)
    return Mending(tuple(sorted(removed)), tuple(sorted(added)), _left(givers, gives), _left(receivers, gets))


def _left(named: Sequence[int], served: Counter[int]) -> tuple[int, ...]:
    """Who of `named` is wanting when the first of each name are served."""
    left = []
    for author in named:
        if served[author] > 0:
            served[author] -= 1
        else:
            left.append(author)
    return tuple(left)


class _Search:
    """Serves one giver after the other: with a free essay, or with that of somebody who is then served next."""

    def __init__(self, arcs: set[Arc], movable: list[Arc], receivers: list[int], avoid: Avoided) -> None:
        self.arcs = arcs.copy()
        self.movable = movable
        self.free = Counter(receivers)
        self.avoid = avoid
        self.best = arcs
        self.best_cost: Cost | None = None
        self.steps = self.most_moved = 0

    def serve(self, givers: list[int]) -> set[Arc]:
        """The arcs as they are then. Looks for ways that move nothing first, then for those that move one, and on."""
        least = max(0, len(givers) - self.free.total()), 0
        for self.most_moved in range(len(givers) + 2):
            self.steps = STEPS
            self._serve(givers, (0, 0, 0, 0))
            if self.best_cost is not None and self.best_cost[:2] == least:
                break
        return self.best

    def _serve(self, givers: list[int], cost: Cost, *, displaced: bool = False) -> None:
        unavoidable = max(0, len(givers) - self.free.total())
        hoped = (cost[0] + unavoidable, *cost[1:])
        if self.steps == 0 or (self.best_cost is not None and hoped >= self.best_cost):
            return
        self.steps -= 1
        if not givers:
            self.best, self.best_cost = self.arcs.copy(), cost
            return
        giver, others = givers[0], givers[1:]
        for receiver in [author for author, left in self.free.items() if left]:
            self._give(giver, receiver, others, cost)
        if self.free.total() and cost[2] < self.most_moved:
            for arc in self.movable:
                self._move(giver, arc, others, cost)
        if not displaced:
            self._serve(others, (cost[0] + 1, *cost[1:]))

    def _give(self, giver: int, receiver: int, others: list[int], cost: Cost) -> None:
        if self._fits(giver, receiver):
            self.free[receiver] -= 1
            self._with(giver, receiver, others, cost)
            self.free[receiver] += 1

    def _move(self, giver: int, arc: Arc, others: list[int], cost: Cost) -> None:
        """The giver takes what `arc` gives, and its evaluator is served next."""
        evaluator, author = arc
        if arc in self.arcs and self._fits(giver, author):
            self.arcs.remove(arc)
            moved = cost[0], cost[1], cost[2] + 1, cost[3]
            self._with(giver, author, [evaluator, *others], moved, displaced=True)
            self.arcs.add(arc)

    def _fits(self, giver: int, receiver: int) -> bool:
        return giver != receiver and (giver, receiver) not in self.arcs

    def _with(self, giver: int, receiver: int, others: list[int], cost: Cost, *, displaced: bool = False) -> None:
        arc = giver, receiver
        pair = (receiver, giver) in self.arcs
        self.arcs.add(arc)
        weight = self.avoid.get(arc, 0)
        self._serve(others, (cost[0], cost[1] + weight, cost[2], cost[3] + pair), displaced=displaced)
        self.arcs.remove(arc)
