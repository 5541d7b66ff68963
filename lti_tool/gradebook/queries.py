"""How far the learning assistants of one course have come in one module, and where their points are.

Every question is asked once for a whole page of people, so that a page costs the same for three as for fifty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.gradebook.view import Show, Sort, View
from lti_tool.lti.models import LineItem
from lti_tool.modules.actions import FULL_SCORE
from lti_tool.modules.dates import Deadlines, deadlines_for, is_late
from lti_tool.modules.models import Participation, StepResult
from lti_tool.paging import PAGE_SIZE
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.queries import HeldResult, held_results
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.people.models import Course, Membership, Person, ResourceLink, Role
from lti_tool.programme.content import Step
from lti_tool.programme.queries import CurrentModule, content_of, own_cohort
from lti_tool.quiz.models import Attempt
from lti_tool.reflection.models import Essay


@dataclass(frozen=True, slots=True)
class Counts:
    """Learning assistants who are in the course, and those who have `left` it, who count nowhere else; `failed` are
    those with a score that did not arrive."""

    all: int
    not_started: int
    in_progress: int
    done: int
    failed: int
    left: int

    def __getitem__(self, show: str) -> int:
        """The figure for a value of `Show`."""
        return int(getattr(self, Show(show).name.lower()))


@dataclass(frozen=True, slots=True)
class Tries:
    """Submitted attempts at the test, the best of them, and whether one is open."""

    submitted: int
    best: int | None
    open: bool


@dataclass(frozen=True, slots=True)
class Given:
    """Evaluations this person has begun, submitted ones among them; `waiting_since` is set while there is nobody to
    evaluate, `withdrawn_at` while they take no part.
    """

    begun: int
    submitted: int
    waiting_since: datetime | None
    withdrawn_at: datetime | None
    # When the last essay to evaluate was handed out, and how many went back because the time was over.
    handed_out_at: datetime | None
    lapsed: int

    @property
    def asked(self) -> bool:
        """They take part, and there is or was something for them to evaluate."""
        return self.withdrawn_at is None and (self.handed_out_at is not None or self.lapsed > 0)


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """How fresh the list of participants is. `failure` is why the latest attempt failed (`lti.rosters.reasons`), None
    if it did not; `under_way` means that the very first is still to come."""

    offered: bool
    fetched_at: datetime | None
    failure: str | None
    due_at: datetime | None

    @property
    def under_way(self) -> bool:
        return self.due_at is not None and self.fetched_at is None and self.failure is None


@dataclass(frozen=True, slots=True)
class Written:
    """An essay; `returned_at` is set while its author is to revise it."""

    saved_at: datetime
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Learner:
    """One line of the gradebook. `steps` are those of the version that they began with; `done` maps each finished step
    to its figure and moment, `held` line items to what the platform's gradebook holds there."""

    person_id: int
    name: str | None
    left_at: datetime | None
    participation_id: int | None
    completed_at: datetime | None
    steps: tuple[Step, ...]
    done: dict[Step, StepResult]
    tries: Tries | None
    essay: Written | None
    given: Given | None
    scores: tuple[Score, ...]
    held: dict[int, HeldResult]
    deadlines: Deadlines

    def late(self, name: str) -> bool:
        """Whether that step was done late, or is late by now; nobody is late who has nothing to evaluate yet."""
        step = Step(name)
        if step in self.done:
            return is_late(self.deadlines.get(step), self.done[step].done_at)
        asked = step is not Step.EVALUATIONS or (self.given is not None and self.given.asked)
        return asked and is_late(self.deadlines.get(step), now())

    @property
    def points(self) -> float | None:
        """None before the module is complete; a complete one counts in full even if no column waits for it."""
        return self.scores[0].given if self.scores else FULL_SCORE if self.completed_at else None


def columns_of(module: CurrentModule, learners: Sequence[Learner]) -> list[Step]:
    """The steps that the module has or, in the version that somebody began with, had."""
    met = {step for somebody in learners for step in somebody.steps}
    return [step for step in Step if step in met or step in module.content.steps]


def counts(session: Session, course_id: int, module: CurrentModule) -> Counts:
    columns = [func.count().filter(condition) for condition in _conditions(course_id, module).values()]
    row = session.execute(_learners(course_id, module).with_only_columns(*columns)).one()
    return Counts(*list(row))


