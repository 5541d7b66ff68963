"""What is on record of the people of a cohort, as it stands in the database.

There may be dozens of rows for each of thousands of people, so the database strings them together: "12+ 15-" are two
marks. Keys have no spaces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, select, union, union_all
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, Preparation, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.completion.offers import Setting
from lti_tool.completion.records import Records, Work
from lti_tool.database import table_of
from lti_tool.employment.models import Employment
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.modules.dates import Deadlines, deadline
from lti_tool.modules.models import Extension, ModuleChoice, Participation, StepDate, StepResult
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.people.models import Membership, Role
from lti_tool.programme.content import Step
from lti_tool.programme.models import Enrolment

# Of what, by the person: what stands in the database of it, strung together.
Strings = dict[str, dict[int, str]]
_BETWEEN = " "
Columns = TypeVarTuple("Columns")


def records_in(session: Session, setting: Setting, people: Collection[int] | None) -> dict[int, Records]:
    """By person: of these people, or of everybody who has to do with the cohort. Four statements."""
    known = session.scalars(everybody(setting.cohort_id)) if people is None else people
    strings = _strings(session, setting, people)
    work = _work(session, setting, people, strings.pop("chosen", {}))
    return {person_id: _records(setting, strings, work.get(person_id, {}), person_id) for person_id in known}


def _records(setting: Setting, strings: Strings, work: dict[str, Work], person_id: int) -> Records:
    def said(of: str) -> list[str]:
        return strings[of].get(person_id, "").split()

    places = said("places")
    return Records(
        setting.offer,
        {int(one[:-1]): one[-1] == "+" for one in said("marks")},
        frozenset(int(one[:-1]) for one in places if one[-1] == "+"),
        frozenset(int(one[:-1]) for one in places if one[-1] == "-"),
        frozenset(said("prepared")),
        frozenset(map(int, said("courses"))),
        work,
        tuple(sorted(said("positions"))),
        next(iter(said("recognised")), None),
    )


def everybody(cohort_id: int) -> Any:
    session_ids = select(TrainingSession.id).where(TrainingSession.cohort_id == cohort_id)
    return union(
        select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id),
        select(SignUp.person_id).where(SignUp.cohort_id == cohort_id),
        select(Mark.person_id).where(Mark.session_id.in_(session_ids)),
        select(Employment.person_id)
        .where(Employment.cohort_id == cohort_id, Employment.person_id.is_not(None))
        .where(Employment.ended_at.is_(None)),
    )


def _strings(session: Session, setting: Setting, people: Collection[int] | None) -> Strings:
    found: Strings = defaultdict(dict)
    queries = _string_queries(setting, people)
    for kind, person_id, text in session.execute(union_all(*queries)):
        found[kind][person_id] = text
    return found


def _string_queries(setting: Setting, people: Collection[int] | None) -> list[Select[str, int, str]]:
    cohort_id = setting.cohort_id
    mark, sign_up, done = table_of(Mark).c, table_of(SignUp).c, table_of(Preparation).c
    member, date, choice = table_of(Membership).c, table_of(TrainingSession).c, table_of(ModuleChoice).c
    asked = table_of(EquivalenceApplication).c
    in_cohort = select(date.id).where(date.cohort_id == cohort_id)
    holding = select(date.course_id).where(date.cohort_id == cohort_id, date.course_id.is_not(None))
    there = case((mark.presence == Presence.ABSENT, "-"), else_="+")
    has_place = case((sign_up.state == SignUpState.PLACE, "+"), else_="-")
    queries = [
        _string("marks", mark.person_id, _text(mark.session_id) + there).where(mark.session_id.in_(in_cohort)),
        _string("places", sign_up.person_id, _text(sign_up.session_id) + has_place).where(
            sign_up.cohort_id == cohort_id
        ),
        _string("prepared", done.person_id, done.meeting_key).where(
            done.cohort_id == cohort_id, done.done_at.is_not(None)
        ),
        _string("courses", member.person_id, _text(member.course_id)).where(
            member.course_id.in_(holding), member.role == Role.LEARNER, member.left_at.is_(None)
        ),
        _string("chosen", choice.person_id, _text(choice.module_id)).where(choice.cohort_id == cohort_id),
        _string("recognised", asked.person_id, asked.category).where(
            asked.programme_id == setting.programme_id, asked.decision == Decision.APPROVED
        ),
        _positions(setting),
    ]
    return [_of(people, query) for query in queries]


def _positions(setting: Setting) -> Select[str, int, str]:
    """Of those alone who are employed as nothing that needs the training."""
    job = table_of(Employment).c
    others = [one.key for one in setting.programme.positions if one.training != "required"]
    needs_it = func.max(case((job.position.in_(others), 0), else_=1))
    return (
        _string("positions", job.person_id, job.position)
        .where(job.cohort_id == setting.cohort_id, job.person_id.is_not(None), job.ended_at.is_(None))
        .having(needs_it == 0)
    )


def _string(kind: str, person_id: ColumnElement[int], what: ColumnElement[str]) -> Select[str, int, str]:
    text = func.aggregate_strings(what, _BETWEEN).label("text")
    return select(literal(kind).label("kind"), person_id.label("person_id"), text).group_by(person_id)


def _text(number: ColumnElement[int]) -> ColumnElement[str]:
    return cast(number, String)


def _work(
    session: Session, setting: Setting, people: Collection[int] | None, chosen: dict[int, str]
) -> dict[int, dict[str, Work]]:
    """By person and module."""
    keys = setting.module_keys
    more = _extensions(session, setting.cohort_id, people)
    found = defaultdict[int, dict[str, Work]](dict)
    for (person_id, module_id), deadlines in more.items():
        found[person_id][keys[module_id]] = Work(deadlines=deadlines)
    for person_id, modules in chosen.items():
        for module_id in map(int, modules.split()):
            found[person_id][keys[module_id]] = Work(True, deadlines=more.get((person_id, module_id), {}))
    for row in session.execute(_of(people, _participations(setting.cohort_id))):
        own, key = found[row.person_id], keys[row.module_id]
        own[key] = Work(
            key in own and own[key].chosen,
            True,
            frozenset(map(Step, row.steps.split())) if row.steps else frozenset(),
            row.completed_at,
            row.handed_out_at,
            more.get((row.person_id, row.module_id), {}),
        )
    return found


def _participations(cohort_id: int) -> Select[Any]:
    """Of those that are complete nothing more is asked."""
    part, result = table_of(Participation).c, table_of(StepResult).c
    author, given = table_of(Author).c, table_of(Evaluation).c
    steps = (
        select(func.aggregate_strings(result.step, _BETWEEN))
        .where(result.participation_id == part.id)
        .correlate(table_of(Participation))
        .scalar_subquery()
    )
    # Whose time has run out has no essay any more, and is late all the same.
    at = func.coalesce(func.max(given.created_at), func.max(case((author.lapsed > 0, author.joined_at))))
    handed_out = (
        select(at)
        .select_from(table_of(Author).outerjoin(table_of(Evaluation), given.evaluator_id == author.id))
        .where(author.participation_id == part.id, author.withdrawn_at.is_(None))
        .correlate(table_of(Participation))
        .scalar_subquery()
    )
    unfinished = part.completed_at.is_(None)
    return select(
        part.person_id,
        part.module_id,
        part.completed_at,
        case((unfinished, steps)).label("steps"),
        case((unfinished, handed_out)).label("handed_out_at"),
    ).where(part.cohort_id == cohort_id)


def _extensions(session: Session, cohort_id: int, people: Collection[int] | None) -> dict[tuple[int, int], Deadlines]:
    """By person and module; only what is longer than the date of the cohort."""
    more, date = table_of(Extension).c, table_of(StepDate).c
    same = and_(date.cohort_id == more.cohort_id, date.module_id == more.module_id, date.step == more.step)
    query = (
        select(more.person_id, more.module_id, more.step, more.until, date.due_at, date.grace_hours)
        .join_from(table_of(Extension), table_of(StepDate), same)
        .where(more.cohort_id == cohort_id)
    )
    found = defaultdict[tuple[int, int], Deadlines](dict)
    for row in session.execute(_of(people, query)):
        found[row.person_id, row.module_id][row.step] = deadline(row.due_at, row.grace_hours, row.until)
    return found


def _of(people: Collection[int] | None, query: Select[*Columns]) -> Select[*Columns]:
    """Of these people alone; their ids are what the query is of."""
    return query if people is None else query.where(query.selected_columns["person_id"].in_(people))
