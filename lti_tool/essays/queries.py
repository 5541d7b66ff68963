"""What coordinators see of their cohorts' essays. Each list costs the same few statements however long it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lti_tool.essays.view import Show, View
from lti_tool.modules.models import Participation
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, ReviewEntry
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, has_name
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import content_of
from lti_tool.reflection.models import Essay, EssayMatch, EssayReading, EssayRevision


@dataclass(frozen=True, slots=True)
class Line:
    """One essay of a list; `copied` is the largest share of it that stands in another one, None where nothing that is
    not in order does."""

    public_id: str
    author: Somebody
    module_key: str
    language: str
    submitted_at: datetime
    read: bool
    returned: bool
    copied: float | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The public ids before and after an essay in a list; None at its ends."""

    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """An evaluation of the essay; `evaluator` may be a member of staff."""

    public_id: str
    evaluator: Somebody
    staff: bool
    status: EvaluationStatus
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Copied:
    """What an essay has in common with an earlier one; `share` is of its own words."""

    public_id: str
    author: Somebody
    module_key: str
    submitted_at: datetime | None
    share: float
    cleared_at: datetime | None
    cleared_by: Somebody | None


@dataclass(frozen=True, slots=True)
class Returned:
    """An essay was returned, and why. `undone` has been taken back since."""

    entry: ReviewEntry
    by: Somebody | None
    undone: bool


_COPIED = exists().where(EssayMatch.essay_id == Essay.id, EssayMatch.cleared_at.is_(None))
_CONDITIONS: dict[Show, ColumnElement[bool]] = {
    Show.UNREAD: EssayReading.person_id.is_(None),
    Show.COPIED: _COPIED,
    Show.RETURNED: Essay.returned_at.is_not(None),
    Show.ALL: true(),
}
_PLACE = (Essay.submitted_at, Essay.id)


def module_titles(session: Session, cohort_ids: Collection[int], language: str) -> dict[str, str]:
    """Title by key of the cohorts' modules in teaching order; the key is the title of one no longer offered."""
    rows = session.execute(
        select(OnlineModule.key, OnlineModule.content_id)
        .where(OnlineModule.programme_id.in_(select(Cohort.programme_id).where(Cohort.id.in_(cohort_ids))))
        .order_by(OnlineModule.programme_id, OnlineModule.position)
    )
    return {
        row.key: content_of(session, row.content_id).title_in(language) if row.content_id else row.key for row in rows
    }


def title_of(session: Session, module: OnlineModule, language: str) -> str:
    return content_of(session, module.content_id).title_in(language) if module.content_id else module.key


def languages_of(session: Session, cohort_ids: Collection[int]) -> list[str]:
    """The codes of the languages in which essays were submitted."""
    query = select(Essay.submitted_language).join(Participation).where(Participation.cohort_id.in_(cohort_ids))
    return sorted(filter(None, session.scalars(query.distinct())))


def counts(session: Session, cohort_ids: Collection[int], person_id: int, view: View) -> dict[Show, int]:
    """How many essays each list holds, of the view's module, language and search."""
    columns = [func.count().filter(condition) for condition in _CONDITIONS.values()]
    row = session.execute(_essays(cohort_ids, person_id, view).with_only_columns(*columns)).one()
    return dict(zip(_CONDITIONS, row, strict=True))


def essays_on_page(session: Session, cohort_ids: Collection[int], person_id: int, view: View) -> list[Line]:
    """The oldest first, so that what comes in does not move what is being read."""
    share = (
        select(func.max(EssayMatch.share))
        .where(EssayMatch.essay_id == Essay.id, EssayMatch.cleared_at.is_(None))
        .scalar_subquery()
    )
    listed = _essays(cohort_ids, person_id, view).where(_CONDITIONS[view.show]).order_by(*_PLACE)
    rows = session.execute(listed.limit(PAGE_SIZE).offset(view.offset).add_columns(share.label("copied"), *_COLUMNS))
    return [
        Line(
            row.public_id,
            Somebody(row.person_id, row.name),
            row.key,
            row.submitted_language,
            row.submitted_at,
            row.reader_id is not None,
            row.returned_at is not None,
            row.copied,
        )
        for row in rows
    ]


def neighbours(session: Session, cohort_ids: Collection[int], person_id: int, view: View, essay: Essay) -> Neighbours:
    """What stands beside an essay in the list, or would if it had not just left it."""
    here = tuple_(essay.submitted_at, essay.id)
    listed = (
        _essays(cohort_ids, person_id, view).where(_CONDITIONS[view.show]).with_only_columns(Essay.public_id).limit(1)
    )
    backwards = [column.desc() for column in _PLACE]
    return Neighbours(
        previous=session.scalar(listed.where(tuple_(*_PLACE) < here).order_by(*backwards)),
        next=session.scalar(listed.where(tuple_(*_PLACE) > here).order_by(*_PLACE)),
    )