def learners_on_page(session: Session, course_id: int, module: CurrentModule, view: View) -> list[Learner]:
    query = _learners(course_id, module).where(_conditions(course_id, module)[view.show])
    rows = session.execute(query.order_by(*_order(view.sort)).limit(PAGE_SIZE).offset(view.offset)).all()
    return _with_work(session, course_id, module, rows)


def roster_facts(session: Session, course_id: int) -> RosterFacts:
    course = session.execute(
        select(Course.roster_url, Course.roster_synced_at, Course.roster_failure, Course.roster_due_at).where(
            Course.id == course_id
        )
    ).one()
    return RosterFacts(bool(course.roster_url), course.roster_synced_at, course.roster_failure, course.roster_due_at)


def learner(session: Session, course_id: int, module: CurrentModule, person_id: int) -> Learner | None:
    """None for anybody who is not a learning assistant in this course."""
    rows = session.execute(_learners(course_id, module).where(Person.id == person_id)).all()
    return next(iter(_with_work(session, course_id, module, rows)), None)


def submitted_essay(session: Session, participation_id: int | None) -> Essay | None:
    """Drafts are their author's own until they are submitted."""
    return session.scalars(
        select(Essay).where(Essay.participation_id == participation_id, Essay.submitted_at.is_not(None))
    ).one_or_none()


def score_of_course(session: Session, course_id: int, score_id: int) -> int | None:
    """The id, if that score goes to a column of this course."""
    return session.scalars(_scores(course_id).with_only_columns(Score.id).where(Score.id == score_id)).one_or_none()


def _learners(course_id: int, module: CurrentModule) -> Select[*tuple[Any, ...]]:
    cohort_id = own_cohort(Person.id, module.programme_id)
    takes_part = and_(
        Participation.person_id == Person.id,
        Participation.module_id == module.id,
        Participation.cohort_id == cohort_id,
    )
    return (
        select(
            Person.id,
            Person.name,
            Membership.left_at,
            cohort_id.label("cohort_id"),
            Participation.id.label("participation_id"),
            Participation.content_id,
            Participation.completed_at,
        )
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Participation, takes_part)
        .where(Membership.course_id == course_id, Membership.role == Role.LEARNER)
    )


def _conditions(course_id: int, module: CurrentModule) -> dict[Show, ColumnElement[bool]]:
    failed = (
        _scores(course_id)
        .with_only_columns(Score.id)
        .where(ResourceLink.module_key == module.key, Score.person_id == Person.id, Score.state == Delivery.FAILED)
        .correlate(Person)
        .exists()
    )
    present = Membership.left_at.is_(None)
    return {
        Show.ALL: present,
        Show.NOT_STARTED: and_(present, Participation.id.is_(None)),
        Show.IN_PROGRESS: and_(present, Participation.id.is_not(None), Participation.completed_at.is_(None)),
        Show.DONE: and_(present, Participation.completed_at.is_not(None)),
        Show.FAILED: and_(present, failed),
        Show.LEFT: Membership.left_at.is_not(None),
    }


def _scores(course_id: int) -> Select[Score]:
    return (
        select(Score)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .where(ResourceLink.course_id == course_id)
    )


def _order(sort: Sort) -> list[ColumnElement[Any]]:
    name = func.lower(Person.name)
    if sort in (Sort.NAME, Sort.NAME_DOWN):
        return [(name.desc() if sort is Sort.NAME_DOWN else name.asc()).nulls_last(), Person.id.asc()]
    steps = (
        select(func.count())
        .select_from(StepResult)
        .where(StepResult.participation_id == Participation.id)
        .correlate(Participation)
        .scalar_subquery()
    )
    # Who has begun but finished nothing stands between those who have not and those who have.
    begun = Participation.id.is_not(None)
    if sort is Sort.PROGRESS:
        return [steps.asc(), begun.asc(), name.asc().nulls_last(), Person.id.asc()]
    return [steps.desc(), begun.desc(), name.asc().nulls_last(), Person.id.asc()]


