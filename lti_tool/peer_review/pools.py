"""Authors who come to a pool, leave it, come back, and change to that of another language.

Each of these takes the pool's lock first and repeats without harm; each touches a bounded number of rows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Row, Select, and_, bindparam, case, delete, exists, insert, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.database import UtcDateTime, now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review import log
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool
from lti_tool.peer_review.placing import SLOTS, mark_pairs, settle
from lti_tool.peer_review.pool_languages import MANY, language_of_new_pool
from lti_tool.reflection.actions import LanguageFixed
from lti_tool.reflection.models import Essay


def join_pool(session: Session, participation: Participation) -> None:
    """Bring the submitted essay of this participation into the pool of its language and place whoever can be placed.

    Joining twice is the same as once; an essay in another language than before changes pools. Raises `LanguageFixed`
    when something of the author's has begun in the old one.
    """
    session.flush()
    pool = _pool_of_essay(session, participation)
    if pool.author_id is not None:
        if pool.id != pool.former_id:
            _change_pools(session, participation, pool.author_id, pool.language)
        return
    author = {"pool_id": pool.id, "participation_id": participation.id, "essay_id": pool.essay_id}
    # Nearly everybody gets their place at once, which spares another statement.
    moment = now()
    author_id = session.execute(_JOIN, {**author, "joined_at": moment, "placed_at": moment}).scalar_one()
    joined = log.entry(LogKind.JOINED, author_id=author_id)
    settle(session, pool, author_id, "joined", lines=[joined], newcomer_id=author_id)


def _pool_of_essay(session: Session, participation: Participation) -> Row[Any]:
    """The pool that takes the essay, which is locked and made if need be, and where the author is so far."""
    module = {"cohort_id": participation.cohort_id, "module_id": participation.module_id}
    names = {**module, "participation_id": participation.id}
    found = session.execute(_OWN, names).one_or_none()
    if found is None:
        locked_pool(session, **module, language=language_of_new_pool(session, participation))
        found = session.execute(_OWN, names).one()
    return found


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


def _locked_rows(session: Session, participation_id: int) -> tuple[Row[Any], Sequence[Row[Any]]] | None:
    """The pool, locked, and all that the author gives or receives; None for somebody in no pool (any more)."""
    session.flush()
    while (pool := session.execute(_LOCKED, {"participation_id": participation_id}).one_or_none()) is not None:
        rows = session.execute(_STANDING, {"author_id": pool.author_id}).all()
        # They may have changed pools while this one was waited for.
        if rows[0].pool_id == pool.id:
            staying = rows[0].withdrawn_at is None
            return (pool, [row for row in rows if row.id is not None]) if staying else None
    return None


def withdraw(session: Session, participation: Participation, *, reason: str, person_id: int | None) -> bool:
    """Take somebody out of their pool; others get what they leave behind. False if they are not in it (any more).

    What was begun of their essay goes on, and counts for whoever does it. What they have begun themselves is kept and
    released: its place is somebody else's, but it counts if they finish it before it is taken. `person_id` is who
    decided, None for nobody in particular.
    """
    found = _locked_rows(session, participation.id)
    if found is None:
        return False
    pool, rows = found
    begun = [row for row in rows if row.status is EvaluationStatus.STARTED and _held_by(row, pool.author_id)]
    if begun:
        release(session, [row.id for row in begun])
    gone = [row for row in rows if row.status is EvaluationStatus.OPEN]
    _take_away(session, gone)
    withdrawn = {"leaver": pool.author_id, "moment": now(), "unseated": len(gone) == len(rows)}
    _open_places(session, pool.author_id, gone, begun, withdrawn)
    lines = [log.entry(LogKind.WITHDRAWN, reason, author_id=pool.author_id, person_id=person_id)]
    lines += [_line(LogKind.TAKEN_BACK, "withdrawn", row, pool.author_id) for row in gone]
    lines += [_line(LogKind.RELEASED, "withdrawn", row, pool.author_id) for row in begun]
    settle(session, pool, pool.author_id, "withdrawn", gone, lines=lines)
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


def release(session: Session, ids: Sequence[int]) -> None:
    """Take the places of begun evaluations away; what is written stays. The pool must be locked."""
    session.execute(_RELEASE, {"rows": ids, "moment": now()})


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


def leave_places(session: Session, author_id: int, gone: Sequence[Row[Any]]) -> None:
    """Take evaluations that this author gives or receives away and count what is open for the others now.

    The pool must be locked.
    """
    _take_away(session, gone)
    if gone:
        _open_places(session, author_id, gone, (), _NOBODY_LEAVES)


def _take_away(session: Session, gone: Sequence[Row[Any]]) -> None:
    if gone:
        session.execute(_REMOVE, {"gone": [row.id for row in gone]})
    mark_pairs(session, [(row.evaluator_id, row.author_id) for row in gone if row.reciprocal], reciprocal=False)


def _open_places(
    session: Session,
    author_id: int,
    gone: Sequence[Row[Any]],
    released: Sequence[Row[Any]],
    withdrawn: dict[str, Any],
) -> None:
    """Count what is open at the other ends: of one author's evaluations nobody else gives, or gets, two."""
    givers = {row.evaluator_id for row in gone if not row.volunteered} - {author_id, None}
    receivers = {row.author_id for row in (*gone, *released)} - {author_id}
    ends = sorted(givers | receivers | {withdrawn["leaver"]})
    session.execute(_OPENED, {**withdrawn, "givers": sorted(givers), "receivers": sorted(receivers), "ends": ends})


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
    author.to_give = author.to_receive = author.lapsed = 0
    session.flush()
    lines = [_line(LogKind.TAKEN_BACK, "language", row, author_id) for row in rows]
    lines = [log.entry(LogKind.MOVED, language, author_id=author_id), *lines]
    settle(session, old, author_id, "moved", rows, lines=lines)
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
_OWN: Select[*tuple[Any, ...]] = (
    select(
        _pool.id,
        _pool.cohort_id,
        _pool.seed,
        _pool.language,
        _essay.id.label("essay_id"),
        _author.id.label("author_id"),
        _author.pool_id.label("former_id"),
    )
    .select_from(
        table_of(Essay)
        .join(table_of(Pool), _pool.language.in_((_essay.submitted_language, MANY)))
        .outerjoin(table_of(Author), _author.essay_id == _essay.id)
    )
    .where(
        _essay.participation_id == bindparam("participation_id"),
        _pool.cohort_id == bindparam("cohort_id"),
        _pool.module_id == bindparam("module_id"),
    )
    .with_for_update(of=table_of(Pool))
)
_OF_MODULE = (Pool.cohort_id == bindparam("cohort_id"), Pool.module_id == bindparam("module_id"))
_POOL = select(Pool).where(*_OF_MODULE, Pool.language == bindparam("language")).with_for_update()
_POOL_OF = (
    select(Pool)
    .join(Author, Author.pool_id == Pool.id)
    .where(Author.participation_id == bindparam("participation_id"))
    .with_for_update(of=Pool)
)
_LOCKED: Select[*tuple[Any, ...]] = (
    select(_pool.id, _pool.cohort_id, _pool.seed, _author.id.label("author_id"))
    .join_from(table_of(Pool), table_of(Author), _author.pool_id == _pool.id)
    .where(_author.participation_id == bindparam("participation_id"))
    .with_for_update(of=table_of(Pool))
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
_JOIN = insert(table_of(Author)).returning(_author.id)
_FACTS = (
    _evaluation.id,
    _evaluation.public_id,
    _evaluation.evaluator_id,
    _evaluation.author_id,
    _evaluation.given_slot,
    _evaluation.received_slot,
    _evaluation.released_at,
    _evaluation.status,
    _evaluation.volunteered,
    _evaluation.reciprocal,
)
_WITH: Select[*tuple[Any, ...]] = (
    select(*_FACTS)
    .where(or_(_evaluation.evaluator_id == bindparam("author_id"), _evaluation.author_id == bindparam("author_id")))
    .order_by(_evaluation.id)
)
_STANDING: Select[*tuple[Any, ...]] = (
    select(_author.pool_id, _author.withdrawn_at, *_FACTS)
    .select_from(
        table_of(Author).outerjoin(
            table_of(Evaluation),
            or_(_evaluation.evaluator_id == bindparam("author_id"), _evaluation.author_id == bindparam("author_id")),
        )
    )
    .where(_author.id == bindparam("author_id"))
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
_leaves = _author.id == bindparam("leaver")
_OPENED = (
    update(table_of(Author))
    .where(_author.id.in_(bindparam("ends", expanding=True)), _author.withdrawn_at.is_(None))
    .values(
        to_give=case(
            (_leaves, 0),
            (_author.id.in_(bindparam("givers", expanding=True)), _author.to_give + 1),
            else_=_author.to_give,
        ),
        to_receive=case(
            (_leaves, 0),
            (_author.id.in_(bindparam("receivers", expanding=True)), _author.to_receive + 1),
            else_=_author.to_receive,
        ),
        lapsed=case((_leaves, 0), else_=_author.lapsed),
        placed_at=case((and_(_leaves, bindparam("unseated", type_=Boolean)), null()), else_=_author.placed_at),
        withdrawn_at=case((_leaves, bindparam("moment", type_=UtcDateTime)), else_=null()),
    )
)
_NOBODY_LEAVES = {"leaver": 0, "moment": None, "unseated": False}
