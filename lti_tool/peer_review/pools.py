"""Authors who come to a pool, leave it, come back, and change to that of another language.

Each of these takes the pool's lock first and repeats without harm; each touches a bounded number of rows.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review import log
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool
from lti_tool.peer_review.placing import SLOTS, mark_pairs, pairs_in, settle
from lti_tool.reflection.actions import LanguageFixed
from lti_tool.reflection.models import Essay


def join_pool(session: Session, participation: Participation) -> None:
    """Bring the submitted essay of this participation into the pool of its language and place whoever can be placed.

    Joining twice is the same as once; an essay in another language than before changes pools. Raises `LanguageFixed`
    when something of the author's has begun in the old one.
    """
    session.flush()
    own = session.execute(_OWN, {"participation_id": participation.id}).one()
    if own.author_id is not None:
        if own.language != own.pool_language:
            _change_pools(session, participation, own.author_id, own.language)
        return
    pool = locked_pool(session, participation.cohort_id, participation.module_id, own.language)
    author = {"pool_id": pool.id, "participation_id": participation.id, "essay_id": own.essay_id}
    author_id = session.execute(_JOIN, author).scalar_one()
    log.write(session, pool.id, [log.entry(LogKind.JOINED, author_id=author_id)])
    settle(session, pool, author_id, "joined")


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
    pool_id = session.scalar(select(Author.pool_id).where(Author.participation_id == participation_id))
    while pool_id is not None:
        pool = session.scalars(select(Pool).where(Pool.id == pool_id).with_for_update()).one()
        query = select(Author).where(Author.participation_id == participation_id)
        author = session.scalars(query.execution_options(populate_existing=True)).one()
        if author.pool_id == pool_id:
            return author, pool
        pool_id = author.pool_id
    return None


def withdraw(session: Session, participation: Participation, *, reason: str, person_id: int | None) -> bool:
    """Take somebody out of their pool; others get what they leave behind. False if they are not in it (any more).

    What was begun of their essay goes on, and counts for whoever does it. What they have begun themselves is kept and
    released: its place is somebody else's, but it counts if they finish it before it is taken. `person_id` is who
    decided, None for nobody in particular.
    """
    found = locked_author(session, participation.id)
    if found is None or found[0].withdrawn_at is not None:
        return False
    author, pool = found
    rows = evaluations_with(session, author.id)
    begun = [row for row in rows if row.status is EvaluationStatus.STARTED and _held_by(row, author.id)]
    if begun:
        session.execute(_RELEASE, {"rows": [row.id for row in begun], "moment": now()})
    gone = [row for row in rows if row.status is EvaluationStatus.OPEN]
    leave_places(session, author.id, gone, begun)
    author.withdrawn_at = now()
    author.to_give = author.to_receive = 0
    if len(gone) == len(rows):
        author.placed_at = None
    session.flush()
    lines = [log.entry(LogKind.WITHDRAWN, reason, author_id=author.id, person_id=person_id)]
    lines += [_line(LogKind.TAKEN_BACK, "withdrawn", row, author.id) for row in gone]
    lines += [_line(LogKind.RELEASED, "withdrawn", row, author.id) for row in begun]
    log.write(session, pool.id, lines)
    settle(session, pool, author.id, "withdrawn", gone)
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
        author.joined_at = now()
    session.flush()
    settle(session, pool, author.id, "rejoined")
    return True


def restore(session: Session, row: Any) -> bool:
    """Give a released evaluation (or its row) its place again; False when somebody has taken it over.

    The pool must be locked.
    """
    essay_of = session.get_one(Author, row.author_id, populate_existing=True)
    if essay_of.withdrawn_at is None and essay_of.to_receive == 0:
        return False
    given = {
        other.given_slot for other in evaluations_with(session, row.evaluator_id) if _held_by(other, row.evaluator_id)
    }
    received = {
        other.received_slot for other in evaluations_with(session, row.author_id) if other.author_id == row.author_id
    }
    slots = [next((slot for slot in SLOTS if slot not in taken), None) for taken in (given, received)]
    if None in slots:
        return False
    session.execute(_RESTORE, {"row": row.id, "given": slots[0], "received": slots[1]})
    essay_of.to_receive = max(0, essay_of.to_receive - 1)
    session.flush()
    log.write(session, essay_of.pool_id, [_line(LogKind.RESTORED, "not taken over", row, row.evaluator_id)])
    return True


def leave_places(session: Session, author_id: int, gone: Sequence[Row[Any]], released: Sequence[Row[Any]] = ()) -> None:
    """Take the evaluations `gone` away and count what is open for the others now. The pool must be locked."""
    if gone:
        session.execute(_REMOVE, {"gone": [row.id for row in gone]})
    mark_pairs(session, {(min(arc), max(arc)) for arc in _reverses(session, author_id, gone)}, reciprocal=False)
    gives = Counter(row.evaluator_id for row in gone if row.evaluator_id != author_id and not row.volunteered)
    gets = Counter(row.author_id for row in (*gone, *released) if row.author_id != author_id)
    for column, counted in (("to_give", gives), ("to_receive", gets)):
        for number in set(counted.values()):
            ends = [author for author, times in counted.items() if times == number]
            session.execute(_OPENED[column], {"ends": ends, "number": number})


def _reverses(session: Session, author_id: int, gone: Sequence[Row[Any]]) -> set[tuple[int, int]]:
    """Pairs with the author that are none any more."""
    arcs = {(row.evaluator_id, row.author_id) for row in gone}
    rows = evaluations_with(session, author_id) if arcs else []
    left = {(row.evaluator_id, row.author_id) for row in rows if row.evaluator_id is not None}
    return pairs_in(arcs | left) - pairs_in(left)


def _change_pools(session: Session, participation: Participation, author_id: int, language: str) -> None:
    """The pools are locked already (`lock_pools_of`), but for one that is made here."""
    new = locked_pool(session, participation.cohort_id, participation.module_id, language)
    author = session.get_one(Author, author_id, populate_existing=True)
    rows = evaluations_with(session, author_id)
    if any(row.status is not EvaluationStatus.OPEN for row in rows):
        raise LanguageFixed
    old = session.get_one(Pool, author.pool_id)
    leave_places(session, author_id, rows)
    author.pool_id, author.placed_at, author.joined_at = new.id, None, now()
    author.to_give = author.to_receive = 0
    session.flush()
    lines = [_line(LogKind.TAKEN_BACK, "language", row, author_id) for row in rows]
    log.write(session, old.id, [log.entry(LogKind.MOVED, language, author_id=author_id), *lines])
    settle(session, old, author_id, "moved", rows)
    if author.withdrawn_at is None:
        log.write(session, new.id, [log.entry(LogKind.JOINED, author_id=author_id)])
        settle(session, new, author_id, f"joined {language}")


def evaluations_with(session: Session, author_id: int) -> Sequence[Row[Any]]:
    """All that an author gives or receives, in any state."""
    return session.execute(_WITH, {"author_id": author_id}).all()


def _held_by(row: Row[Any], author_id: int) -> bool:
    """It holds a place of the author's to give."""
    return row.evaluator_id == author_id and row.given_slot is not None


