"""The modules that courses hold for programmes: in which terms, and who may get at one. There is no other way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import exists, or_, select, union
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, TrainingSession
from lti_tool.course_module.models import Agreement, AgreementShare, FinalEvaluation
from lti_tool.errors import NotFound
from lti_tool.modules.programmes import programmes_of
from lti_tool.people.models import Course, Membership, Person, Role, StaffGrant
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.programme.queries import ProgrammeTerm, current_programmes, programme_in
from lti_tool.programme.requirements import Attendance, Meeting


@dataclass(frozen=True, slots=True)
class CourseModule:
    """What one course holds for one programme in one term."""

    course_id: int
    course_title: str | None
    cohort_id: int
    term: str
    programme: ProgrammeContent

    @property
    def requirements(self) -> tuple[Attendance, ...]:
        return held_by_courses(self.programme)

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        return tuple(meeting for one in self.requirements for meeting in one.meetings)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Keys of the learning outcomes that the final evaluation is about."""
        return tuple(outcome.key for outcome in self.programme.learning_outcomes)

    def records(self, what: str) -> bool:
        """Whether a meeting asks for that to be written down: "agreement" or "evaluation"."""
        return any(meeting.records == what for meeting in self.meetings)

    def meeting(self, key: str) -> Meeting:
        """Raises `NotFound` for a meeting that courses do not hold."""
        found = [meeting for meeting in self.meetings if meeting.key == key]
        if not found:
            raise NotFound("no such meeting of courses")
        return found[0]

    def title_of(self, meeting: Meeting, language: str) -> str:
        return in_language(meeting.titles, language, self.programme.default_language)

    def must_record(self, what: str) -> None:
        """Raises `NotFound` where nothing of it is written down."""
        if not self.records(what):
            raise NotFound(f"the programme asks for no {what}")


@dataclass(frozen=True, slots=True)
class Assistant:
    """A learning assistant of the course; `left` says that the course no longer has them."""

    person_id: int
    name: str | None
    left: bool


def held_by_courses(content: ProgrammeContent) -> tuple[Attendance, ...]:
    return tuple(one for one in content.attendances if one.held_by == "course")


def modules_of_course(session: Session, person_id: int, course_id: int) -> list[CourseModule]:
    """What an instructor plans in their course: for the term that is open, and for those before in which something was;
    the newest term first.

    Of several programmes only those are offered that are known to be theirs, if any are.
    """
    open_terms = [one for one in current_programmes(session) if held_by_courses(one.content)]
    if len(open_terms) > 1:
        known = programmes_of(session, person_id)
        open_terms = [one for one in open_terms if one.id in known] or open_terms
    used = cohorts_used(session, [course_id]).get(course_id, frozenset()) - {one.cohort_id for one in open_terms}
    title = _title(session, course_id)
    return [_module(course_id, title, one) for one in _newest_first(session, open_terms, used)]


def named(modules: Collection[CourseModule], cohort_id: int) -> CourseModule:
    """Raises `NotFound` for a term in which the course holds nothing."""
    found = [one for one in modules if one.cohort_id == cohort_id]
    if not found:
        raise NotFound("the course holds nothing in this cohort")
    return found[0]


def modules_of_assistant(session: Session, person_id: int) -> list[CourseModule]:
    """What the courses hold in which somebody works: in their own term, in the one that is open, and in those in which
    something is recorded of them; the newest first, without terms in which nothing is planned."""
    courses = _courses_of(session, person_id)
    used = cohorts_used(session, courses)
    own = _own_cohorts(session, person_id)
    terms: dict[int, ProgrammeTerm] = {}
    found = []
    for course_id, title in courses.items():
        for cohort_id in sorted(used.get(course_id, ()), reverse=True):
            if cohort_id in own or _is_recorded(session, person_id, course_id, cohort_id):
                term = terms.setdefault(cohort_id, programme_in(session, cohort_id))
                found.append(_module(course_id, title, term))
    return [module for module in found if module.meetings]


def module_of_assistant(session: Session, person_id: int, course_id: int, cohort_id: int) -> CourseModule:
    """Raises `NotFound` for a course in which they do not work, and for a term in which it holds nothing for them."""
    for module in modules_of_assistant(session, person_id):
        if (module.course_id, module.cohort_id) == (course_id, cohort_id):
            return module
    raise NotFound("no such module of this person's courses")


