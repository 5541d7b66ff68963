"""What the allocation has to know of a pool: who is short, who waits, a sample of open evaluations, whom to keep apart.

The number of rows is bounded, whatever the size of the pool: each statement has its index.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.database import table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review.allocation import RECIPROCAL_CANDIDATES, Arc
from lti_tool.peer_review.healing import CANDIDATES
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, PoolConflict

# Three who wait make a ring, so more than three never do.
LONGEST_QUEUE = 3
# Of those who are short on one side; all of them are served in the end, because every change looks again.
LONGEST_SHORT = 4


@dataclass(frozen=True, slots=True)
class Found:
    """`short` are placed authors with open places and `waiting` those who are not placed, the longest wait first.

    `known` are the evaluations, of any state, that those named and the ends of `candidates` give, and those of the
    essays of `short`.
    """

    short: tuple[Row[Any], ...]
    waiting: tuple[int, ...]
    # Authors of `short` for whom nothing is left: they wait like newcomers.
    unseated: frozenset[int]
    candidates: tuple[Row[Any], ...]
    known: tuple[Row[Any], ...]
    avoid: frozenset[Arc]

    @property
    def arcs(self) -> set[Arc]:
        return {(row.evaluator_id, row.author_id) for row in self.known if row.evaluator_id is not None}


def read(session: Session, pool_id: int, rng: random.Random) -> Found:
    pool = {"pool_id": pool_id}
    short = {row.id: row for query in _SHORT for row in session.execute(query, pool)}
    waiting = list(session.execute(_WAITING, pool))
    candidates = _candidates(session, pool_id, rng)
    ends = {end for row in candidates for end in (row.evaluator_id, row.author_id)}
    ends.update(short, (row.id for row in waiting))
    known = session.execute(_KNOWN, {"ends": ends, "short": list(short)}).all() if ends else []
    seated = {end for row in known for end in (row.evaluator_id, row.author_id)}
    unseated = [row for row in short.values() if (row.to_give, row.to_receive) == (2, 2) and row.id not in seated]
    queue = sorted(waiting + unseated, key=lambda row: (row.joined_at, row.id))
    alone = frozenset(row.id for row in unseated)
    return Found(
        tuple(sorted((r for r in short.values() if r.id not in alone), key=lambda row: (row.joined_at, row.id))),
        tuple(row.id for row in queue),
        alone,
        tuple(candidates),
        tuple(known),
        _kept_apart(session, ends) if len(ends) > 1 else frozenset(),
    )


def _candidates(session: Session, pool_id: int, rng: random.Random) -> list[Row[Any]]:
    """Open evaluations drawn at random (a random start in a random order), and some that are one of a pair."""
    where = {"pool_id": pool_id, "start": rng.random()}
    drawn = list(session.execute(_FROM_START, where))
    if len(drawn) < CANDIDATES:
        drawn.extend(session.execute(_BEFORE_START, where).fetchmany(CANDIDATES - len(drawn)))
    paired = session.execute(_PAIRED, {"pool_id": pool_id})
    return list({row.id: row for row in (*drawn, *paired)}.values())


def _kept_apart(session: Session, authors: Collection[int]) -> frozenset[Arc]:
    """Of these authors, who should not evaluate whom: a conflict that staff have set, a pair of another module."""
    found: set[Arc] = set()
    for query in (_CONFLICTS, _EARLIER):
        for row in session.execute(query, {"authors": authors}):
            found.update(((row.first, row.second), (row.second, row.first)))
    return frozenset(found)


_author, _evaluation = table_of(Author).c, table_of(Evaluation).c


def _open() -> Select[*tuple[Any, ...]]:
    return select(
        _evaluation.id,
        _evaluation.public_id,
        _evaluation.evaluator_id,
        _evaluation.author_id,
        _evaluation.given_slot,
        _evaluation.received_slot,
    ).where(
        _evaluation.pool_id == bindparam("pool_id"),
        _evaluation.status == EvaluationStatus.OPEN,
        # Whoever volunteered did so for this essay.
        _evaluation.volunteered.is_(False),
    )


def _authors() -> Select[*tuple[Any, ...]]:
    return (
        select(_author.id, _author.joined_at, _author.to_give, _author.to_receive)
        .where(_author.pool_id == bindparam("pool_id"))
        .order_by(_author.joined_at, _author.id)
    )


def _conflicts() -> Select[*tuple[Any, ...]]:
    one, other = aliased(Author), aliased(Author)
    his, hers = aliased(Participation), aliased(Participation)
    return (
        select(one.id.label("first"), other.id.label("second"))
        .join(his, his.id == one.participation_id)
        .join(PoolConflict, PoolConflict.first_id == his.person_id)
        .join(hers, hers.person_id == PoolConflict.second_id)
        .join(other, other.participation_id == hers.id)
        .where(one.id.in_(_AUTHORS), other.id.in_(_AUTHORS))
    )


def _earlier() -> Select[*tuple[Any, ...]]:
    """From an author by way of the person to an evaluation they gave elsewhere, and back on the other side."""
    one, other, giver, taker = aliased(Author), aliased(Author), aliased(Author), aliased(Author)
    one_now, other_now, one_then, other_then = (aliased(Participation) for _ in range(4))
    return (
        select(one.id.label("first"), other.id.label("second"))
        .join(one_now, one_now.id == one.participation_id)
        .join(one_then, one_then.person_id == one_now.person_id)
        .join(giver, giver.participation_id == one_then.id)
        .join(Evaluation, Evaluation.evaluator_id == giver.id)
        .join(taker, taker.id == Evaluation.author_id)
        .join(other_then, other_then.id == taker.participation_id)
        .join(other_now, other_now.person_id == other_then.person_id)
        .join(other, other.participation_id == other_now.id)
        .where(one.id.in_(_AUTHORS), other.id.in_(_AUTHORS), giver.id != one.id, taker.id != other.id)
    )


# Built once: an arrival is some fifteen statements, and building them took longer than running them.
_AUTHORS: BindParameter[Any] = bindparam("authors", expanding=True)
_SHORT = tuple(_authors().where(lacks > 0).limit(LONGEST_SHORT) for lacks in (_author.to_give, _author.to_receive))
_WAITING = _authors().where(_author.placed_at.is_(None), _author.withdrawn_at.is_(None)).limit(LONGEST_QUEUE)
_BY_KEY = _open().order_by(_evaluation.shuffle_key).limit(CANDIDATES)
_FROM_START = _BY_KEY.where(_evaluation.shuffle_key >= bindparam("start"))
_BEFORE_START = _BY_KEY.where(_evaluation.shuffle_key < bindparam("start"))
_PAIRED = _open().where(_evaluation.reciprocal).limit(RECIPROCAL_CANDIDATES)
_KNOWN: Select[*tuple[Any, ...]] = select(
    _evaluation.id,
    _evaluation.evaluator_id,
    _evaluation.author_id,
    _evaluation.given_slot,
    _evaluation.received_slot,
).where(
    or_(
        _evaluation.evaluator_id.in_(bindparam("ends", expanding=True)),
        _evaluation.author_id.in_(bindparam("short", expanding=True)),
    )
)
_CONFLICTS, _EARLIER = _conflicts(), _earlier()