def _line(kind: LogKind, reason: str, row: Row[Any], cause_id: int) -> dict[str, Any]:
    return log.entry(kind, reason, evaluator_id=row.evaluator_id, author_id=row.author_id, cause_id=cause_id)


_author, _essay, _evaluation = table_of(Author).c, table_of(Essay).c, table_of(Evaluation).c
_OWN: Select[*tuple[Any, ...]] = (
    select(
        _essay.id.label("essay_id"),
        _essay.submitted_language.label("language"),
        _author.id.label("author_id"),
        table_of(Pool).c.language.label("pool_language"),
    )
    .select_from(
        table_of(Essay)
        .outerjoin(table_of(Author), _author.essay_id == _essay.id)
        .outerjoin(table_of(Pool), table_of(Pool).c.id == _author.pool_id)
    )
    .where(_essay.participation_id == bindparam("participation_id"))
)
_OF_MODULE = (Pool.cohort_id == bindparam("cohort_id"), Pool.module_id == bindparam("module_id"))
_POOL = select(Pool).where(*_OF_MODULE, Pool.language == bindparam("language")).with_for_update()
_POOLS_OF = (
    select(Pool.id)
    .where(*_OF_MODULE, exists().where(Author.participation_id == bindparam("participation_id")))
    .order_by(Pool.id)
    .with_for_update()
)
_JOIN = insert(table_of(Author)).returning(_author.id)
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
_REMOVE = delete(table_of(Evaluation)).where(_evaluation.id.in_(bindparam("gone", expanding=True)))
_RELEASE = (
    update(table_of(Evaluation))
    .where(_evaluation.id.in_(bindparam("rows", expanding=True)))
    .values(given_slot=None, received_slot=None, released_at=bindparam("moment"))
)
_RESTORE = (
    update(table_of(Evaluation))
    .where(_evaluation.id == bindparam("row"))
    .values(given_slot=bindparam("given"), received_slot=bindparam("received"), released_at=None)
)
_OPENED = {
    column: update(table_of(Author))
    .where(_author.id.in_(bindparam("ends", expanding=True)), _author.withdrawn_at.is_(None))
    .values({column: _author[column] + bindparam("number")})
    for column in ("to_give", "to_receive")
}
