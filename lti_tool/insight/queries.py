"""The figures of a cohort's module. Each costs the same few statements whatever the size of the cohort."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from lti_tool.insight.judgements import Judged
from lti_tool.insight.stages import Stage
from lti_tool.modules.models import Participation, StepResult
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Pool
from lti_tool.people.models import LinkVisit, Membership, Person, ResourceLink, Role
from lti_tool.people.names import Somebody
from lti_tool.programme.content import EvaluationForm, Step
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import content_of
from lti_tool.quiz.models import Attempt
from lti_tool.reflection.models import Essay


@dataclass(frozen=True, slots=True)
class Module:
    id: int
    key: str
    content_id: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many have come how far. `opened` have opened the module, `begun` have done something in it; `received` have
    both evaluations of their essay. What belongs to none of `steps`, those of the module, says nothing."""

    opened: int
    begun: int
    tested: int
    submitted: int
    completed: int
    received: int
    steps: tuple[Step, ...]


def modules(session: Session, cohort_ids: Collection[int]) -> list[Module]:
    """What the cohorts' programmes offer, in teaching order."""
    programmes = select(Cohort.programme_id).where(Cohort.id.in_(cohort_ids))
    rows = session.execute(
        select(OnlineModule.id, OnlineModule.key, OnlineModule.content_id)
        .where(OnlineModule.programme_id.in_(programmes), OnlineModule.content_id.is_not(None))
        .order_by(OnlineModule.programme_id, OnlineModule.position)
    )
    return [Module(row.id, row.key, row.content_id) for row in rows]


def stage_counts(session: Session, cohort_ids: Collection[int], module: Module) -> dict[Stage, int]:
    """How many stand where; only what is not zero."""
    placed = _placed(session, cohort_ids, module).subquery()
    rows = session.execute(select(placed.c.stage, func.count()).group_by(placed.c.stage))
    found = {Stage(stage): count for stage, count in rows}
    idle = session.scalar(select(func.count()).select_from(_idle(module).subquery()))
    if idle:
        found[Stage.OPENED] = idle
    return {stage: found[stage] for stage in Stage if stage in found}


def people_at(
    session: Session, cohort_ids: Collection[int], module: Module, stage: Stage, offset: int
) -> list[Somebody]:
    """One page of those who stand there, by name."""
    if stage is Stage.OPENED:
        there = _idle(module).subquery()
    else:
        placed = _placed(session, cohort_ids, module).subquery()
        there = select(placed.c.person_id).where(placed.c.stage == stage.value).subquery()
    rows = session.execute(
        select(Person.id, Person.name)
        .join(there, there.c.person_id == Person.id)
        .order_by(Person.name, Person.id)
        .limit(PAGE_SIZE)
        .offset(offset)
    )
    return [Somebody(*row) for row in rows]


def funnel(session: Session, cohort_ids: Collection[int], module: Module, opened: int) -> Funnel:
    """`opened` are those who have opened the module and done nothing."""

    def done(step: Step) -> ColumnElement[int]:
        here = exists().where(StepResult.participation_id == Participation.id, StepResult.step == step)
        return func.count().filter(here)

    row = session.execute(
        select(
            func.count(),
            done(Step.TEST),
            done(Step.ESSAY),
            func.count().filter(Participation.completed_at.is_not(None)),
        ).where(Participation.module_id == module.id, Participation.cohort_id.in_(cohort_ids))
    ).one()
    begun, tested, submitted, completed = row
    received = _received(session, cohort_ids, module)
    steps = content_of(session, module.content_id).steps
    return Funnel(opened + begun, begun, tested, submitted, completed, received, steps)


def _received(session: Session, cohort_ids: Collection[int], module: Module) -> int:
    both = (
        _counting(select(Evaluation.author_id), cohort_ids, module)
        .group_by(Evaluation.author_id)
        .having(func.count() >= 2)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(both)).one()


def judged(session: Session, cohort_ids: Collection[int], module: Module, form: EvaluationForm) -> list[Judged]:
    """Every evaluation that counts, with its levels as places in the form's scale."""
    columns = [Evaluation.answers[("criteria", c.key, "level")].as_string() for c in form.criteria]
    places = {c.key: {level.key: place for place, level in enumerate(c.levels)} for c in form.criteria}
    rows = session.execute(_counting(select(Evaluation.author_id, *columns), cohort_ids, module))
    return [
        (row[0], {c.key: places[c.key].get(level) for c, level in zip(form.criteria, row[1:], strict=True)})
        for row in rows
    ]


def _counting(query: Select[Any], cohort_ids: Collection[int], module: Module) -> Select[Any]:
    """Evaluations that are submitted and were not taken out."""
    return query.join(Pool, Pool.id == Evaluation.pool_id).where(
        Pool.cohort_id.in_(cohort_ids),
        Pool.module_id == module.id,
        Evaluation.status == EvaluationStatus.SUBMITTED,
        Evaluation.voided_at.is_(None),
    )


