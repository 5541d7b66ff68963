"""How far every course of a cohort is, for its coordinators: counts and states, never what anybody wrote."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import TrainingSession
from lti_tool.course_module.hours import Sum, minutes_of
from lti_tool.course_module.models import Agreement, AgreementShare, FinalEvaluation, Side
from lti_tool.course_module.scope import CourseModule, held_by_courses
from lti_tool.errors import NotFound
from lti_tool.paging import PagedView, page_in
from lti_tool.people.models import Course, Membership, ResourceLink, Role, StaffGrant
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.queries import ProgrammeTerm, current_programmes, programme_in


class Show(enum.StrEnum):
    ALL = "all"
    HOURS = "hours"
    AGREEMENT = "agreement"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`cohort` is an id, 0 for the first there is. `HOURS` are courses with hours missing, `AGREEMENT` those without
    one that everybody has confirmed, `EVALUATION` those in which an evaluation is missing on either side."""

    cohort: int = 0
    show: Show = Show.ALL

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for anything that no link of ours would say."""
        return cls(
            cohort=int(arguments.get("cohort", 0)),
            show=Show(arguments.get("show", Show.ALL)),
            page=page_in(arguments),
        )


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One course: its learning assistants, what is planned by the key of the meeting, and how many have confirmed and
    submitted."""

    title: str | None
    assistants: int
    sums: Mapping[str, Sum]
    agreed: bool
    confirmed: int
    ours: int
    theirs: int

    def belongs(self, show: Show) -> bool:
        return {
            Show.ALL: True,
            Show.HOURS: any(one.missing for one in self.sums.values()),
            Show.AGREEMENT: not self.agreed or self.confirmed < self.assistants,
            Show.EVALUATION: min(self.ours, self.theirs) < self.assistants,
        }[show]


def terms_of(session: Session, cohort_ids: Collection[int]) -> list[ProgrammeTerm]:
    """Those whose programme has courses hold something, the newest first."""
    found = [programme_in(session, cohort_id) for cohort_id in sorted(cohort_ids, reverse=True)]
    return [one for one in found if held_by_courses(one.content)]


def chosen(terms: Sequence[ProgrammeTerm], cohort_id: int) -> ProgrammeTerm:
    """Raises `NotFound` for a cohort that is not among them."""
    found = [one for one in terms if cohort_id in (0, one.cohort_id)]
    if not found:
        raise NotFound("no such cohort whose courses hold anything")
    return found[0]


def courses_in(session: Session, term: ProgrammeTerm) -> list[CourseLine]:
    """Those with learning assistants, by title; not those that the programme itself is run in, unless something is
    planned there. Six statements at most, however many there are."""
    titles = _courses(session, term)
    module = CourseModule(0, None, term.cohort_id, term.term, term.content)
    planned = _planned(session, term.cohort_id)
    agreements = set(session.scalars(select(Agreement.course_id).where(Agreement.cohort_id == term.cohort_id)))
    confirmed, written = _confirmed(session, term.cohort_id), _written(session, term.cohort_id)
    return [
        CourseLine(
            row.title or row.label,
            row.assistants,
            {one.key: Sum(minutes_of(one.hours), planned.get((row.id, one.key), 0)) for one in module.meetings},
            row.id in agreements,
            confirmed.get(row.id, 0),
            written.get((row.id, Side.DEPARTMENT), 0),
            written.get((row.id, Side.ASSISTANT), 0),
        )
        for row in titles
    ]


def _courses(session: Session, term: ProgrammeTerm) -> Sequence[Row[*tuple[Any, ...]]]:
    used = [
        exists().where(kept.course_id == Course.id, kept.cohort_id == term.cohort_id)
        for kept in (TrainingSession, Agreement, FinalEvaluation)
    ]
    run_here = exists().where(StaffGrant.course_id == Course.id)
    placed = exists().where(
        ResourceLink.course_id == Course.id,
        ResourceLink.module_key == OnlineModule.key,
        OnlineModule.programme_id == term.id,
    )
    # With one such programme there is no doubt whose learning assistants they are.
    others = [one for one in current_programmes(session) if one.id != term.id and held_by_courses(one.content)]
    theirs = and_(~run_here, placed) if others else ~run_here
    is_open = exists().where(Cohort.id == term.cohort_id, Cohort.is_open)
    return session.execute(
        select(Course.id, Course.title, Course.label, func.count().label("assistants"))
        .join(Membership, Membership.course_id == Course.id)
        .where(Membership.role == Role.LEARNER, Membership.left_at.is_(None))
        .where(or_(*used, and_(theirs, is_open)))
        .group_by(Course.id)
        .order_by(Course.title, Course.id)
    ).all()


def _planned(session: Session, cohort_id: int) -> dict[tuple[int | None, str], int]:
    """Minutes by course and meeting."""
    rows = session.execute(
        select(TrainingSession.course_id, TrainingSession.meeting_key, func.sum(TrainingSession.minutes))
        .where(TrainingSession.cohort_id == cohort_id, TrainingSession.course_id.is_not(None))
        .where(TrainingSession.cancelled_at.is_(None))
        .group_by(TrainingSession.course_id, TrainingSession.meeting_key)
    )
    return {(course_id, key): minutes for course_id, key, minutes in rows}


def _confirmed(session: Session, cohort_id: int) -> dict[int, int]:
    """How many have confirmed what is agreed on now, by course."""
    holds = and_(
        AgreementShare.confirmed_revision == Agreement.revision,
        func.coalesce(AgreementShare.confirmed_addition, 0) == AgreementShare.addition_revision,
    )
    query = (
        select(Agreement.course_id, func.count())
        .join(AgreementShare, AgreementShare.agreement_id == Agreement.id)
        .where(Agreement.cohort_id == cohort_id, holds)
    )
    return _counts(session, _of_present(query, Agreement.course_id, AgreementShare.person_id), Agreement.course_id)


def _written(session: Session, cohort_id: int) -> dict[tuple[int, Side], int]:
    """How many evaluations are submitted, by course and side."""
    query = select(FinalEvaluation.course_id, FinalEvaluation.side, func.count()).where(
        FinalEvaluation.cohort_id == cohort_id, FinalEvaluation.submitted_at.is_not(None)
    )
    query = _of_present(query, FinalEvaluation.course_id, FinalEvaluation.person_id)
    rows = session.execute(query.group_by(FinalEvaluation.course_id, FinalEvaluation.side))
    return {(row[0], row[1]): row[2] for row in rows}


def _of_present(query: Select[*tuple[Any, ...]], course_id: Any, person_id: Any) -> Select[*tuple[Any, ...]]:
    """Of those who are in the course now."""
    here = exists().where(
        Membership.course_id == course_id,
        Membership.person_id == person_id,
        Membership.role == Role.LEARNER,
        Membership.left_at.is_(None),
    )
    return query.where(here)


def _counts(session: Session, query: Select[*tuple[Any, ...]], course_id: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query.group_by(course_id))}
