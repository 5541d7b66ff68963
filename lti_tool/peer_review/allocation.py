"""Who evaluates whom: every placed author gives two evaluations and receives two.

Authors and their essays are the same vertices; an edge runs from an evaluator to the author of the essay.
Every change is a move of open edges: an evaluation that was begun stays where it is.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, permutations, product
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

# Seven always hold two without a common end: edges that all meet are four at one author or six in a ring of three.
RANDOM_CANDIDATES = 8
RECIPROCAL_CANDIDATES = 4
# Bounds of the exact search, whose cost is exponential; a quarter of the steps was enough for all pools of five.
SEARCHED_EDGES = 16
SEARCH_STEPS = 4_000
# What an arc that is to be avoided weighs beside a reciprocal pair: more than all pairs that a move can make.
AVOIDED = 5

Arc: TypeAlias = tuple[int, int]
# Arcs (an evaluator and an author) that are made only where every move would make one, or one that weighs more.
Avoided: TypeAlias = Mapping[Arc, int]
NOTHING: Avoided = MappingProxyType({})


class State(StrEnum):
    OPEN = "open"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Edge:
    evaluator: int
    author: int
    state: State = State.OPEN


@dataclass(frozen=True, slots=True)
class Placement:
    """What to change, at once.

    `paired` are the pairs of authors (smaller id first) who evaluate each other now and did not before, `unpaired`
    those who no longer do: kept with the edges, this finds reciprocal open edges by an index.
    """

    placed: tuple[int, ...]
    waiting: tuple[int, ...]
    removed: tuple[Edge, ...]
    added: tuple[Edge, ...]
    paired: tuple[Arc, ...]
    unpaired: tuple[Arc, ...]


class _Move(NamedTuple):
    removed: tuple[Arc, ...]
    added: tuple[Arc, ...]


def place(
    waiting: Sequence[int], candidates: Iterable[Edge], known: Iterable[Edge], seed: int, avoid: Avoided = NOTHING
) -> Placement:
    """Place as many of `waiting` (longest wait first, may be empty) as the candidates allow.

    `candidates`: RANDOM_CANDIDATES open edges drawn at random, or all there are, and up to RECIPROCAL_CANDIDATES open
    edges whose reverse exists. `known`: the edges in any state whose evaluator is an end of a candidate, four at most
    for each. The order of neither matters, and equal input gives an equal placement.

    Raises ValueError for a candidate that is not open, and for a waiting author who is named twice or has an edge.

    Nobody waits beside three open candidates: three always hold two that take a newcomer. Beside seven a newcomer
    brings no reciprocal pair, and beside any number no other rewiring of the candidates and the newcomers' edges would
    leave fewer, as far as SEARCHED_EDGES and SEARCH_STEPS reach. Edges of others move for nothing else, but to get rid
    of arcs in `avoid`.

    The sample ignores age: taking the newest edges would let friends who submit together foresee whom they get, and
    taking the oldest would hand every newcomer the evaluators who are least likely to begin.
    """
    rng = random.Random(seed)  # noqa: S311 - a run must be repeatable
    board = _board(waiting, list(candidates), known, rng)
    board.avoid = avoid
    before = set(board.arcs)
    queue = list(waiting)
    while move := _next_move(board, queue):
        board.apply(move)
        joined = {author for arc in move.added for author in arc}
        queue = [author for author in queue if author not in joined]
    while (swap := _best(board, _swaps(board))) and (board.gain(swap) or 0) > 0:
        board.apply(swap)
    after = _Rewiring(board).best if board.reciprocal() else board.arcs
    return _placement(waiting, queue, before, after)


def _board(waiting: Sequence[int], candidates: list[Edge], known: Iterable[Edge], rng: random.Random) -> _Board:
    if any(edge.state is not State.OPEN for edge in candidates):
        raise ValueError("only open edges can move")
    arcs = {(edge.evaluator, edge.author) for edge in (*candidates, *known)}
    newcomers = set(waiting)
    if len(newcomers) < len(waiting) or any(u in newcomers or v in newcomers for u, v in arcs):
        raise ValueError("a waiting author is named twice or already placed")
    movable = sorted((edge.evaluator, edge.author) for edge in candidates)
    rng.shuffle(movable)
    return _Board(arcs, movable)


class _Board:
    """The edges known here, and those of them that may move, in random order."""

    def __init__(self, arcs: set[Arc], movable: list[Arc]) -> None:
        self.arcs = arcs
        self.movable = movable
        self.avoid = NOTHING

    def reciprocal(self) -> list[Arc]:
        return [(u, v) for u, v in self.movable if (v, u) in self.arcs]

    def avoided(self) -> list[Arc]:
        return [arc for arc in self.movable if arc in self.avoid]

    def gain(self, move: _Move) -> int | None:
        """Reciprocal pairs undone less those made, and arcs to be avoided; None when the move makes a loop or a
        duplicate."""
        after = self.arcs.difference(move.removed)
        for arc in move.added:
            if arc[0] == arc[1] or arc in after:
                return None
            after.add(arc)
        touched = {(min(arc), max(arc)) for arc in move.removed + move.added}
        better = self._weight(move.removed) - self._weight(move.added)
        return _pairs(self.arcs, touched) - _pairs(after, touched) + AVOIDED * better

    def _weight(self, arcs: Iterable[Arc]) -> int:
        return sum(self.avoid.get(arc, 0) for arc in arcs)

    def apply(self, move: _Move) -> None:
        self.arcs.difference_update(move.removed)
        self.arcs.update(move.added)
        self.movable = [arc for arc in self.movable if arc not in move.removed]
        self.movable.extend(move.added)


def _pairs(arcs: set[Arc], touched: Iterable[Arc]) -> int:
    return sum((u, v) in arcs and (v, u) in arcs for u, v in touched)


def _next_move(board: _Board, queue: Sequence[int]) -> _Move | None:
    if queue and (move := _best(board, _splices(board, queue[0]))):
        return move
    if len(queue) >= 2 and (move := _best(board, _double_splices(board, queue[0], queue[1]))):
        return move
    return _Move((), tuple(permutations(queue[:3], 2))) if len(queue) >= 3 else None


def _best(board: _Board, moves: Iterable[_Move]) -> _Move | None:
    """The legal move with the largest gain, the first of equals."""
    heaviest = sorted((board.avoid[arc] for arc in board.avoided()), reverse=True)[:2]
    ceiling = min(2, len({(min(arc), max(arc)) for arc in board.reciprocal()})) + AVOIDED * sum(heaviest)
    best: tuple[int, _Move] | None = None
    for move in moves:
        gain = board.gain(move)
        if gain is not None and (best is None or gain > best[0]):
            best = gain, move
        if gain == ceiling:
            break
    return best[1] if best else None


def _splices(board: _Board, x: int) -> Iterator[_Move]:
    for (a, b), (c, d) in combinations(board.movable, 2):
        yield _Move(((a, b), (c, d)), ((a, x), (x, b), (c, x), (x, d)))


def _double_splices(board: _Board, x: int, y: int) -> Iterator[_Move]:
    """Two newcomers evaluate each other and share two edges which, having a common end, take none of them alone."""
    for (a, b), (c, d) in combinations(board.movable, 2):
        yield _Move(((a, b), (c, d)), ((a, x), (x, b), (c, y), (y, d), (x, y), (y, x)))


def _swaps(board: _Board) -> Iterator[_Move]:
    unwelcome = dict.fromkeys(board.avoided() + board.reciprocal())
    for (a, b), (c, d) in product(unwelcome, board.movable):
        yield _Move(((a, b), (c, d)), ((a, d), (c, b)))


class _Rewiring:
    """Who gets which of the movable essays when no single swap helps: fewest reciprocal pairs, then fewest moves."""

    def __init__(self, board: _Board) -> None:
        reciprocal = board.reciprocal()
        self.arcs = sorted(board.movable, key=lambda arc: arc not in reciprocal)[:SEARCHED_EDGES]
        self.placed = board.arcs.difference(self.arcs)
        self.avoid = board.avoid
        self.free = Counter(author for _, author in self.arcs)
        self.best = board.arcs
        self.best_cost = (len(_reciprocal(board.arcs)) - len(_reciprocal(self.placed)), 0)
        self.steps = SEARCH_STEPS
        self._assign(0, 0, 0)

    def _assign(self, at: int, pairs: int, moved: int) -> None:
        if self.steps == 0 or (pairs, moved) >= self.best_cost:
            return
        self.steps -= 1
        if at == len(self.arcs):
            self.best, self.best_cost = set(self.placed), (pairs, moved)
            return
        evaluator, own = self.arcs[at]
        for author in sorted(self._choices(evaluator, own), key=own.__ne__):
            self.placed.add((evaluator, author))
            self.free[author] -= 1
            self._assign(at + 1, pairs + ((author, evaluator) in self.placed), moved + (author != own))
            self.free[author] += 1
            self.placed.remove((evaluator, author))

    def _choices(self, evaluator: int, own: int) -> list[int]:
        legal = [v for v, left in self.free.items() if left and v != evaluator and (evaluator, v) not in self.placed]
        return [v for v in legal if v == own or (evaluator, v) not in self.avoid]


def _placement(waiting: Sequence[int], queue: Sequence[int], before: set[Arc], after: set[Arc]) -> Placement:
    paired, unpaired = _reciprocal(after), _reciprocal(before)
    return Placement(
        placed=tuple(author for author in waiting if author not in queue),
        waiting=tuple(queue),
        removed=tuple(Edge(*arc) for arc in sorted(before - after)),
        added=tuple(Edge(*arc) for arc in sorted(after - before)),
        paired=tuple(sorted(paired - unpaired)),
        unpaired=tuple(sorted(unpaired - paired)),
    )


def _reciprocal(arcs: set[Arc]) -> set[Arc]:
    return {(u, v) for u, v in arcs if u < v and (v, u) in arcs}
