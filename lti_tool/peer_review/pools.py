"""Authors who come to a pool, leave it, come back, and change to that of another language.

Each of these takes the pool's lock first and repeats without harm; each touches a bounded number of rows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.database import UtcDateTime, now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review import log
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool
from lti_tool.peer_review.placing import SLOTS, settle
from lti_tool.peer_review.pool_languages import MANY, language_of_new_pool
from lti_tool.reflection.actions import LanguageFixed
from lti_tool.reflection.models import Essay


def join_pool(session: Session, participation: Participation) -> None:
    """Bring the submitted essay of this participation into the pool of its language and place whoever can be placed.

    Joining twice is the same as once; an essay in another language than before changes pools. Raises `LanguageFixed`
    when something of the author's has begun in the old one.
    """
    session.flush()
    place = {"cohort_id": participation.cohort_id, "module_id": participation.module_id}
    essay = {**place, "participation_id": participation.id}
    join = _JOIN[session.get_bind().dialect.name]
    newcomer = session.execute(join, {**essay, "moment": now()}).one_or_none()
    if newcomer is not None:
        line = log.entry(LogKind.JOINED, author_id=newcomer.author_id)
        settle(session, newcomer, newcomer.author_id, "joined", lines=[line], comes=True)
        return
    former = session.execute(_FORMER, essay).one_or_none()
    if former is None:
        locked_pool(session, **place, language=language_of_new_pool(session, participation))
        join_pool(session, participation)
    elif former.id != former.former_id:
        _change_pools(session, participation, former.author_id, former.language)


def lock_pools_of(session: Session, participation: Participation) -> None:
    """Lock what `join_pool` may change, before the essay is locked: those who begin an evaluation do it in this order.

    Somebody who is in no pool yet has nothing to wait for.
    """
    names = {"cohort_id": participation.cohort_id, "module_id": participation.module_id}
    session.execute(_POOLS_OF, {**names, "participation_id": participation.id})


def locked_pool(session: Session, cohort_id: int, module_id: int, language: str) -> Pool:
    """The pool, made if need be, with its row locked until the transaction ends."""
    names = {"cohort_id": cohort_id, "module_id": module_id, "language": language}
    found = session.scalars(_POOL, names).one_or_none()
    if found is not None:
        return found
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {**names, "seed": random.SystemRandom().getrandbits(31)}
    session.execute(dialect.insert(Pool).values(values).on_conflict_do_nothing())
    return session.scalars(_POOL, names).one()


def locked_author(session: Session, participation_id: int) -> tuple[Author, Pool] | None:
    """The author and their pool, which is locked until the transaction ends; None for somebody in no pool."""
    session.flush()
    names = {"participation_id": participation_id}
    while (pool := session.scalars(_POOL_OF, names).one_or_none()) is not None:
        author = session.scalars(_AUTHOR, names).one()
        # They may have changed pools while this one was waited for.
        if author.pool_id == pool.id:
            return author, pool
    return None


def withdraw(session: Session, participation: Participation, *, reason: str, person_id: int | None) -> bool:
    """Take somebody out of their pool; others get what they leave behind. False if they are not in it (any more).

    What was begun of their essay goes on, and counts for whoever does it. What they have begun themselves is kept and
    released: its place is somebody else's, but it counts if they finish it before it is taken. `person_id` is who
    decided, None for nobody in particular.
    """
    session.flush()
    leaver = {"participation": participation.id, "moment": now()}
    pool = session.execute(_WITHDRAW, leaver).one_or_none()
    # They may have changed pools while their old one was waited for.
    if pool is None and locked_author(session, participation.id) is not None:
        pool = session.execute(_WITHDRAW, leaver).one_or_none()
    if pool is None:
        return False
    line = log.entry(LogKind.WITHDRAWN, reason, author_id=pool.author_id, person_id=person_id)
    settle(session, pool, pool.author_id, "withdrawn", lines=[line], leaves=True)
    return True


def rejoin(session: Session, participation: Participation, *, person_id: int | None) -> bool:
    """Let somebody who has withdrawn take part again; False if they do already or never did.

    They go on with what they had begun, as far as nobody has taken it over.
    """
    found = locked_author(session, participation.id)
    if found is None or found[0].withdrawn_at is None:
        return False
    author, pool = found
    log.write(session, pool.id, [log.entry(LogKind.REJOINED, author_id=author.id, person_id=person_id)])
    for row in evaluations_with(session, author.id):
        if row.released_at is not None and row.evaluator_id == author.id:
            restore(session, row)
    rows = evaluations_with(session, author.id)
    author.withdrawn_at = None
    if rows:
        given = sum(_held_by(row, author.id) and not row.volunteered for row in rows)
        received = sum(row.author_id == author.id and row.received_slot is not None for row in rows)
        author.to_give = max(0, len(SLOTS) - given - author.waived_given)
        author.to_receive = max(0, len(SLOTS) - received - author.waived_received)
        author.placed_at = author.placed_at or now()
    else:
        author.joined_at, author.placed_at = now(), None
    session.flush()
    settle(session, pool, author.id, "rejoined")
    return True


def restore(session: Session, row: Any) -> bool:
    """Give a released evaluation (or its row) its place again; False when somebody has taken it over.

    From now on it has the time of one that is handed out. The pool must be locked.
    """
    place = _free_place(session, row)
    if place is None:
        return False
    essay_of = session.get_one(Author, row.author_id)
    session.execute(_RESTORE, {"row": row.id, "given": place[0], "received": place[1], "moment": now()})
    essay_of.to_receive = max(0, essay_of.to_receive - 1)
    session.flush()
    if row.evaluator_id is not None and not row.volunteered:
        session.execute(_REGAINED, {"author": row.evaluator_id})
    log.write(session, essay_of.pool_id, [_line(LogKind.RESTORED, "not taken over", row, row.evaluator_id)])
    return True


def may_be_restored(session: Session, row: Any) -> bool:
    """Whether nobody has taken a released evaluation over so far."""
    return _free_place(session, row) is not None


def _free_place(session: Session, row: Any) -> tuple[int | None, int] | None:
    """The slots it would have: which of its evaluator's, which of its essay's."""
    essay_of = session.get_one(Author, row.author_id, populate_existing=True)
    if essay_of.withdrawn_at is None and essay_of.to_receive == 0:
        return None
    received = {
        other.received_slot for other in evaluations_with(session, row.author_id) if other.author_id == row.author_id
    }
    free = [slot for slot in SLOTS if slot not in received]
    given = _places_to_give(session, row)
    return (given[0], free[0]) if free and given else None


def _places_to_give(session: Session, row: Any) -> list[int | None]:
    """The slots that its evaluator could give it in: staff give in none, volunteers in the third."""
    if row.evaluator_id is None:
        return [None]
    held = {o.given_slot for o in evaluations_with(session, row.evaluator_id) if _held_by(o, row.evaluator_id)}
    return [slot for slot in ((len(SLOTS) + 1,) if row.volunteered else SLOTS) if slot not in held]


def _change_pools(session: Session, participation: Participation, author_id: int, language: str) -> None:
    """The pools are locked already (`lock_pools_of`), but for one that is made here."""
    new = locked_pool(session, participation.cohort_id, participation.module_id, language)
    author = session.get_one(Author, author_id, populate_existing=True)
    if any(row.status is not EvaluationStatus.OPEN for row in evaluations_with(session, author_id)):
        raise LanguageFixed
    old = session.get_one(Pool, author.pool_id)
    author.pool_id, author.placed_at, author.joined_at = new.id, None, now()
    author.to_give = author.to_receive = author.lapsed = 0
    session.flush()
    moved = log.entry(LogKind.MOVED, language, author_id=author_id)
    settle(session, old, author_id, "language", lines=[moved], leaves=True)
    if author.withdrawn_at is None:
        joined = log.entry(LogKind.JOINED, author_id=author_id)
        settle(session, new, author_id, f"joined {language}", lines=[joined])


def evaluations_with(session: Session, author_id: int) -> Sequence[Row[Any]]:
    """All that an author gives or receives, in any state."""
    return session.execute(_WITH, {"author_id": author_id}).all()


def _held_by(row: Row[Any], author_id: int) -> bool:
    """It holds a place of the author's to give."""
    return row.evaluator_id == author_id and row.given_slot is not None