def courses_without(session: Session, person_id: int, modules: Collection[CourseModule]) -> list[str | None]:
    """The titles of their courses in which nothing is planned so far; not those that the programme itself is run in."""
    if not any(held_by_courses(one.content) for one in current_programmes(session, person_id)):
        return []
    courses = _courses_of(session, person_id, present=True)
    planned = {module.course_id for module in modules}
    run = set(session.scalars(select(StaffGrant.course_id).where(StaffGrant.course_id.in_(courses))))
    return [title for course_id, title in courses.items() if course_id not in planned | run]


def holds_module(session: Session, course_id: int) -> bool:
    """Whether a course holds, or may hold, meetings for a programme: not one that a programme itself is run in, unless
    something is planned there."""
    run_here = select(StaffGrant.id).where(StaffGrant.course_id == course_id).limit(1)
    return session.scalar(run_here) is None or bool(cohorts_used(session, [course_id])[course_id])


def assistant_in(session: Session, module: CourseModule, person_id: int) -> Assistant:
    """Raises `NotFound` for anybody who is no learning assistant of the course."""
    row = session.execute(
        select(Person.id, Person.name, Membership.left_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.id == person_id, Membership.course_id == module.course_id, Membership.role == Role.LEARNER)
    ).one_or_none()
    if row is None:
        raise NotFound("no such learning assistant in this course")
    return Assistant(row.id, row.name, row.left_at is not None)


def cohorts_used(session: Session, course_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """By course, the cohorts for which something was planned or written there. One statement."""
    if not course_ids:
        return {}
    kept = (TrainingSession, Agreement, FinalEvaluation)
    rows = session.execute(
        union(*(select(one.course_id, one.cohort_id).where(one.course_id.in_(course_ids)) for one in kept))
    ).all()
    return {course: frozenset(row[1] for row in rows if row[0] == course) for course in course_ids}


def _courses_of(session: Session, person_id: int, *, present: bool = False) -> dict[int, str | None]:
    """Titles by the id of each course in which they are or, unless only the `present` ones are wanted, were an LA."""
    query = (
        select(Course.id, Course.title, Course.label)
        .join(Membership, Membership.course_id == Course.id)
        .where(Membership.person_id == person_id, Membership.role == Role.LEARNER)
        .order_by(Membership.left_at.is_not(None), Course.title, Course.id)
    )
    rows = session.execute(query.where(Membership.left_at.is_(None)) if present else query)
    return {row.id: row.title or row.label for row in rows}


def _own_cohorts(session: Session, person_id: int) -> set[int]:
    terms = [*current_programmes(session, person_id), *current_programmes(session)]
    return {one.cohort_id for one in terms}


def _is_recorded(session: Session, person_id: int, course_id: int, cohort_id: int) -> bool:
    """Whether somebody was marked, has confirmed or was evaluated there."""
    here = (TrainingSession.course_id == course_id, TrainingSession.cohort_id == cohort_id)
    marked = exists().where(Mark.session_id == TrainingSession.id, Mark.person_id == person_id, *here)
    shared = exists().where(
        AgreementShare.agreement_id == Agreement.id,
        AgreementShare.person_id == person_id,
        Agreement.course_id == course_id,
        Agreement.cohort_id == cohort_id,
    )
    evaluated = exists().where(
        FinalEvaluation.person_id == person_id,
        FinalEvaluation.course_id == course_id,
        FinalEvaluation.cohort_id == cohort_id,
    )
    return bool(session.scalar(select(or_(marked, shared, evaluated))))


def _title(session: Session, course_id: int) -> str | None:
    course = session.get_one(Course, course_id)
    return course.title or course.label


def _newest_first(session: Session, open_terms: Iterable[ProgrammeTerm], used: Iterable[int]) -> list[ProgrammeTerm]:
    before = [programme_in(session, cohort_id) for cohort_id in sorted(used, reverse=True)]
    return [*open_terms, *(one for one in before if held_by_courses(one.content))]


def _module(course_id: int, title: str | None, term: ProgrammeTerm) -> CourseModule:
    return CourseModule(course_id, title, term.cohort_id, term.term, term.content)
