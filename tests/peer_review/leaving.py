"""Pools that people leave, and what must hold in them after every step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import rejoin, withdraw

Arc = tuple[int, int]
AUTHORS, EVALUATIONS = select(Author), select(Evaluation).order_by(Evaluation.id)


@dataclass
class Pool:
    """The only pool, as it is stored."""

    authors: dict[int, Author]
    evaluations: list[Evaluation]

    @property
    def arcs(self) -> set[Arc]:
        """Evaluations that hold a place."""
        return {(e.evaluator_id, e.author_id) for e in self.evaluations if e.evaluator_id and e.received_slot}

    @property
    def begun(self) -> set[Arc]:
        begun = [e for e in self.evaluations if e.status is not EvaluationStatus.OPEN]
        return {(e.evaluator_id, e.author_id) for e in begun if e.evaluator_id}

    def short(self) -> list[int]:
        """Active authors who have an open place, or wait."""
        return [
            a.id
            for a in self.authors.values()
            if a.withdrawn_at is None and (a.placed_at is None or a.to_give or a.to_receive)
        ]


def stored(session: Session) -> Pool:
    session.rollback()
    session.expire_all()
    authors = {author.id: author for author in session.scalars(AUTHORS)}
    return Pool(authors, list(session.scalars(EVALUATIONS)))


def check_healed(session: Session) -> Pool:
    """Each active author has two of each, given, waived or listed as open; nobody who left has anything open."""
    pool = stored(session)
    given = Counter(e.evaluator_id for e in pool.evaluations if e.given_slot in (1, 2))
    received = Counter(e.author_id for e in pool.evaluations if e.received_slot)
    for author in pool.authors.values():
        if author.withdrawn_at is not None:
            assert (author.to_give, author.to_receive) == (0, 0)
            continue
        if author.placed_at is None:
            assert (given[author.id], received[author.id], author.to_give, author.to_receive) == (0, 0, 0, 0)
            continue
        assert given[author.id] + author.to_give + author.waived_given + author.lapsed == 2, "given"
        assert received[author.id] + author.to_receive + author.waived_received == 2, "received"
    gone = {author.id for author in pool.authors.values() if author.withdrawn_at is not None}
    assert all(e.status is not EvaluationStatus.OPEN for e in pool.evaluations if {e.evaluator_id, e.author_id} & gone)
    every = {(e.evaluator_id, e.author_id) for e in pool.evaluations}
    assert {(e.evaluator_id, e.author_id) for e in pool.evaluations if e.reciprocal} == {
        (u, v) for u, v in every if (v, u) in every
    }
    return pool


def leave(session: Session, participation: Participation | int, reason: str = "has left the course") -> bool:
    part = session.get_one(Participation, participation if isinstance(participation, int) else participation.id)
    left = withdraw(session, part, reason=reason, person_id=None)
    session.commit()
    return left


def come_back(session: Session, participation: Participation | int) -> bool:
    part = session.get_one(Participation, participation if isinstance(participation, int) else participation.id)
    back = rejoin(session, part, person_id=None)
    session.commit()
    return back
