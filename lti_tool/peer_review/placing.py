"""The rules of allocation applied to a pool in the database: first what lacks somebody, then those who wait.

A call touches a bounded number of rows, whatever the size of the pool, and the pool must be locked.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Boolean, Row, bindparam, case, update
from sqlalchemy.orm import Session

from lti_tool.database import UtcDateTime, now, table_of
from lti_tool.peer_review import log
from lti_tool.peer_review.allocation import Arc, Edge, place
from lti_tool.peer_review.healing import Mending, mend
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool, new_public_id
from lti_tool.peer_review.reading import Found, arcs_of, read
from lti_tool.peer_review.rows import exchange_rows

SLOTS = (1, 2)


def settle(
    session: Session,
    pool: Pool | Row[Any],
    cause_id: int,
    occasion: str,
    gone: Sequence[Row[Any]] = (),
    *,
    lines: Iterable[dict[str, Any]] = (),
    comes: bool = False,
    leaves: bool = False,
) -> None:
    """Fill open places and place those who wait, as far as a sample of open evaluations allows.

    `cause_id` is the author whose coming or going is the `occasion`; `gone` are the evaluations just taken away, whose
    evaluators keep the addresses of them. `lines` are logged with, and before, what comes of it.
    The row of somebody who `comes` says already that they are placed, which is put right if they are not. The row of
    somebody who `leaves` says so; what they leave behind is dealt with here.
    """
    rng = random.Random(f"{pool.seed}:{cause_id}:{occasion}")  # noqa: S311 - a stored seed makes a run repeatable
    found = read(session, pool, rng, newcomer_id=cause_id if comes else None, leaver_id=cause_id if leaves else None)
    table = _Table(found, rng)
    table.mend()
    table.seat_beside_open_places()
    table.place()
    _apply(session, pool.id, table, gone, [*lines, *_lines(table, cause_id, occasion)])


@dataclass
class _Table:
    """Who sits where while it is being worked out. Everybody who is short or waits is in `found.authors`."""

    found: Found
    rng: random.Random
    added: dict[Arc, str] = field(default_factory=dict)
    removed: set[Arc] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.arcs = set(self.found.arcs)
        self.movable = {(row.evaluator_id, row.author_id) for row in self.found.candidates}
        self.queue = list(self.found.waiting)
        self.seated: list[int] = []
        self.givers = [author.id for author in self.found.short for _ in range(author.to_give)]
        self.receivers = [author.id for author in self.found.short for _ in range(author.to_receive)]

    def mend(self) -> None:
        if self.givers and self.receivers:
            self._take(self._mending(self.givers, self.receivers), "open-place")

    def seat_beside_open_places(self) -> None:
        """Whoever waits fills places that are open, the longest wait first."""
        while self.queue and (self.givers or self.receivers):
            newcomer = self.queue[0]
            twice = [newcomer, newcomer]
            mending = self._mending(self.givers + twice, self.receivers + twice)
            if not any(newcomer in arc for arc in mending.added):
                return
            self.seated.append(self.queue.pop(0))
            self._take(mending, "open-place")

    def place(self) -> None:
        """The ring and the splice, for those who still wait."""
        if not self.queue:
            return
        movable, known = map(_edges, (sorted(self.movable), sorted(self.arcs)))
        placement = place(self.queue, movable, known, self.rng.getrandbits(31), self.found.avoid)
        self._change([(e.evaluator, e.author) for e in placement.removed], _arcs(placement.added), "arrival")
        self.seated += placement.placed
        self.queue = list(placement.waiting)

    def _mending(self, givers: Sequence[int], receivers: Sequence[int]) -> Mending:
        seed = self.rng.getrandbits(31)
        return mend(givers, receivers, self.movable, self.arcs, avoid=self.found.avoid, seed=seed)

    def _take(self, mending: Mending, reason: str) -> None:
        self._change(mending.removed, mending.added, reason)
        self.givers, self.receivers = list(mending.givers), list(mending.receivers)

    def _change(self, removed: Iterable[Arc], added: Iterable[Arc], reason: str) -> None:
        for arc in removed:
            self.arcs.remove(arc)
            self.movable.remove(arc)
            self.removed.add(arc)
        for arc in added:
            self.arcs.add(arc)
            self.added[arc] = reason


def _edges(arcs: Iterable[Arc]) -> list[Edge]:
    return [Edge(*arc) for arc in arcs]


def _arcs(edges: Iterable[Edge]) -> list[Arc]:
    return [(edge.evaluator, edge.author) for edge in edges]


def _apply(
    session: Session, pool_id: int, table: _Table, gone: Sequence[Row[Any]], lines: Iterable[dict[str, Any]]
) -> None:
    found = table.found
    rows = {(row.evaluator_id, row.author_id): row for row in found.candidates}
    freed, gone = [rows[arc] for arc in sorted(table.removed)], [*gone, *found.gone]
    # Places are left before they are taken: the unique slots would break for a moment otherwise.
    if found.released:
        release(session, [row.id for row in found.released])
    taken_away = [row.id for row in (*found.gone, *freed)]
    fresh = {"pool_id": pool_id, "created_at": now(), **_FRESH}
    added = [fresh | ends for ends in _handed_out(table, _FreePlaces(table, freed, gone))]
    evaluations = table_of(Evaluation)
    exchange_rows(session, evaluations, taken_away, {evaluations: added, **log.rows(pool_id, lines)})
    before, after = pairs_in(found.arcs.union(arcs_of(found.gone))), pairs_in(table.arcs)
    _mark(session, dict.fromkeys(after - before, True) | dict.fromkeys(before - after, False))
    _keep_count(session, table)


def _handed_out(table: _Table, places: _FreePlaces) -> Iterable[dict[str, Any]]:
    for arc in sorted(table.added):
        yield {"shuffle_key": table.rng.random(), **places.take(arc)}


class _FreePlaces:
    """The slots that nobody holds; an evaluator keeps the address of an evaluation whose essay is exchanged."""

    def __init__(self, table: _Table, freed: Sequence[Row[Any]], gone: Sequence[Row[Any]]) -> None:
        lost = {*table.removed, *arcs_of(table.found.released)}
        left = [row for row in table.found.known if (row.evaluator_id, row.author_id) not in lost]
        self.given = {(row.evaluator_id, row.given_slot) for row in left}
        self.received = {(row.author_id, row.received_slot) for row in left}
        self.addresses = {(row.evaluator_id, row.given_slot): row.public_id for row in (*gone, *freed)}
        # Of other essays not every evaluation is known, but the place that was freed is.
        self.freed: dict[int, list[int]] = {}
        for row in freed:
            self.freed.setdefault(row.author_id, []).append(row.received_slot)
        self.whole = {author.id for author in table.found.short} | set(table.seated)

    def take(self, arc: Arc) -> dict[str, int | str]:
        evaluator, author = arc
        free = [slot for slot in SLOTS if (evaluator, slot) not in self.given]
        given_slot = next((slot for slot in free if (evaluator, slot) in self.addresses), free[0])
        self.given.add((evaluator, given_slot))
        public_id = self.addresses.get((evaluator, given_slot)) or new_public_id()
        ends = {"evaluator_id": evaluator, "author_id": author, "public_id": public_id}
        return {**ends, "given_slot": given_slot, "received_slot": self._received(author)}

    def _received(self, author: int) -> int:
        if author not in self.whole:
            return self.freed[author].pop(0)
        slot = next(slot for slot in SLOTS if (author, slot) not in self.received)
        self.received.add((author, slot))
        return slot


def pairs_in(arcs: Iterable[Arc]) -> set[Arc]:
    """The pairs of authors, smaller id first, who evaluate each other."""
    known = set(arcs)
    return {(u, v) for u, v in known if u < v and (v, u) in known}


def mark_pairs(session: Session, pairs: Iterable[Arc], *, reciprocal: bool) -> None:
    """Kept with the evaluations, this finds those whose pair could be undone by an index."""
    _mark(session, dict.fromkeys(pairs, reciprocal))


def _mark(session: Session, pairs: Mapping[Arc, bool]) -> None:
    ends = [(arc, marked) for (a, b), marked in sorted(pairs.items()) for arc in ((a, b), (b, a))]
    if ends:
        session.execute(_PAIRED, [{"giver": u, "taker": v, "marked": marked} for (u, v), marked in ends])


def _keep_count(session: Session, table: _Table) -> None:
    """Note what is still open, who sits now, and who sits no more."""
    gives, gets = Counter(table.givers), Counter(table.receivers)
    found, newcomer = table.found, table.found.newcomer_id
    changed = [a.id for a in found.short if a.counted != (gives[a.id], gets[a.id])]
    seats: dict[int, datetime | None] = dict.fromkeys(sorted(found.unseated))
    seats |= {author: None for author in table.queue if author == newcomer}
    moment = now()
    seats |= {author: moment for author in table.seated if author != newcomer or gives[author] or gets[author]}
    rows = [
        {"who": who, "gives": gives[who], "gets": gets[who], "stays": who not in seats, "moment": seats.get(who)}
        for who in dict.fromkeys((*changed, *seats))
    ]
    if rows:
        session.execute(_COUNT, rows)


def _lines(table: _Table, cause_id: int, occasion: str) -> Iterable[dict[str, Any]]:
    line = partial(log.entry, cause_id=cause_id)
    for evaluator, author in arcs_of(table.found.gone):
        yield line(LogKind.TAKEN_BACK, occasion, evaluator_id=evaluator, author_id=author)
    for evaluator, author in arcs_of(table.found.released):
        yield line(LogKind.RELEASED, occasion, evaluator_id=evaluator, author_id=author)
    for evaluator, author in sorted(table.removed):
        yield line(LogKind.TAKEN_BACK, "exchange", evaluator_id=evaluator, author_id=author)
    for (evaluator, author), reason in sorted(table.added.items()):
        yield line(LogKind.GIVEN, reason, evaluator_id=evaluator, author_id=author)
        if (evaluator, author) in table.found.avoid:
            yield line(LogKind.NOT_AVOIDED, reason, evaluator_id=evaluator, author_id=author)


def release(session: Session, ids: Sequence[int]) -> None:
    """Take the places of begun evaluations away; what is written stays. The pool must be locked."""
    session.execute(_RELEASE, {"rows": ids, "moment": now()})


_evaluation, _author = table_of(Evaluation).c, table_of(Author).c
_RELEASE = (
    update(table_of(Evaluation))
    .where(_evaluation.id.in_(bindparam("rows", expanding=True)))
    .values(given_slot=None, received_slot=None, released_at=bindparam("moment"))
)
_FRESH = {"status": EvaluationStatus.OPEN, "reciprocal": False, "volunteered": False, "draft": {}, "version": 1}
_PAIRED = (
    update(table_of(Evaluation))
    .where(_evaluation.evaluator_id == bindparam("giver"), _evaluation.author_id == bindparam("taker"))
    .values(reciprocal=bindparam("marked"))
)
_COUNT = (
    update(table_of(Author))
    .where(_author.id == bindparam("who"))
    .values(
        to_give=bindparam("gives"),
        to_receive=bindparam("gets"),
        placed_at=case(
            (bindparam("stays", type_=Boolean), _author.placed_at), else_=bindparam("moment", type_=UtcDateTime)
        ),
    )
)