def _idle(module: Module) -> Select[int]:
    """Learners who have opened the module in a course they are still in, and have never done anything in it."""
    begun = exists().where(Participation.person_id == LinkVisit.person_id, Participation.module_id == module.id)
    return (
        select(LinkVisit.person_id)
        .join(ResourceLink, ResourceLink.id == LinkVisit.link_id)
        .join(
            Membership,
            and_(Membership.course_id == ResourceLink.course_id, Membership.person_id == LinkVisit.person_id),
        )
        .where(ResourceLink.module_key == module.key, Membership.role == Role.LEARNER, Membership.left_at.is_(None))
        .where(~begun)
        .distinct()
    )


def _placed(session: Session, cohort_ids: Collection[int], module: Module) -> Select[int, str]:
    """Everybody who has done something: (person_id, stage)."""
    here = (Participation.module_id == module.id, Participation.cohort_id.in_(cohort_ids))
    contents = session.scalars(select(Participation.content_id).where(*here).distinct()).all()
    tries, tasks = _tries(), _tasks()
    stage = _stage(_undone(session, contents), _allowed(session, contents), tries, tasks)
    return (
        select(Participation.person_id, stage.label("stage"))
        .outerjoin(Essay, Essay.participation_id == Participation.id)
        .outerjoin(Author, Author.participation_id == Participation.id)
        .outerjoin(tries, tries.c.participation_id == Participation.id)
        .outerjoin(tasks, tasks.c.evaluator_id == Author.id)
        .where(*here)
    )


def _undone(session: Session, contents: Collection[int]) -> dict[Step, ColumnElement[bool]]:
    """Whether a step is still to be done, by those whose version of the module has it."""

    def undone(step: Step) -> ColumnElement[bool]:
        having = [content_id for content_id in contents if step in content_of(session, content_id).steps]
        done = exists().where(StepResult.participation_id == Participation.id, StepResult.step == step)
        return and_(Participation.content_id.in_(having), ~done)

    return {step: undone(step) for step in Step}


def _allowed(session: Session, contents: Collection[int]) -> ColumnElement[Any]:
    """How many attempts at the test the content gives; NULL for any number."""
    limits = {content_id: content_of(session, content_id).attempts_allowed for content_id in contents}
    limited = [(Participation.content_id == key, literal(limit)) for key, limit in limits.items() if limit is not None]
    return case(*limited, else_=null()) if limited else cast(null(), Integer)


def _tries() -> Subquery:
    return (
        select(Attempt.participation_id, func.count().label("number"))
        .where(Attempt.submitted_at.is_not(None))
        .group_by(Attempt.participation_id)
        .subquery("tries")
    )


def _tasks() -> Subquery:
    """What an author still has to evaluate."""
    return (
        select(
            Evaluation.evaluator_id,
            func.count().filter(Evaluation.status == EvaluationStatus.OPEN).label("untouched"),
            func.count().filter(Evaluation.status == EvaluationStatus.STARTED).label("begun"),
            func.count().filter(Evaluation.returned_at.is_not(None)).label("returned"),
        )
        .where(
            Evaluation.given_slot.is_not(None),
            or_(Evaluation.status != EvaluationStatus.SUBMITTED, Evaluation.returned_at.is_not(None)),
        )
        .group_by(Evaluation.evaluator_id)
        .subquery("tasks")
    )


def _stage(
    undone: dict[Step, ColumnElement[bool]], allowed: ColumnElement[Any], tries: Subquery, tasks: Subquery
) -> ColumnElement[str]:
    return case(
        (Participation.completed_at.is_not(None), Stage.COMPLETE.value),
        (Essay.returned_at.is_not(None), Stage.ESSAY_RETURNED.value),
        (and_(undone[Step.TEST], tries.c.number >= allowed), Stage.TEST_STUCK.value),
        (undone[Step.TEST], Stage.TEST.value),
        (and_(undone[Step.ESSAY], Essay.id.is_(None)), Stage.ESSAY.value),
        (undone[Step.ESSAY], Stage.DRAFT.value),
        (Author.withdrawn_at.is_not(None), Stage.LEFT.value),
        (Author.placed_at.is_(None), Stage.WAITING.value),
        (tasks.c.returned > 0, Stage.RETURNED.value),
        (tasks.c.begun > 0, Stage.BEGUN.value),
        (tasks.c.untouched > 0, Stage.NOT_BEGUN.value),
        (Author.lapsed > 0, Stage.LAPSED.value),
        else_=Stage.NO_ESSAY.value,
    )