def _with_work(
    session: Session, course_id: int, module: CurrentModule, rows: Sequence[Row[*tuple[Any, ...]]]
) -> list[Learner]:
    took_part = [row.participation_id for row in rows if row.participation_id is not None]
    done = _done(session, took_part)
    tries = _tries(session, took_part)
    essays = _essays(session, took_part)
    given = _given(session, took_part)
    scores = _scores_of(session, course_id, module, [row.id for row in rows])
    held = _held(session, scores)
    handed_out = {row.id: given[row.participation_id].handed_out_at for row in rows if row.participation_id in given}
    dates: dict[int, Deadlines] = {}
    for cohort_id in {row.cohort_id for row in rows}:
        there = {row.id: handed_out.get(row.id) for row in rows if row.cohort_id == cohort_id}
        dates |= deadlines_for(session, there, (cohort_id, module.id))
    return [
        Learner(
            person_id=row.id,
            name=row.name,
            left_at=row.left_at,
            participation_id=row.participation_id,
            completed_at=row.completed_at,
            steps=_steps(session, module, row.content_id),
            done=done[row.participation_id],
            tries=tries.get(row.participation_id),
            essay=essays.get(row.participation_id),
            given=given.get(row.participation_id),
            scores=tuple(scores[row.id]),
            held=held[row.id],
            deadlines=dates[row.id],
        )
        for row in rows
    ]


def _steps(session: Session, module: CurrentModule, content_id: int | None) -> tuple[Step, ...]:
    """Those of the version that somebody began with, or would."""
    if content_id is None or content_id == module.content_id:
        return module.content.steps
    return content_of(session, content_id).steps


def _done(session: Session, participations: list[int]) -> defaultdict[int, dict[Step, StepResult]]:
    found: defaultdict[int, dict[Step, StepResult]] = defaultdict(dict)
    for result in session.scalars(_DONE, {"wanted": participations}):
        found[result.participation_id][result.step] = result
    return found


def _tries(session: Session, participations: list[int]) -> dict[int, Tries]:
    rows = session.execute(_TRIES, {"wanted": participations})
    return {row.participation_id: Tries(row.submitted, row.best, row.begun > row.submitted) for row in rows}


def _essays(session: Session, participations: list[int]) -> dict[int, Written]:
    rows = session.execute(_ESSAYS, {"wanted": participations})
    return {row.participation_id: Written(row.saved_at, row.returned_at) for row in rows}


def _given(session: Session, participations: list[int]) -> dict[int, Given]:
    rows = session.execute(_GIVEN, {"wanted": participations})
    return {
        row.participation_id: Given(
            row.begun,
            row.submitted,
            None if row.placed_at or row.withdrawn_at else row.joined_at,
            row.withdrawn_at,
            row.handed_out_at,
            row.lapsed,
        )
        for row in rows
    }


def _scores_of(
    session: Session, course_id: int, module: CurrentModule, people: list[int]
) -> defaultdict[int, list[Score]]:
    found: defaultdict[int, list[Score]] = defaultdict(list)
    query = _scores(course_id).where(ResourceLink.module_key == module.key, Score.person_id.in_(people))
    for score in session.scalars(query.order_by(Score.id)):
        found[score.person_id].append(score)
    return found


def _held(session: Session, scores: Mapping[int, list[Score]]) -> defaultdict[int, dict[int, HeldResult]]:
    found: defaultdict[int, dict[int, HeldResult]] = defaultdict(dict)
    line_items = {score.line_item_id for of_person in scores.values() for score in of_person}
    for (line_item_id, person_id), result in held_results(session, line_items, scores.keys()).items():
        found[person_id][line_item_id] = result
    return found


# Built once: that takes longer than the answers.
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_DONE = select(StepResult).where(StepResult.participation_id.in_(_WANTED))
_TRIES: Select[*tuple[Any, ...]] = (
    select(
        Attempt.participation_id,
        func.count(Attempt.id).label("begun"),
        func.count(Attempt.submitted_at).label("submitted"),
        func.max(Attempt.right).label("best"),
    )
    .where(Attempt.participation_id.in_(_WANTED))
    .group_by(Attempt.participation_id)
)
_ESSAYS: Select[*tuple[Any, ...]] = select(Essay.participation_id, Essay.saved_at, Essay.returned_at).where(
    Essay.participation_id.in_(_WANTED), Essay.text != ""
)
_GIVEN: Select[*tuple[Any, ...]] = (
    select(
        Author.participation_id,
        Author.joined_at,
        Author.placed_at,
        Author.withdrawn_at,
        func.count(Evaluation.started_at).label("begun"),
        func.count(Evaluation.submitted_at).label("submitted"),
        func.max(Evaluation.created_at).label("handed_out_at"),
        Author.lapsed,
    )
    .outerjoin(Evaluation, Evaluation.evaluator_id == Author.id)
    .where(Author.participation_id.in_(_WANTED))
    .group_by(Author.id)
)
