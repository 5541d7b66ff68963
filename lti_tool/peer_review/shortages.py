"""Shortages have names: who is still short of an essay or of an evaluator, and what a coordinator can do about it.

Every action takes the pool's lock, is logged with who and why, repeats without harm, and can be undone while nothing
has come of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.modules.models import Participation, StepResult
from lti_tool.peer_review import log
from lti_tool.peer_review.actions import record_given
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogKind, Pool
from lti_tool.peer_review.placing import SLOTS, mark_pairs, settle
from lti_tool.peer_review.pools import evaluations_with, locked_author
from lti_tool.people.models import Person
from lti_tool.programme.content import Step
from lti_tool.programme.models import OnlineModule
from lti_tool.reflection.actions import lock_essay
from lti_tool.reflection.models import Essay
from lti_tool.texts import gettext as _

MOST_VOLUNTEERS = 20


_WAITS = and_(Author.placed_at.is_(None), Author.withdrawn_at.is_(None))
_LACKS = or_(_WAITS, Author.to_give > 0, Author.to_receive > 0)
_LAPSED = and_(Author.lapsed > 0, Author.withdrawn_at.is_(None))
_WAIVED = or_(Author.waived_given > 0, Author.waived_received > 0)
_URGENCY = case((_LACKS, 1), (_LAPSED, 2), else_=3)
_AUTHORS: Select[*tuple[Any, ...]] = (
    select(Author, Essay.public_id, Person.id, Person.name, OnlineModule.key, Pool.language)
    .select_from(Author)
    .join(Essay, Essay.id == Author.essay_id)
    .join(Participation, Participation.id == Author.participation_id)
    .join(Person, Person.id == Participation.person_id)
    .join(Pool, Pool.id == Author.pool_id)
    .join(OnlineModule, OnlineModule.id == Pool.module_id)
)
_SHORT = _AUTHORS.where(or_(_LACKS, _LAPSED, _WAIVED))


class Side(StrEnum):
    """Which ledger: the evaluations that somebody gives, or those that their essay receives."""

    GIVEN = "given"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Somebody:
    """`name` is None where the platform keeps names back; `essay` is the public id of theirs, None for staff."""

    person_id: int
    name: str | None
    essay: str | None = None


@dataclass(frozen=True, slots=True)
class Shortage:
    """An author with something open, or waived. `essay` is the public id of theirs, which names them in addresses.

    `waits` is somebody who is not placed at all; two of each are open then. `lapsed` is how many their time ran
    out for: they get others when they ask.
    """

    essay: str
    person_id: int
    name: str | None
    module_key: str
    language: str
    since: datetime
    waits: bool
    to_give: int
    to_receive: int
    waived_given: int
    waived_received: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a coordinator has arranged for an essay: taken it (`staff`), or asked a volunteer. It can be undone."""

    public_id: str
    author: Somebody
    helper: Somebody
    staff: bool
    status: EvaluationStatus


class NothingOpen(Conflict):
    """Somebody was found in the meantime, or somebody else has dealt with it."""

    def __init__(self) -> None:
        super().__init__(
            "no open place",
            title=_("Nothing was changed"),
            explanation=_("This has changed since you opened the page. The list says how it stands now."),
        )


def shortages(
    session: Session, cohort_ids: Collection[int], *, limit: int | None = None, offset: int = 0
) -> list[Shortage]:
    """Everybody who is short of something in these cohorts, or was until it was waived.

    Whoever waits or lacks something now comes first, then those whose time ran out, each with the longest wait first.
    """
    query = _shortages(cohort_ids).order_by(_URGENCY, OnlineModule.position, Author.joined_at, Author.id)
    return [_shortage(*row) for row in session.execute(query.limit(limit).offset(offset))]


def number_of_shortages(session: Session, cohort_ids: Collection[int]) -> int:
    return session.scalar(_shortages(cohort_ids).with_only_columns(func.count())) or 0


def shortage_of(session: Session, cohort_ids: Collection[int], author_id: int) -> Shortage | None:
    """None for somebody who lacks nothing, or in none of these cohorts."""
    row = session.execute(_shortages(cohort_ids).where(Author.id == author_id)).one_or_none()
    return None if row is None else _shortage(*row)


