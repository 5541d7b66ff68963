"""Evaluations whose time is over: their essays are somebody else's then, what was begun of them is kept.

A coordinator's date is the only reason; what is submitted, even late, is never touched.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.database import db, now, table_of
from lti_tool.modules.dates import Deadline, Place, is_late
from lti_tool.modules.models import Extension, Participation, StepDate
from lti_tool.peer_review import log
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool
from lti_tool.peer_review.placing import mark_pairs, release, settle
from lti_tool.peer_review.pools import evaluations_with, locked_author, restore
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort, OnlineModule

# What one transaction takes on, and for how long at most it keeps everybody else out of the pool.
MOST_AT_ONCE = 25

_log = logging.getLogger(__name__)


def expire_evaluations() -> None:
    """Every minute: one transaction for each bounded part of a pool, so that nobody waits long for its lock."""
    taken, moment = 0, now()
    for pool_id in pools_with_overdue(db.session, moment):
        while lapsed := expire_in(db.session, pool_id, moment):
            db.session.commit()
            taken += lapsed
        db.session.rollback()
    if taken:
        _log.info("evaluations whose time was over went back", extra={"evaluations": taken})


def expire(session: Session, moment: datetime) -> int:
    """Take back whatever was not submitted in time, in every pool; returns how many evaluations that were."""
    taken = 0
    for pool_id in pools_with_overdue(session, moment):
        while lapsed := expire_in(session, pool_id, moment):
            taken += lapsed
    return taken


def pools_with_overdue(session: Session, moment: datetime) -> Sequence[int]:
    """Pools whose date has passed with something unsubmitted. It may still have time: extensions say so."""
    return session.scalars(_WITH_OVERDUE, {"moment": moment}).all()


def expire_in(session: Session, pool_id: int, moment: datetime, limit: int = MOST_AT_ONCE) -> int:
    """As `expire`, for at most `limit` evaluations of one pool, whose row stays locked until the transaction ends.

    Doing it twice, late, or in two processes at once is the same as once.
    """
    session.flush()
    pool = session.scalars(_POOL, {"pool_id": pool_id}).one()
    rows = _overdue(session, pool, moment, limit)
    if rows:
        _take_back(session, pool, rows)
        session.expire_all()
        # A call of `settle` serves a few; each that was taken back is one chance more.
        for row in rows:
            settle(session, pool, row.author_id, f"lapsed {row.id}")
        session.expire_all()
    return len(rows)


@dataclass(frozen=True, slots=True)
class AtStake:
    """How many evaluations go back to the pool: those not begun, and those begun, whose drafts are kept."""

    not_begun: int = 0
    begun: int = 0

    @property
    def total(self) -> int:
        return self.not_begun + self.begun

    def __add__(self, other: AtStake) -> AtStake:
        return AtStake(self.not_begun + other.not_begun, self.begun + other.begun)


def at_stake(
    session: Session, place: Place, dated: Deadline, days: int, moment: datetime, *, person_id: int | None = None
) -> AtStake:
    """What `expire` would take back if that were the date of this cohort and module, whatever it is now.

    With `person_id` what it would take back of theirs, if that were their own.
    """
    if not is_late(dated, moment):
        return AtStake()
    cohort_id, module_id = place
    grace = dated.closes_at - dated.due_at
    names = {"cohort_id": cohort_id, "module_id": module_id, "handed_out": moment - timedelta(days=days)}
    if person_id is None:
        rows = session.execute(_AT_STAKE, {**names, "before": moment - grace}).all()
    else:
        rows = session.execute(_AT_STAKE_OF, {**names, "person_id": person_id}).all()
    found = {row.status: row.number for row in rows}
    return AtStake(found.get(EvaluationStatus.OPEN, 0), found.get(EvaluationStatus.STARTED, 0))


def resume(session: Session, person_id: int, module_key: str) -> bool:
    """Look for essays again for somebody whose time had run out; False when there is nothing to look for.

    Where there is no other essay they get back what they had begun, if nobody has taken it over.
    """
    found = _author_of(session, person_id, module_key)
    if found is None or found[0].lapsed == 0 or found[0].withdrawn_at is not None:
        return False
    author, pool = found
    author.to_give, author.lapsed = author.to_give + author.lapsed, 0
    session.flush()
    log.write(session, pool.id, [log.entry(LogKind.RESUMED, evaluator_id=author.id, person_id=person_id)])
    settle(session, pool, author.id, "resumed")
    for row in evaluations_with(session, author.id):
        if row.released_at is not None and row.evaluator_id == author.id:
            session.refresh(author)
            if author.to_give:
                restore(session, row)
    session.expire_all()
    return True


def _author_of(session: Session, person_id: int, module_key: str) -> tuple[Author, Pool] | None:
    """The person in the newest cohort of the module that they are in, the pool locked."""
    newest = session.execute(_NEWEST, {"person_id": person_id, "module_key": module_key}).scalar_one_or_none()
    return None if newest is None else locked_author(session, newest)


def _overdue(session: Session, pool: Pool, moment: datetime, limit: int) -> Sequence[Row[Any]]:
    """`modules.dates.is_over` in the database's words, so that it finds these few among very many.

    What somebody saves or submits at this moment is left to them; if it is still overdue then, the next run has it.
    """
    where = {"cohort_id": pool.cohort_id, "module_id": pool.module_id}
    dates = session.execute(_DATES, where).one_or_none()
    if dates is None:
        return ()
    before = moment - timedelta(hours=dates.grace_hours)
    if dates.due_at >= before:
        return ()
    handed_out = moment - timedelta(days=dates.days_to_evaluate)
    names = {**where, "pool_id": pool.id, "before": before, "handed_out": handed_out}
    return session.execute(_OVERDUE.limit(limit), names).all()


def _take_back(session: Session, pool: Pool, rows: Sequence[Row[Any]]) -> None:
    begun = [row for row in rows if row.status is EvaluationStatus.STARTED]
    gone = [row for row in rows if row.status is EvaluationStatus.OPEN]
    if begun:
        release(session, [row.id for row in begun])
    if gone:
        session.execute(_REMOVE, {"gone": [row.id for row in gone]})
        arcs = {(row.evaluator_id, row.author_id) for row in gone if row.evaluator_id is not None}
        mark_pairs(session, {(min(arc), max(arc)) for arc in arcs}, reciprocal=False)
    # A third that somebody volunteered for is none of their two, and staff have none.
    _count(session, "lapsed", (row.evaluator_id for row in rows if row.evaluator_id and not row.volunteered))
    _count(session, "to_receive", (row.author_id for row in rows))
    log.write(session, pool.id, [_line(row) for row in rows])


def _count(session: Session, column: str, ends: Iterable[int]) -> None:
    rows = [{"author": author, "number": number} for author, number in Counter(ends).items()]
    if rows:
        session.execute(_COUNTED[column], rows)


def _line(row: Row[Any]) -> dict[str, Any]:
    reason = "begun" if row.status is EvaluationStatus.STARTED else "not begun"
    return log.entry(LogKind.LAPSED, reason, evaluator_id=row.evaluator_id, author_id=row.author_id)


_author, _evaluation = table_of(Author).c, table_of(Evaluation).c
_participation, _extension, _pool = table_of(Participation).c, table_of(Extension).c, table_of(Pool).c
_HELD = (
    _evaluation.status.in_([EvaluationStatus.OPEN, EvaluationStatus.STARTED]),
    _evaluation.received_slot.is_not(None),
)
_WITH_OVERDUE = (
    select(Pool.id)
    .join(
        StepDate,
        and_(
            StepDate.cohort_id == Pool.cohort_id,
            StepDate.module_id == Pool.module_id,
            StepDate.step == Step.EVALUATIONS,
        ),
    )
    .where(StepDate.due_at < bindparam("moment"), exists().where(_evaluation.pool_id == Pool.id, *_HELD))
    .order_by(Pool.id)
)
_POOL = select(Pool).where(Pool.id == bindparam("pool_id")).with_for_update()
_NEWEST = (
    select(Author.participation_id)
    .join(Participation, Participation.id == Author.participation_id)
    .join(OnlineModule, OnlineModule.id == Participation.module_id)
    .where(Participation.person_id == bindparam("person_id"), OnlineModule.key == bindparam("module_key"))
    .order_by(Participation.id.desc())
    .limit(1)
)
_DATES: Select[*tuple[Any, ...]] = (
    select(StepDate.due_at, StepDate.grace_hours, Cohort.days_to_evaluate)
    .join(Cohort, Cohort.id == StepDate.cohort_id)
    .where(
        StepDate.cohort_id == bindparam("cohort_id"),
        StepDate.module_id == bindparam("module_id"),
        StepDate.step == Step.EVALUATIONS,
    )
)


def _held_long(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Evaluations that are not submitted and were handed out long ago, with their evaluator's extension."""
    more = and_(
        _extension.cohort_id == bindparam("cohort_id"),
        _extension.module_id == bindparam("module_id"),
        _extension.step == Step.EVALUATIONS,
        _extension.person_id == _participation.person_id,
    )
    joined = (
        table_of(Evaluation)
        .join(table_of(Pool), _pool.id == _evaluation.pool_id)
        .outerjoin(table_of(Author), _author.id == _evaluation.evaluator_id)
        .outerjoin(table_of(Participation), _participation.id == _author.participation_id)
        .outerjoin(table_of(Extension), more)
    )
    query = select(*columns).select_from(joined)
    return query.where(*_HELD, _evaluation.created_at < bindparam("handed_out"))


