"""The statements that read what is on record, each made once.

They are of a `cohort_id`; those for some of its people alone are also of `people`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union,
    union_all,
)

from lti_tool.attendance.models import Mark, Preparation, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.database import table_of
from lti_tool.employment.models import Employment
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.modules.models import Extension, ModuleChoice, Participation, StepDate, StepResult
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.people.models import Membership, Role
from lti_tool.programme.models import Enrolment

# Behind the id of a session: was there, was absent, has a place, has one and is prepared, waits for one.
SIGNS = "+-pPw"
Columns = TypeVarTuple("Columns")
_BETWEEN = " "
_cohort_id = bindparam("cohort_id", type_=table_of(TrainingSession).c.cohort_id.type)


def everybody(cohort_id: int) -> CompoundSelect[int]:
    """The ids of all who take part in the cohort, are employed for it, have signed up in it, or are marked in it."""
    session_ids = select(TrainingSession.id).where(TrainingSession.cohort_id == cohort_id)
    return union(
        select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id),
        select(SignUp.person_id).where(SignUp.cohort_id == cohort_id),
        select(Mark.person_id).where(Mark.session_id.in_(session_ids)),
        select(Employment.person_id)
        .where(Employment.cohort_id == cohort_id, Employment.person_id.is_not(None))
        .where(Employment.ended_at.is_(None)),
    )


@cache
def strings(of_people: bool) -> CompoundSelect[str, int, str]:
    """Also of a `programme_id`, and of the positions that are `spared` the training."""
    queries = (_marks(), _places(), _courses(), _chosen(), _recognised(), _positions())
    return union_all(*(_limited(query, of_people) for query in queries))


@cache
def participations(of_people: bool) -> Select[Any]:
    """Of those that are complete nothing more is asked."""
    part, author, given = table_of(Participation).c, table_of(Author).c, table_of(Evaluation).c
    result, choice = table_of(StepResult).c, table_of(ModuleChoice).c
    steps = _by_participation(
        of_people, table_of(StepResult), result.participation_id, func.aggregate_strings(result.step, _BETWEEN)
    )
    # Whose time has run out has no essay any more, and is late all the same.
    at = func.coalesce(func.max(given.created_at), func.max(case((author.lapsed > 0, author.joined_at))))
    given_out = table_of(Author).outerjoin(table_of(Evaluation), given.evaluator_id == author.id)
    handed_out = _by_participation(of_people, given_out, author.participation_id, at, author.withdrawn_at.is_(None))
    chosen = exists().where(
        choice.person_id == part.person_id, choice.cohort_id == part.cohort_id, choice.module_id == part.module_id
    )
    joined = (
        table_of(Participation)
        .outerjoin(steps, steps.c.participation_id == part.id)
        .outerjoin(handed_out, handed_out.c.participation_id == part.id)
    )
    query = select(
        part.person_id,
        part.module_id,
        and_(part.completed_at.is_(None), chosen).label("chosen"),
        part.completed_at,
        steps.c.found.label("steps"),
        handed_out.c.found.label("handed_out_at"),
    ).select_from(joined)
    return _limited(query.where(part.cohort_id == _cohort_id), of_people)


def _by_participation(
    of_people: bool, tables: FromClause, participation_id: ColumnElement[int], found: Any, *which: ColumnElement[bool]
) -> Subquery:
    """What is found of each participation that is not complete, gathered once instead of for one after the other."""
    part = table_of(Participation).alias()
    query = (
        select(participation_id.label("participation_id"), found.label("found"), part.c.person_id)
        .select_from(tables.join(part, part.c.id == participation_id))
        .where(part.c.cohort_id == _cohort_id, part.c.completed_at.is_(None), *which)
        .group_by(participation_id, part.c.person_id)
    )
    return _limited(query, of_people).subquery()


@cache
def extensions(of_people: bool) -> Select[Any]:
    more, date = table_of(Extension).c, table_of(StepDate).c
    same = and_(date.cohort_id == more.cohort_id, date.module_id == more.module_id, date.step == more.step)
    query = (
        select(more.person_id, more.module_id, more.step, more.until, date.due_at, date.grace_hours)
        .join_from(table_of(Extension), table_of(StepDate), same)
        .where(more.cohort_id == _cohort_id)
    )
    return _limited(query, of_people)


def _limited(query: Select[*Columns], of_people: bool) -> Select[*Columns]:
    if not of_people:
        return query
    return query.where(query.selected_columns["person_id"].in_(bindparam("people", expanding=True)))


def _marks() -> Select[str, int, str]:
    mark, date = table_of(Mark).c, table_of(TrainingSession).c
    sign = case((mark.presence == Presence.ABSENT, "-"), else_="+")
    in_cohort = select(date.id).where(date.cohort_id == _cohort_id)
    return _string("marks", mark.person_id, _text(mark.session_id) + sign).where(mark.session_id.in_(in_cohort))


def _places() -> Select[str, int, str]:
    own, done = table_of(SignUp).c, table_of(Preparation).c
    prepared = and_(
        done.person_id == own.person_id,
        done.cohort_id == own.cohort_id,
        done.meeting_key == own.meeting_key,
    )
    sign = case((own.state == SignUpState.WAITING, "w"), (done.done_at.is_(None), "p"), else_="P")
    return (
        _string("places", own.person_id, _text(own.session_id) + sign)
        .join_from(table_of(SignUp), table_of(Preparation), prepared, isouter=True)
        .where(own.cohort_id == _cohort_id)
    )


def _courses() -> Select[str, int, str]:
    """Those that hold sessions."""
    member, date = table_of(Membership).c, table_of(TrainingSession).c
    holding = select(date.course_id).where(date.cohort_id == _cohort_id, date.course_id.is_not(None))
    return _string("courses", member.person_id, _text(member.course_id)).where(
        member.course_id.in_(holding), member.role == Role.LEARNER, member.left_at.is_(None)
    )


def _chosen() -> Select[str, int, str]:
    """And not begun, which is most often the same."""
    own, part = table_of(ModuleChoice).c, table_of(Participation).c
    begun = exists().where(
        part.person_id == own.person_id, part.module_id == own.module_id, part.cohort_id == own.cohort_id
    )
    return _string("chosen", own.person_id, _text(own.module_id)).where(own.cohort_id == _cohort_id, ~begun)


def _recognised() -> Select[str, int, str]:
    asked = table_of(EquivalenceApplication).c
    return _string("recognised", asked.person_id, asked.category).where(
        asked.programme_id == bindparam("programme_id"), asked.decision == Decision.APPROVED
    )


def _positions() -> Select[str, int, str]:
    """Of those alone who are employed as nothing that needs the training."""
    job = table_of(Employment).c
    needs_it = case((job.position.in_(bindparam("spared", expanding=True)), 0), else_=1)
    return (
        _string("positions", job.person_id, job.position)
        .where(job.cohort_id == _cohort_id, job.person_id.is_not(None), job.ended_at.is_(None))
        .having(func.max(needs_it) == 0)
    )


def _string(kind: str, person_id: ColumnElement[int], what: ColumnElement[str]) -> Select[str, int, str]:
    text = func.aggregate_strings(what, _BETWEEN).label("text")
    return select(literal(kind).label("kind"), person_id.label("person_id"), text).group_by(person_id)


def _text(number: ColumnElement[int]) -> ColumnElement[str]:
    return cast(number, String)
