"""What there is to tell people, read for many of them with the statements of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Row, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.lti.models import Deployment, Platform
from lti_tool.messages.models import Digest, address_hash
from lti_tool.messages.news import Given, Item, Kind, Received, Situation, news_in
from lti_tool.modules.dates import Deadlines, Place, deadline
from lti_tool.modules.models import Extension, ModuleChoice, Participation, StepDate, StepResult
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.people.models import Course, LinkVisit, Membership, Person, ResourceLink
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import content_of, own_cohort
from lti_tool.reflection.models import Essay

Rows: TypeAlias = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Door:
    """The way to the tool: the link through which the person came last, None where the platform told no title."""

    link: str | None
    course: str | None
    platform: str


@dataclass(frozen=True, slots=True)
class Mailing:
    """Whether the person is written to: they have an address, did not decline, and it has not been refused."""

    wanted: bool
    refused: bool


def news_of(session: Session, person_id: int, moment: datetime) -> list[Item]:
    """All that the person can do something about."""
    return news_for(session, [person_id], moment).get(person_id, [])


def news_for(session: Session, people: Collection[int], moment: datetime) -> dict[int, list[Item]]:
    """The same for many people, by their ids; whoever has nothing to do is not in it. Five statements at most."""
    rows = session.execute(_PARTICIPATIONS, {"wanted": [*people]}).all()
    if not rows:
        return {}
    found: dict[int, list[Item]] = defaultdict(list)
    for person_id, situation in _situations(session, rows):
        found[person_id] += [item for item in news_in(situation, moment) if _is_asked_for(session, item)]
    return {person_id: items for person_id, items in found.items() if items}


def _is_asked_for(session: Session, item: Item) -> bool:
    """A date may be left from a version of the module with more steps than the person's own."""
    return item.kind is not Kind.DUE or item.step in content_of(session, item.situation.content_id).steps


def mailing_of(session: Session, person_id: int) -> Mailing | None:
    """None for somebody whose address we do not have."""
    row = session.execute(
        select(Person.email, Digest.declined_at, Digest.refused)
        .outerjoin(Digest, Digest.person_id == Person.id)
        .where(Person.id == person_id, Person.email.is_not(None))
    ).one_or_none()
    return Mailing(row.declined_at is None, row.refused == address_hash(row.email)) if row else None