_UNEXTENDED = or_(_extension.until.is_(None), _extension.until < bindparam("before"))
_OVERDUE = (
    _held_long(
        _evaluation.id,
        _evaluation.evaluator_id,
        _evaluation.author_id,
        _evaluation.status,
        _evaluation.volunteered,
    )
    .where(_evaluation.pool_id == bindparam("pool_id"), _UNEXTENDED)
    .order_by(_evaluation.id)
    .with_for_update(of=table_of(Evaluation), skip_locked=True)
)
_COUNT_OF_MODULE = (
    _held_long(_evaluation.status, func.count().label("number"))
    .where(_pool.cohort_id == bindparam("cohort_id"), _pool.module_id == bindparam("module_id"))
    .group_by(_evaluation.status)
)
_AT_STAKE = _COUNT_OF_MODULE.where(_UNEXTENDED)
_AT_STAKE_OF = _COUNT_OF_MODULE.where(_participation.person_id == bindparam("person_id"))
_REMOVE = delete(table_of(Evaluation)).where(_evaluation.id.in_(bindparam("gone", expanding=True)))
_COUNTED = {
    column: update(table_of(Author))
    .where(_author.id == bindparam("author"), *conditions)
    .values({column: _author[column] + bindparam("number")})
    for column, conditions in (("lapsed", ()), ("to_receive", (_author.withdrawn_at.is_(None),)))
}