def _shortages(cohort_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return _SHORT.where(Pool.cohort_id.in_(cohort_ids))


def authors_in(cohort_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Each with the public id of their essay, their own id and name, the module's key and the language."""
    return _AUTHORS.where(Pool.cohort_id.in_(cohort_ids))


def _shortage(author: Author, *more: Any) -> Shortage:
    essay, person_id, name, key, language = more
    waits = author.placed_at is None
    return Shortage(
        essay,
        person_id,
        name,
        key,
        language,
        author.joined_at,
        waits,
        len(SLOTS) if waits else author.to_give,
        len(SLOTS) if waits else author.to_receive,
        author.waived_given,
        author.waived_received,
        author.lapsed,
    )


def arrangements(session: Session, cohort_ids: Collection[int]) -> list[Arrangement]:
    """Essays that staff have taken and thirds that volunteers were asked for, the newest first."""
    writer, part, helper, helping = aliased(Person), aliased(Participation), aliased(Author), aliased(Participation)
    giver = aliased(Person)
    rows = session.execute(
        select(Evaluation, Essay.public_id, writer.id, writer.name, giver.id, giver.name)
        .join(Pool, Pool.id == Evaluation.pool_id)
        .join(Author, Author.id == Evaluation.author_id)
        .join(Essay, Essay.id == Author.essay_id)
        .join(part, part.id == Author.participation_id)
        .join(writer, writer.id == part.person_id)
        .outerjoin(helper, helper.id == Evaluation.evaluator_id)
        .outerjoin(helping, helping.id == helper.participation_id)
        .join(giver, giver.id == func.coalesce(Evaluation.staff_id, helping.person_id))
        .where(Pool.cohort_id.in_(cohort_ids), or_(Evaluation.volunteered, Evaluation.staff_id.is_not(None)))
        .where(Evaluation.received_slot.is_not(None))
        .order_by(Evaluation.id.desc())
    )
    return [_arrangement(*row) for row in rows]


def _arrangement(evaluation: Evaluation, essay: str, *more: Any) -> Arrangement:
    person_id, name, giver_id, given_name = more
    author, staff = Somebody(person_id, name, essay), evaluation.staff_id is not None
    return Arrangement(evaluation.public_id, author, Somebody(giver_id, given_name), staff, evaluation.status)


def volunteers(session: Session, essay_author: Author) -> list[Somebody]:
    """Who could be asked for a third: they have given their two and do not know this essay.

    At most MOST_VOLUNTEERS, the first to come first.
    """
    given = (
        select(Evaluation.evaluator_id)
        .where(Evaluation.pool_id == essay_author.pool_id, Evaluation.status == EvaluationStatus.SUBMITTED)
        .where(Evaluation.returned_at.is_(None), Evaluation.voided_at.is_(None))
        .group_by(Evaluation.evaluator_id)
        .having(func.count() == len(SLOTS))
    )
    knows = exists().where(Evaluation.evaluator_id == Author.id, Evaluation.author_id == essay_author.id)
    third = exists().where(Evaluation.evaluator_id == Author.id, Evaluation.volunteered)
    rows = session.execute(
        select(Person.id, Person.name, Essay.public_id)
        .join(Author, Author.essay_id == Essay.id)
        .join(Participation, Participation.id == Author.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .where(Author.id.in_(given), Author.id != essay_author.id, Author.withdrawn_at.is_(None), ~knows, ~third)
        .order_by(Author.joined_at, Author.id)
        .limit(MOST_VOLUNTEERS)
    )
    return [Somebody(*row) for row in rows]


def waive(session: Session, author: Author, side: Side, *, reason: str, person_id: int) -> list[int]:
    """Ask for no more evaluations on this side than there are; returns the scores to send after the commit.

    Raises `NothingOpen` when nothing is missing.
    """
    author, _pool = _locked(session, author)
    open_ = _open(author, side)
    if open_ == 0:
        raise NothingOpen
    _seat(author)
    if side is Side.GIVEN:
        author.to_give, author.lapsed, author.waived_given = 0, 0, author.waived_given + open_
    else:
        author.to_receive, author.waived_received = 0, author.waived_received + open_
    session.flush()
    _note(session, author, LogKind.WAIVED, f"{side.value}: {reason}", person_id)
    return record_given(session, author.participation, author.id) if side is Side.GIVEN else []


def ask_again(session: Session, author: Author, side: Side, *, person_id: int) -> None:
    """Undo `waive`. Raises `NothingOpen` where nothing is waived, or where the step is done by it."""
    author, pool = _locked(session, author)
    waived = author.waived_given if side is Side.GIVEN else author.waived_received
    done = select(StepResult.step).where(StepResult.participation_id == author.participation_id)
    if waived == 0 or (side is Side.GIVEN and session.scalar(done.where(StepResult.step == Step.EVALUATIONS))):
        raise NothingOpen
    # Somebody who has left gets nothing new, until they come back.
    again = waived if author.withdrawn_at is None else 0
    if side is Side.GIVEN:
        author.to_give, author.waived_given = author.to_give + again, 0
    else:
        author.to_receive, author.waived_received = author.to_receive + again, 0
    session.flush()
    _note(session, author, LogKind.UNDONE, side.value, person_id)
    settle(session, pool, author.id, f"asked again {side.value}")


def take_essay(session: Session, author: Author, *, reason: str, person_id: int) -> Evaluation:
    """Have a member of staff evaluate an essay that is short. Raises `NothingOpen` when it is not."""
    author, pool = _locked(session, author)
    held = evaluations_with(session, author.id)
    if _open(author, Side.RECEIVED) == 0:
        raise NothingOpen
    _seat(author)
    evaluation = Evaluation(
        pool_id=pool.id,
        staff_id=person_id,
        author_id=author.id,
        received_slot=_free_slot(held, author.id),
        status=EvaluationStatus.STARTED,
        started_at=now(),
        content_id=author.participation.content_id,
        shuffle_key=0,
    )
    _arrange(session, author, evaluation)
    lock_essay(session, author.essay_id)
    _note(session, author, LogKind.TAKEN, reason, person_id)
    return evaluation


def ask_volunteer(session: Session, author: Author, volunteer: Author, *, reason: str, person_id: int) -> Evaluation:
    """Give a short essay to somebody who has given two already. Raises `NothingOpen` where that is not so."""
    author, pool = _locked(session, author)
    session.refresh(volunteer)
    if (
        _open(author, Side.RECEIVED) == 0
        or volunteer.pool_id != pool.id
        or not _may_volunteer(session, volunteer, author)
    ):
        raise NothingOpen
    held = evaluations_with(session, author.id)
    _seat(author)
    evaluation = Evaluation(
        pool_id=pool.id,
        evaluator_id=volunteer.id,
        author_id=author.id,
        given_slot=len(SLOTS) + 1,
        received_slot=_free_slot(held, author.id),
        volunteered=True,
        shuffle_key=0,
    )
    _arrange(session, author, evaluation)
    if any((row.evaluator_id, row.author_id) == (author.id, volunteer.id) for row in held):
        mark_pairs(session, [(author.id, volunteer.id)], reciprocal=True)
    _note(session, author, LogKind.VOLUNTEERED, reason, person_id, evaluator_id=volunteer.id)
    return evaluation


def undo_arrangement(session: Session, evaluation: Evaluation, *, person_id: int) -> None:
    """Undo `take_essay` or `ask_volunteer`. Raises `NothingOpen` once a volunteer has begun or staff have submitted."""
    author, pool = _locked(session, evaluation.author)
    session.refresh(evaluation, with_for_update=True)
    untouched = EvaluationStatus.STARTED if evaluation.staff_id is not None else EvaluationStatus.OPEN
    if evaluation.status is not untouched or evaluation.received_slot is None:
        raise NothingOpen
    evaluator_id = evaluation.evaluator_id
    session.delete(evaluation)
    if evaluator_id is not None:
        mark_pairs(session, [(author.id, evaluator_id)], reciprocal=False)
    if author.withdrawn_at is None:
        author.to_receive += 1
    session.flush()
    _note(session, author, LogKind.UNDONE, "arrangement", person_id, evaluator_id=evaluator_id)
    settle(session, pool, author.id, "undone")


def _locked(session: Session, author: Author) -> tuple[Author, Pool]:
    found = locked_author(session, author.participation_id)
    if found is None:
        raise NothingOpen
    return found


def _open(author: Author, side: Side) -> int:
    if author.withdrawn_at is not None:
        return 0
    if author.placed_at is None:
        return len(SLOTS)
    return author.to_give + author.lapsed if side is Side.GIVEN else author.to_receive


def _seat(author: Author) -> None:
    """Somebody who waits for others is placed with everything open, so that some of it can be dealt with."""
    if author.placed_at is None:
        author.placed_at = now()
        author.to_give = author.to_receive = len(SLOTS)


def _free_slot(held: Sequence[Any], author_id: int) -> int:
    taken = {row.received_slot for row in held if row.author_id == author_id}
    return next(slot for slot in SLOTS if slot not in taken)


def _may_volunteer(session: Session, volunteer: Author, author: Author) -> bool:
    held = [row for row in evaluations_with(session, volunteer.id) if row.evaluator_id == volunteer.id]
    knows = volunteer.id == author.id or any(row.author_id == author.id or row.volunteered for row in held)
    idle = volunteer.placed_at is not None and volunteer.to_give + volunteer.lapsed == 0
    return not knows and volunteer.withdrawn_at is None and idle


def _arrange(session: Session, author: Author, evaluation: Evaluation) -> None:
    session.add(evaluation)
    author.to_receive -= 1
    session.flush()


def _note(
    session: Session, author: Author, kind: LogKind, reason: str, person_id: int, *, evaluator_id: int | None = None
) -> None:
    line = log.entry(kind, reason, evaluator_id=evaluator_id, author_id=author.id, person_id=person_id)
    log.write(session, author.pool_id, [line])
