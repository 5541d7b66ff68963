"""Bringing authors into pools: the allocation rule applied to the database, one writer per pool at a time.

A call touches a bounded number of rows, whatever the size of the pool.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from sqlalchemy import Select, and_, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.database import now
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
    pool = locked_pool(session, participation.cohort_id, participation.module_id)
    if session.scalar(select(Author.id).where(Author.participation_id == participation.id)) is not None:
        return
    essay_id = session.scalars(select(Essay.id).where(Essay.participation_id == participation.id)).one()
    author = Author(pool_id=pool.id, participation_id=participation.id, essay_id=essay_id)
    session.add(author)
    session.flush()
    place_waiting(session, pool, random.Random(f"{pool.seed}:{author.id}"))  # noqa: S311


def locked_pool(session: Session, cohort_id: int, module_id: int) -> Pool:
    """The pool, made if need be, with its row locked until the transaction ends."""
    values = {"cohort_id": cohort_id, "module_id": module_id, "seed": random.SystemRandom().getrandbits(31)}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Pool).values(values).on_conflict_do_nothing())
    query = select(Pool).where(Pool.cohort_id == cohort_id, Pool.module_id == module_id)
    return session.scalars(query.with_for_update()).one()


def place_waiting(session: Session, pool: Pool, rng: random.Random) -> None:
    """Place those who wait as far as a sample of open evaluations allows. The pool must be locked."""
    waiting = session.scalars(
        select(Author.id)
        .where(Author.pool_id == pool.id, Author.placed_at.is_(None))
        .order_by(Author.joined_at, Author.id)
        .limit(LONGEST_QUEUE)
    ).all()
    candidates = _candidates(session, pool.id, rng)
    ends = {end for edge in candidates for end in (edge.evaluator_id, edge.author_id)}
    known = session.scalars(select(Evaluation).where(Evaluation.evaluator_id.in_(ends))).all() if ends else []
    placement = place(waiting, map(_edge, candidates), map(_edge, known), rng.getrandbits(31))
    _apply(session, pool.id, placement, {(row.evaluator_id, row.author_id): row for row in candidates}, rng)


def _edge(row: Evaluation) -> Edge:
    return Edge(row.evaluator_id, row.author_id, _STATES[row.status])


def _candidates(session: Session, pool_id: int, rng: random.Random) -> list[Evaluation]:
    """Open evaluations drawn at random (a random start in a random order), and some that are one of a pair."""
    start = rng.random()
    is_open = _open(pool_id).order_by(Evaluation.shuffle_key)
    drawn = list(session.scalars(is_open.where(Evaluation.shuffle_key >= start).limit(RANDOM_CANDIDATES)))
    if len(drawn) < RANDOM_CANDIDATES:
        rest = is_open.where(Evaluation.shuffle_key < start).limit(RANDOM_CANDIDATES - len(drawn))
        drawn.extend(session.scalars(rest))
    paired = session.scalars(_open(pool_id).where(Evaluation.reciprocal).limit(RECIPROCAL_CANDIDATES))
    return list({row.id: row for row in (*drawn, *paired)}.values())


def _open(pool_id: int) -> Select[Evaluation]:
    return select(Evaluation).where(Evaluation.pool_id == pool_id, Evaluation.status == EvaluationStatus.OPEN)


def _apply(
    session: Session, pool_id: int, placement: Placement, movable: dict[Arc, Evaluation], rng: random.Random
) -> None:
    gone = [movable[edge.evaluator, edge.author] for edge in placement.removed]
    free = _FreePlaces(gone, placement.placed)
    for row in gone:
        session.delete(row)
    # Rows go before rows come: a swap would break the unique slots for a moment otherwise.
    session.flush()
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
        session.execute(insert(Evaluation), rows)
    _mark_pairs(session, placement.paired, reciprocal=True)
    _mark_pairs(session, placement.unpaired, reciprocal=False)
    if placement.placed:
        session.execute(update(Author).where(Author.id.in_(placement.placed)).values(placed_at=now()))


class _FreePlaces:
    """The slots that removed evaluations and newcomers leave free; an evaluator keeps the address of a moved one."""

    def __init__(self, gone: Iterable[Evaluation], newcomers: Iterable[int]) -> None:
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
        and_(Evaluation.evaluator_id == u, Evaluation.author_id == v) for a, b in pairs for u, v in ((a, b), (b, a))
    ]
    if matches:
        session.execute(
            update(Evaluation)
            .where(or_(*matches))
            .values(reciprocal=reciprocal)
            .execution_options(synchronize_session=False)
        )