def _line(kind: LogKind, reason: str, row: Row[Any], cause_id: int) -> dict[str, Any]:
    return log.entry(kind, reason, evaluator_id=row.evaluator_id, author_id=row.author_id, cause_id=cause_id)


_author, _essay, _evaluation = table_of(Author).c, table_of(Essay).c, table_of(Evaluation).c
_pool = table_of(Pool).c
# The essay with the pool that takes it, which is locked.
_TAKEN: Select[*tuple[Any, ...]] = (
    select()
    .select_from(table_of(Essay).join(table_of(Pool), _pool.language.in_((_essay.submitted_language, MANY))))
    .where(
        _essay.participation_id == bindparam("participation_id"),
        _pool.cohort_id == bindparam("cohort_id"),
        _pool.module_id == bindparam("module_id"),
    )
    .with_for_update(of=table_of(Pool))
)
_FORMER = _TAKEN.join(table_of(Author), _author.essay_id == _essay.id).add_columns(
    _pool.id, _pool.language, _author.id.label("author_id"), _author.pool_id.label("former_id")
)
_OF_MODULE = (Pool.cohort_id == bindparam("cohort_id"), Pool.module_id == bindparam("module_id"))
_POOL = select(Pool).where(*_OF_MODULE, Pool.language == bindparam("language")).with_for_update()
_POOL_OF = (
    select(Pool)
    .join(Author, Author.pool_id == Pool.id)
    .where(Author.participation_id == bindparam("participation_id"))
    .with_for_update(of=Pool)
)
_AUTHOR = (
    select(Author)
    .where(Author.participation_id == bindparam("participation_id"))
    .execution_options(populate_existing=True)
)
_POOLS_OF = (
    select(Pool.id)
    .where(*_OF_MODULE, exists().where(Author.participation_id == bindparam("participation_id")))
    .order_by(Pool.id)
    .with_for_update()
)
# What `settle` has to know. SQLite returns nothing of other tables than the one that is written to.
_of_pool = select(table_of(Pool)).where(_pool.id == literal_column("pool_author.pool_id"))
_WITH_POOL = (
    _author.id.label("author_id"),
    _author.pool_id.label("id"),
    _of_pool.with_only_columns(_pool.cohort_id).scalar_subquery().label("cohort_id"),
    _of_pool.with_only_columns(_pool.seed).scalar_subquery().label("seed"),
)
# This locks the pool before it writes. Nearly everybody gets their place at once, which spares another statement.
# Nothing is returned where there is no pool, or the author has come before.
_moment = bindparam("moment", type_=UtcDateTime)
_newcomer = {
    _author.pool_id: _pool.id,
    _author.participation_id: _essay.participation_id,
    _author.essay_id: _essay.id,
    _author.joined_at: _moment,
    _author.placed_at: _moment,
}
_JOIN = {
    name: dialect.insert(table_of(Author))
    .from_select(list(_newcomer), _TAKEN.add_columns(*_newcomer.values()))
    .on_conflict_do_nothing()
    .returning(*_WITH_POOL)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
# This locks the pool before it writes, and then looks at the conditions again if the author has changed meanwhile.
_mine = table_of(Author).alias("mine")
_WITHDRAW = (
    update(table_of(Author))
    .where(
        _author.participation_id == bindparam("participation"),
        _author.withdrawn_at.is_(None),
        _author.pool_id
        == select(_pool.id)
        .join_from(table_of(Pool), _mine, _mine.c.pool_id == _pool.id)
        .where(_mine.c.participation_id == bindparam("participation"))
        .with_for_update(of=table_of(Pool))
        .scalar_subquery(),
    )
    .values(withdrawn_at=bindparam("moment"), to_give=0, to_receive=0, lapsed=0)
    .returning(*_WITH_POOL)
)
_WITH: Select[*tuple[Any, ...]] = (
    select(
        _evaluation.id,
        _evaluation.public_id,
        _evaluation.evaluator_id,
        _evaluation.author_id,
        _evaluation.given_slot,
        _evaluation.received_slot,
        _evaluation.released_at,
        _evaluation.status,
        _evaluation.volunteered,
    )
    .where(or_(_evaluation.evaluator_id == bindparam("author_id"), _evaluation.author_id == bindparam("author_id")))
    .order_by(_evaluation.id)
)
_RESTORE = (
    update(table_of(Evaluation))
    .where(_evaluation.id == bindparam("row"))
    .values(
        given_slot=bindparam("given"),
        received_slot=bindparam("received"),
        released_at=None,
        created_at=bindparam("moment"),
    )
)
# One that had run out is not looked for; one that was asked for since is looked for no more.
_REGAINED = (
    update(table_of(Author))
    .where(_author.id == bindparam("author"))
    .values(
        lapsed=case((_author.lapsed > 0, _author.lapsed - 1), else_=0),
        to_give=case((and_(_author.lapsed == 0, _author.to_give > 0), _author.to_give - 1), else_=_author.to_give),
    )
)
