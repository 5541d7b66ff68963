"""Bringing authors into pools: the allocation rule applied to the database, one writer per pool at a time.

A call touches a bounded number of rows, whatever the size of the pool.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review.allocation import (
    RANDOM_CANDIDATES,
    RECIPROCAL_CANDIDATES,
    Arc,
    Edge,
    Placement,
    State,
    place,
)
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Pool, new_public_id
from lti_tool.reflection.models import Essay

# Three who wait make a ring, so more than three never do.
LONGEST_QUEUE = 3
SLOTS = (1, 2)
_STATES = {
    EvaluationStatus.OPEN: State.OPEN,
    EvaluationStatus.STARTED: State.STARTED,
    EvaluationStatus.SUBMITTED: State.FINISHED,
}


def join_pool(session: Session, participation: Participation) -> None:
    """Bring the submitted essay of this participation into its pool and place whoever can be placed.

    Joining twice is the same as once.
    """
    session.flush()
    pool = locked_pool(session, participation.cohort_id, participation.module_id)
    own = session.execute(_OWN, {"participation_id": participation.id}).one()
    if own.author_id is not None:
        return
    author = {"pool_id": pool.id, "participation_id": participation.id, "essay_id": own.essay_id}
    author_id = session.execute(_JOIN, author).scalar_one()
    place_waiting(session, pool, random.Random(f"{pool.seed}:{author_id}"))  # noqa: S311


def locked_pool(session: Session, cohort_id: int, module_id: int) -> Pool:
    """The pool, made if need be, with its row locked until the transaction ends."""
    names = {"cohort_id": cohort_id, "module_id": module_id}
    found = session.scalars(_POOL, names).one_or_none()
    if found is not None:
        return found
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {**names, "seed": random.SystemRandom().getrandbits(31)}
    session.execute(dialect.insert(Pool).values(values).on_conflict_do_nothing())
    return session.scalars(_POOL, names).one()


def place_waiting(session: Session, pool: Pool, rng: random.Random) -> None:
    """Place those who wait as far as a sample of open evaluations allows. The pool must be locked."""
    waiting = session.execute(_WAITING, {"pool_id": pool.id}).scalars().all()
    candidates = _candidates(session, pool.id, rng)
    ends = {end for edge in candidates for end in (edge.evaluator_id, edge.author_id)}
    known = session.execute(_KNOWN, {"ends": ends}).all() if ends else []
    placement = place(waiting, map(_edge, candidates), map(_edge, known), rng.getrandbits(31))
    _apply(session, pool.id, placement, {(row.evaluator_id, row.author_id): row for row in candidates}, rng)


def _edge(row: Row[*tuple[Any, ...]]) -> Edge:
    return Edge(row.evaluator_id, row.author_id, _STATES[row.status])


def _candidates(session: Session, pool_id: int, rng: random.Random) -> list[Row[Any]]:
    """Open evaluations drawn at random (a random start in a random order), and some that are one of a pair."""
    where = {"pool_id": pool_id, "start": rng.random()}
    drawn = list(session.execute(_FROM_START, where))
    if len(drawn) < RANDOM_CANDIDATES:
        drawn.extend(session.execute(_BEFORE_START, where).fetchmany(RANDOM_CANDIDATES - len(drawn)))
    paired = session.execute(_PAIRED, {"pool_id": pool_id})
    return list({row.id: row for row in (*drawn, *paired)}.values())


def _apply(
    session: Session, pool_id: int, placement: Placement, movable: dict[Arc, Row[Any]], rng: random.Random
) -> None:
    gone = [movable[edge.evaluator, edge.author] for edge in placement.removed]
    free = _FreePlaces(gone, placement.placed)
    # Rows go before rows come: a swap would break the unique slots for a moment otherwise.
    if gone:
        session.execute(_REMOVE, {"gone": [row.id for row in gone]})
    rows = [
        {
            "pool_id": pool_id,
            "evaluator_id": edge.evaluator,
            "author_id": edge.author,
            "shuffle_key": rng.random(),
            "status": EvaluationStatus.OPEN,
            **free.take(edge),
        }
        for edge in placement.added
    ]
    if rows:
        session.execute(_ADD, rows)
    _mark_pairs(session, placement.paired, reciprocal=True)
    _mark_pairs(session, placement.unpaired, reciprocal=False)
    if placement.placed:
        session.execute(_PLACED, {"placed": placement.placed, "moment": now()})


class _FreePlaces:
    """The slots that removed evaluations and newcomers leave free; an evaluator keeps the address of a moved one."""

    def __init__(self, gone: Iterable[Row[Any]], newcomers: Iterable[int]) -> None:
        self.giving: dict[int, list[tuple[int, str]]] = {}
        self.receiving: dict[int, list[int]] = {}
        for row in gone:
            self.giving.setdefault(row.evaluator_id, []).append((row.given_slot, row.public_id))
            self.receiving.setdefault(row.author_id, []).append(row.received_slot)
        for author in newcomers:
            self.giving[author] = [(slot, new_public_id()) for slot in SLOTS]
            self.receiving[author] = list(SLOTS)

    def take(self, edge: Edge) -> dict[str, int | str]:
        given_slot, public_id = self.giving[edge.evaluator].pop(0)
        received_slot = self.receiving[edge.author].pop(0)
        return {"given_slot": given_slot, "public_id": public_id, "received_slot": received_slot}


def _mark_pairs(session: Session, pairs: Iterable[Arc], *, reciprocal: bool) -> None:
    matches = [
        and_(_evaluation.evaluator_id == u, _evaluation.author_id == v) for a, b in pairs for u, v in ((a, b), (b, a))
    ]
    if matches:
        session.execute(update(table_of(Evaluation)).where(or_(*matches)).values(reciprocal=reciprocal))


_author, _essay, _evaluation = table_of(Author).c, table_of(Essay).c, table_of(Evaluation).c


def _open() -> Select[*tuple[Any, ...]]:
    return select(
        _evaluation.id,
        _evaluation.public_id,
        _evaluation.evaluator_id,
        _evaluation.author_id,
        _evaluation.given_slot,
        _evaluation.received_slot,
        _evaluation.status,
    ).where(_evaluation.pool_id == bindparam("pool_id"), _evaluation.status == EvaluationStatus.OPEN)


# Built once: an arrival is ten statements, and building them took longer than running them.
_POOL = (
    select(Pool)
    .where(Pool.cohort_id == bindparam("cohort_id"), Pool.module_id == bindparam("module_id"))
    .with_for_update()
)
_OWN = (
    select(_essay.id.label("essay_id"), _author.id.label("author_id"))
    .select_from(table_of(Essay).outerjoin(table_of(Author), _author.essay_id == _essay.id))
    .where(_essay.participation_id == bindparam("participation_id"))
)
_JOIN = insert(table_of(Author)).returning(_author.id)
_WAITING = (
    select(_author.id)
    .where(_author.pool_id == bindparam("pool_id"), _author.placed_at.is_(None))
    .order_by(_author.joined_at, _author.id)
    .limit(LONGEST_QUEUE)
)
_BY_KEY = _open().order_by(_evaluation.shuffle_key).limit(RANDOM_CANDIDATES)
_FROM_START = _BY_KEY.where(_evaluation.shuffle_key >= bindparam("start"))
_BEFORE_START = _BY_KEY.where(_evaluation.shuffle_key < bindparam("start"))
_PAIRED = _open().where(_evaluation.reciprocal).limit(RECIPROCAL_CANDIDATES)
_KNOWN: Select[*tuple[Any, ...]] = select(_evaluation.evaluator_id, _evaluation.author_id, _evaluation.status).where(
    _evaluation.evaluator_id.in_(bindparam("ends", expanding=True))
)
_REMOVE = delete(table_of(Evaluation)).where(_evaluation.id.in_(bindparam("gone", expanding=True)))
_ADD = insert(table_of(Evaluation))
_PLACED = (
    update(table_of(Author))
    .where(_author.id.in_(bindparam("placed", expanding=True)))
    .values(placed_at=bindparam("moment"))
)