def _essays(cohort_ids: Collection[int], person_id: int, view: View) -> Select[Any]:
    mine = and_(
        EssayReading.essay_id == Essay.id,
        EssayReading.person_id == person_id,
        EssayReading.submitted_at == Essay.submitted_at,
    )
    query = (
        select(Essay.id)
        .join(Participation, Participation.id == Essay.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
        .outerjoin(EssayReading, mine)
        .where(Participation.cohort_id.in_(cohort_ids), Essay.submitted_at.is_not(None))
    )
    return query.where(*_wanted(view))


def _wanted(view: View) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if view.module:
        wanted.append(OnlineModule.key == view.module)
    if view.language:
        wanted.append(Essay.submitted_language == view.language)
    if view.q:
        wanted.append(or_(has_name(view.q), Essay.submitted_text.icontains(view.q, autoescape=True)))
    return wanted


_COLUMNS = (
    Essay.public_id,
    Essay.submitted_language,
    Essay.submitted_at,
    Essay.returned_at,
    Participation.person_id,
    Person.name,
    OnlineModule.key,
    EssayReading.person_id.label("reader_id"),
)


def evaluations_of(session: Session, essay_id: int) -> list[Given]:
    """Those that count or may still: neither open nor released nor voided ones."""
    writer, staff = aliased(Participation), aliased(Person)
    rows = session.execute(
        select(
            Evaluation.public_id,
            Evaluation.staff_id,
            Evaluation.status,
            Evaluation.submitted_at,
            func.coalesce(Person.id, staff.id).label("person_id"),
            func.coalesce(Person.name, staff.name).label("name"),
        )
        .join(Author, Author.id == Evaluation.author_id)
        .outerjoin(_evaluator := aliased(Author), _evaluator.id == Evaluation.evaluator_id)
        .outerjoin(writer, writer.id == _evaluator.participation_id)
        .outerjoin(Person, Person.id == writer.person_id)
        .outerjoin(staff, staff.id == Evaluation.staff_id)
        .where(Author.essay_id == essay_id, Evaluation.received_slot.is_not(None))
        .order_by(Evaluation.received_slot)
    )
    return [
        Given(row.public_id, Somebody(row.person_id, row.name), row.staff_id is not None, row.status, row.submitted_at)
        for row in rows
    ]


def copies_of(session: Session, essay_id: int) -> list[Copied]:
    """The earlier essays with which it has much in common, the most first."""
    judge = aliased(Person)
    rows = session.execute(
        select(
            EssayMatch,
            Essay.public_id,
            Essay.submitted_at,
            Participation.person_id,
            Person.name,
            OnlineModule.key,
            judge,
        )
        .join(Essay, Essay.id == EssayMatch.other_id)
        .join(Participation, Participation.id == Essay.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
        .outerjoin(judge, judge.id == EssayMatch.cleared_by)
        .where(EssayMatch.essay_id == essay_id, Essay.submitted_at.is_not(None))
        .order_by(EssayMatch.share.desc(), EssayMatch.other_id)
    )
    return [
        Copied(
            public_id,
            Somebody(person_id, name),
            key,
            submitted_at,
            match.share,
            match.cleared_at,
            Somebody(by.id, by.name) if by else None,
        )
        for match, public_id, submitted_at, person_id, name, key, by in rows
    ]


def revisions_of(session: Session, essay_id: int) -> Sequence[EssayRevision]:
    """What was submitted before, the newest first."""
    query = select(EssayRevision).where(EssayRevision.essay_id == essay_id).order_by(EssayRevision.number.desc())
    return session.scalars(query).all()


def returns_of(session: Session, essay_id: int) -> list[Returned]:
    """The newest first."""
    undoing = aliased(ReviewEntry)
    rows = session.execute(
        select(ReviewEntry, Person, undoing.id)
        .outerjoin(Person, Person.id == ReviewEntry.person_id)
        .outerjoin(undoing, undoing.undoes_id == ReviewEntry.id)
        .where(ReviewEntry.essay_id == essay_id, ReviewEntry.undoes_id.is_(None))
        .order_by(ReviewEntry.id.desc())
    )
    return [Returned(entry, Somebody(by.id, by.name) if by else None, undone is not None) for entry, by, undone in rows]