def doors_of(session: Session, people: Collection[int]) -> dict[tuple[int, str | None], Door]:
    """By person and module the newest link to it in a course that the person is in; None is a link without module."""
    rows = session.execute(
        select(LinkVisit.person_id, ResourceLink.module_key, ResourceLink.title, Course.title, Platform.name)
        .join(ResourceLink, ResourceLink.id == LinkVisit.link_id)
        .join(Course, Course.id == ResourceLink.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .join(Membership, (Membership.course_id == Course.id) & (Membership.person_id == LinkVisit.person_id))
        .where(LinkVisit.person_id.in_(people), Membership.left_at.is_(None))
        .order_by(ResourceLink.id)
    )
    return {(person_id, key): Door(link, course, platform) for person_id, key, link, course, platform in rows}


def _situations(session: Session, rows: Rows) -> list[tuple[int, Situation]]:
    done = _done(session, [row.id for row in rows])
    evaluations = _evaluations(session, [row.author_id for row in rows if row.author_id is not None])
    deadlines = _deadlines(session, rows)
    return [
        (row.person_id, _situation(row, done[row.id], evaluations[row.author_id], deadlines[row.id])) for row in rows
    ]


def _situation(row: Row[Any], done: frozenset[Step], evaluations: list[Row[Any]], deadlines: Deadlines) -> Situation:
    """Of a module that is not chosen, or given up, only what others wait for is due."""
    return Situation(
        participation_id=row.id,
        module_key=row.key,
        content_id=row.content_id,
        done=done,
        essay_returned_at=row.essay_returned_at,
        language=row.language,
        given=tuple(_given(given) for given in evaluations if _is_given(given, row.author_id)),
        received=tuple(_received(received) for received in evaluations if received.author_id == row.author_id),
        lapsed=0 if row.withdrawn_at else row.lapsed or 0,
        waited=row.placed_at - row.joined_at if row.placed_at else timedelta(),
        deadlines={step: due for step, due in deadlines.items() if row.chosen or step is Step.EVALUATIONS},
        days_to_evaluate=row.days_to_evaluate,
    )


def _is_given(row: Row[Any], author_id: int | None) -> bool:
    return author_id is not None and row.evaluator_id == author_id


def _given(row: Row[Any]) -> Given:
    begun = row.status is not EvaluationStatus.OPEN
    return Given(row.public_id, begun, row.submitted_at is not None, row.returned_at, row.created_at)


def _received(row: Row[Any]) -> Received:
    return Received(row.submitted_at, row.read_at is not None, row.returned_at is not None)


def _done(session: Session, participations: list[int]) -> defaultdict[int, frozenset[Step]]:
    found: defaultdict[int, frozenset[Step]] = defaultdict(frozenset)
    for participation_id, step in session.execute(_DONE, {"wanted": participations}):
        found[participation_id] |= {step}
    return found


def _evaluations(session: Session, authors: list[int]) -> defaultdict[int | None, list[Row[Any]]]:
    """Those that hold a place, under each of their two ends among `authors`."""
    found: defaultdict[int | None, list[Row[Any]]] = defaultdict(list)
    if not authors:
        return found
    wanted = set(authors)
    for row in session.execute(_EVALUATIONS, {"wanted": authors}):
        for end in {row.evaluator_id, row.author_id} & wanted:
            found[end].append(row)
    return found


def _deadlines(session: Session, rows: Rows) -> dict[int, Deadlines]:
    """By participation."""
    dates = session.execute(_DATES, {"wanted": list({row.cohort_id for row in rows})}).all()
    extensions = _extensions(session, {row.person_id for row in rows}) if dates else {}
    by_place: dict[Place, Rows] = defaultdict(list)
    for date in dates:
        by_place[date.cohort_id, date.module_id] = [*by_place[date.cohort_id, date.module_id], date]
    return {
        row.id: {
            date.step: deadline(date.due_at, date.grace_hours, extensions.get((row.person_id, *place, date.step)))
            for date in by_place[place]
        }
        for row in rows
        for place in [(row.cohort_id, row.module_id)]
    }


def _extensions(session: Session, people: Collection[int]) -> Mapping[tuple[int, int, int, Step], datetime]:
    rows = session.execute(_EXTENSIONS, {"wanted": [*people]})
    return {(row.person_id, row.cohort_id, row.module_id, row.step): row.until for row in rows}


_participation, _result, _essay = table_of(Participation).c, table_of(StepResult).c, table_of(Essay).c
_author, _evaluation = table_of(Author).c, table_of(Evaluation).c
_module, _cohort = table_of(OnlineModule).c, table_of(Cohort).c
_date, _extension = table_of(StepDate).c, table_of(Extension).c
_choice = table_of(ModuleChoice).c
_chosen = exists().where(
    _choice.person_id == _participation.person_id,
    _choice.cohort_id == _participation.cohort_id,
    _choice.module_id == _participation.module_id,
)
# Every page of a learning assistant asks these, so they are built once; the ids that they ask for are filled in.
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
# Those in modules that can still be opened.
_PARTICIPATIONS: Select[*tuple[Any, ...]] = (
    select(
        _participation.id,
        _participation.person_id,
        _participation.module_id,
        _participation.cohort_id,
        _participation.content_id,
        _module.key,
        _cohort.days_to_evaluate,
        _essay.returned_at.label("essay_returned_at"),
        _essay.language,
        _author.id.label("author_id"),
        _author.joined_at,
        _author.placed_at,
        _author.withdrawn_at,
        _author.lapsed,
        _chosen.label("chosen"),
    )
    .select_from(
        table_of(Participation)
        .join(table_of(OnlineModule), _module.id == _participation.module_id)
        .join(table_of(Cohort), _cohort.id == _participation.cohort_id)
        .outerjoin(table_of(Essay), _essay.participation_id == _participation.id)
        .outerjoin(table_of(Author), _author.participation_id == _participation.id)
    )
    .where(_cohort.id == own_cohort(_participation.person_id, _cohort.programme_id), _module.content_id.is_not(None))
    .where(_participation.person_id.in_(_WANTED))
    .order_by(_module.position, _participation.id)
)
_EVALUATIONS: Select[*tuple[Any, ...]] = (
    select(
        _evaluation.evaluator_id,
        _evaluation.author_id,
        _evaluation.public_id,
        _evaluation.status,
        _evaluation.submitted_at,
        _evaluation.read_at,
        _evaluation.returned_at,
        _evaluation.created_at,
    )
    .where(or_(_evaluation.evaluator_id.in_(_WANTED), _evaluation.author_id.in_(_WANTED)))
    .where(_evaluation.received_slot.is_not(None))
    .order_by(_evaluation.given_slot, _evaluation.id)
)
_DONE = select(_result.participation_id, _result.step).where(_result.participation_id.in_(_WANTED))
_DATES: Select[*tuple[Any, ...]] = select(
    _date.cohort_id, _date.module_id, _date.step, _date.due_at, _date.grace_hours
).where(_date.cohort_id.in_(_WANTED))
_EXTENSIONS: Select[*tuple[Any, ...]] = select(
    _extension.person_id, _extension.cohort_id, _extension.module_id, _extension.step, _extension.until
).where(_extension.person_id.in_(_WANTED))
