"""What must hold in every pool, whatever happened in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Author, Evaluation

Arc = tuple[int, int]


def check_exact(authors: Sequence[int], arcs: Sequence[Arc]) -> None:
    """Every author gives two evaluations and receives two, never from or about themselves, never twice the same."""
    assert all(evaluator != author for evaluator, author in arcs), "oneself"
    assert len(set(arcs)) == len(arcs), "a duplicate"
    two_each = Counter(dict.fromkeys(authors, 2))
    assert Counter(u for u, _ in arcs) == two_each, "two evaluations to give"
    assert Counter(v for _, v in arcs) == two_each, "two evaluations to receive"


def arcs_in(session: Session) -> list[Arc]:
    rows = session.execute(select(Evaluation.evaluator_id, Evaluation.author_id))
    return [(row.evaluator_id, row.author_id) for row in rows]


def check_pool(session: Session) -> None:
    """The only pool in the database is exact, and its marks of pairs are true."""
    session.rollback()
    arcs = arcs_in(session)
    check_exact(session.scalars(select(Author.id).where(Author.placed_at.is_not(None))).all(), arcs)
    marked = session.execute(select(Evaluation.evaluator_id, Evaluation.author_id).where(Evaluation.reciprocal)).all()
    assert {tuple(row) for row in marked} == {(u, v) for u, v in arcs if (v, u) in arcs}
