"""The allocation's log: why somebody got an essay. Lines are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.peer_review.models import Evaluation, LogEntry, LogKind
from lti_tool.peer_review.rows import add_rows

LONGEST_REASON = 500


def entry(
    kind: LogKind,
    reason: str = "",
    *,
    evaluator_id: int | None = None,
    author_id: int | None = None,
    cause_id: int | None = None,
    person_id: int | None = None,
) -> dict[str, Any]:
    """A line for `write`; without a pool yet."""
    return {
        "kind": kind,
        "reason": reason[:LONGEST_REASON],
        "evaluator_id": evaluator_id,
        "author_id": author_id,
        "cause_id": cause_id,
        "person_id": person_id,
    }


def write(session: Session, pool_id: int, lines: Iterable[dict[str, Any]]) -> None:
    """One statement, whatever the number of lines."""
    add_rows(session, rows(pool_id, lines))


def rows(pool_id: int, lines: Iterable[dict[str, Any]]) -> dict[Table, list[dict[str, Any]]]:
    """Lines as `add_rows` takes them, for those who add more with them."""
    moment = now()
    return {table_of(LogEntry): [{"pool_id": pool_id, "moment": moment, **line} for line in lines]}


def why(session: Session, evaluation: Evaluation) -> Sequence[LogEntry]:
    """All that was noted about this evaluator with this essay, the oldest first."""
    return session.scalars(
        select(LogEntry)
        .where(LogEntry.evaluator_id == evaluation.evaluator_id, LogEntry.author_id == evaluation.author_id)
        .order_by(LogEntry.id)
    ).all()


def history(session: Session, author_id: int) -> Sequence[LogEntry]:
    """All that was noted about an author, as evaluator and as author, the oldest first."""
    own = or_(LogEntry.evaluator_id == author_id, LogEntry.author_id == author_id)
    return session.scalars(select(LogEntry).where(own).order_by(LogEntry.id)).all()
