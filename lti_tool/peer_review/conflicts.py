"""Who should not evaluate whom, because staff say so: pairs of people, and course teams.

Setting and lifting repeat without harm. What is begun never moves. What is handed out but not begun is taken back at
once and handed out anew, which gives it to somebody else wherever there is anybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from lti_tool.database import rows_changed, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review import log
from lti_tool.peer_review.models import (
    Author,
    CourseConflict,
    Evaluation,
    EvaluationStatus,
    LogKind,
    Pool,
    PoolConflict,
)
from lti_tool.peer_review.placing import mark_pairs, settle
from lti_tool.people.models import Membership, Role

# Of a course team at once, because each takes a moment for which everybody else waits; the others stay.
MOST_AT_ONCE = 50


def set_conflict(session: Session, one: int, other: int, *, reason: str, person_id: int) -> None:
    """Keep two different people apart, in every cohort. The reason of whoever said so first stays."""
    first, second = sorted((one, other))
    _insert(session, PoolConflict, first_id=first, second_id=second, reason=reason, set_by=person_id)
    giver, taker = aliased(Participation), aliased(Participation)
    ends = [and_(giver.person_id == u, taker.person_id == v) for u, v in ((first, second), (second, first))]
    _hand_out_anew(session, _open(giver, taker).where(or_(*ends)))


def lift_conflict(session: Session, one: int, other: int, *, person_id: int) -> None:
    """Nothing moves for it. The log of either says who did it, wherever both are in one pool."""
    first, second = sorted((one, other))
    pair = (PoolConflict.first_id == first, PoolConflict.second_id == second)
    if rows_changed(session.execute(delete(PoolConflict).where(*pair))):
        mate, giver, taker = aliased(Author), aliased(Participation), aliased(Participation)
        together = (
            select(Author.pool_id, Author.id.label("evaluator_id"), mate.id.label("author_id"))
            .join(mate, mate.pool_id == Author.pool_id)
            .join(giver, giver.id == Author.participation_id)
            .join(taker, taker.id == mate.participation_id)
            .where(giver.person_id == first, taker.person_id == second)
        )
        _note_lifted(session, together, "kept apart", person_id)


def keep_course_apart(session: Session, cohort_id: int, course_id: int, *, person_id: int) -> None:
    """Keep those apart who are learning assistants of this course, now or later, in this cohort."""
    _insert(session, CourseConflict, cohort_id=cohort_id, course_id=course_id, set_by=person_id)
    giver, taker = aliased(Participation), aliased(Participation)
    team = _team(course_id)
    within = _open(giver, taker).where(
        Pool.cohort_id == cohort_id, giver.person_id.in_(team), taker.person_id.in_(team)
    )
    _hand_out_anew(session, within)


def let_course_mix(session: Session, cohort_id: int, course_id: int, *, person_id: int) -> None:
    """Undo `keep_course_apart`. Nothing moves for it. The log of each says who did it."""
    course = (CourseConflict.cohort_id == cohort_id, CourseConflict.course_id == course_id)
    if rows_changed(session.execute(delete(CourseConflict).where(*course))):
        members = (
            select(Author.pool_id, null().label("evaluator_id"), Author.id.label("author_id"))
            .join(Participation, Participation.id == Author.participation_id)
            .where(Participation.cohort_id == cohort_id, Participation.person_id.in_(_team(course_id)))
        )
        _note_lifted(session, members, "course kept apart", person_id)


def _team(course_id: int) -> Select[int]:
    return select(Membership.person_id).where(
        Membership.course_id == course_id, Membership.role == Role.LEARNER, Membership.left_at.is_(None)
    )


def _note_lifted(session: Session, ends: Select[*tuple[Any, ...]], reason: str, person_id: int) -> None:
    rows = session.execute(ends.order_by(Author.pool_id, Author.id)).all()
    for pool_id, of_pool in groupby(rows, attrgetter("pool_id")):
        pairs = [{"evaluator_id": row.evaluator_id, "author_id": row.author_id} for row in of_pool]
        log.write(session, pool_id, [log.entry(LogKind.UNDONE, reason, **pair, person_id=person_id) for pair in pairs])


def _insert(session: Session, model: type[PoolConflict | CourseConflict], **values: Any) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(model).values(values).on_conflict_do_nothing())


def _open(giver: Any, taker: Any) -> Select[*tuple[Any, ...]]:
    """Evaluations that can still be exchanged; whoever volunteered did so for one essay."""
    gives, takes = aliased(Author), aliased(Author)
    return (
        select(Evaluation.pool_id, Evaluation.id)
        .join(Pool, Pool.id == Evaluation.pool_id)
        .join(gives, gives.id == Evaluation.evaluator_id)
        .join(giver, giver.id == gives.participation_id)
        .join(takes, takes.id == Evaluation.author_id)
        .join(taker, taker.id == takes.participation_id)
        .where(Evaluation.status == EvaluationStatus.OPEN, Evaluation.volunteered.is_(False))
        .order_by(Evaluation.pool_id, Evaluation.id)
        .limit(MOST_AT_ONCE)
    )


def _hand_out_anew(session: Session, found: Select[*tuple[Any, ...]]) -> None:
    rows = session.execute(found).all()
    for pool_id, of_pool in groupby(rows, attrgetter("pool_id")):
        pool = session.scalars(select(Pool).where(Pool.id == pool_id).with_for_update()).one()
        for row in of_pool:
            _exchange(session, pool, row.id)
    session.expire_all()


def _exchange(session: Session, pool: Pool, evaluation_id: int) -> None:
    """Take an evaluation back that nobody has begun by now, and see who else there is."""
    gone: Sequence[Row[Any]] = session.execute(_TAKE_BACK, {"evaluation": evaluation_id}).all()
    for row in gone:
        mark_pairs(session, [(row.evaluator_id, row.author_id)], reciprocal=False)
        _count_open(session, row)
        ends = {"evaluator_id": row.evaluator_id, "author_id": row.author_id, "cause_id": row.evaluator_id}
        log.write(session, pool.id, [log.entry(LogKind.TAKEN_BACK, "kept apart", **ends)])
        settle(session, pool, row.evaluator_id, f"kept apart {row.author_id}", gone)


def _count_open(session: Session, row: Row[Any]) -> None:
    session.execute(update(Author).where(Author.id == row.evaluator_id).values(to_give=Author.to_give + 1))
    session.execute(update(Author).where(Author.id == row.author_id).values(to_receive=Author.to_receive + 1))


_evaluation = table_of(Evaluation).c
_TAKE_BACK: Any = (
    delete(table_of(Evaluation))
    .where(_evaluation.id == bindparam("evaluation"), _evaluation.status == EvaluationStatus.OPEN)
    .returning(_evaluation.public_id, _evaluation.evaluator_id, _evaluation.author_id, _evaluation.given_slot)
)
