"""Who has chosen what, for coordinators. A few statements for each choice, whatever the size of the cohort."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, union
from sqlalchemy.orm import Session

from lti_tool.modules.models import ModuleChoice, Participation
from lti_tool.paging import PAGE_SIZE
from lti_tool.people.models import GrantKind, LinkVisit, Membership, Person, ResourceLink, Role, StaffGrant
from lti_tool.programme.models import Enrolment, OnlineModule
from lti_tool.programme.queries import ProgrammeTerm, content_of, programme_in
from lti_tool.programme.requirements import Completion


@dataclass(frozen=True, slots=True)
class Module:
    id: int
    key: str
    content_id: int


@dataclass(frozen=True, slots=True)
class Offered:
    """What the people of a cohort choose between."""

    term: ProgrammeTerm
    requirement: Completion
    modules: tuple[Module, ...]

    @property
    def needed(self) -> int:
        return self.requirement.choose or len(self.modules)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one module: how many have chosen it, begun to work in it, and completed it."""

    key: str
    title: str
    chosen: int
    begun: int
    completed: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """Somebody who has room for another module. `name` is None where the platform keeps names back."""

    person_id: int
    name: str | None
    taken: int


def offered_in(session: Session, cohort_ids: Collection[int]) -> list[Offered]:
    """Every choice in these cohorts, the newest first."""
    found = []
    for cohort_id in sorted(cohort_ids, reverse=True):
        term = programme_in(session, cohort_id)
        modules = _modules(session, term.id)
        for one in term.content.requirements:
            if isinstance(one, Completion):
                own = tuple(module for module in modules if not one.modules or module.key in one.modules)
                found.append(Offered(term, one, own))
    return [one for one in found if one.needed < len(one.modules)]


def _modules(session: Session, programme_id: int) -> list[Module]:
    rows = session.execute(
        select(OnlineModule.id, OnlineModule.key, OnlineModule.content_id)
        .where(OnlineModule.programme_id == programme_id, OnlineModule.content_id.is_not(None))
        .order_by(OnlineModule.position, OnlineModule.id)
    )
    return [Module(row.id, row.key, row.content_id) for row in rows]


def figures(session: Session, offered: Offered, language: str) -> list[Figures]:
    """In teaching order."""
    chosen = _counted(session, ModuleChoice, offered)
    begun = _counted(session, Participation, offered)
    completed = _counted(session, Participation, offered, Participation.completed_at.is_not(None))
    return [
        Figures(
            one.key,
            content_of(session, one.content_id).title_in(language),
            chosen.get(one.id, 0),
            begun.get(one.id, 0),
            completed.get(one.id, 0),
        )
        for one in offered.modules
    ]


def _counted(
    session: Session, of: type[ModuleChoice | Participation], offered: Offered, *only: ColumnElement[bool]
) -> dict[int, int]:
    """How many people, by module."""
    in_cohort = select(of.module_id, func.count()).where(of.cohort_id == offered.term.cohort_id, *only)
    return {row[0]: row[1] for row in session.execute(in_cohort.group_by(of.module_id))}


def how_many(session: Session, offered: Offered) -> tuple[int, int]:
    """How many learning assistants there are, and how many of them have room for another module."""
    people, taken = _people(offered), _taken(offered)
    row = session.execute(
        select(func.count(), func.count().filter(_has_room(offered, taken)))
        .select_from(people)
        .outerjoin(taken, taken.c.person_id == people.c.person_id)
    ).one()
    return row[0], row[1]


def undecided(session: Session, offered: Offered, offset: int) -> list[Undecided]:
    """One page of those who have room for another module, those without any first."""
    people, taken = _people(offered), _taken(offered)
    number = func.coalesce(taken.c.number, 0)
    rows = session.execute(
        select(Person.id, Person.name, number)
        .join(people, people.c.person_id == Person.id)
        .outerjoin(taken, taken.c.person_id == Person.id)
        .where(_has_room(offered, taken))
        .order_by(number, Person.name, Person.id)
        .limit(PAGE_SIZE)
        .offset(offset)
    )
    return [Undecided(*row) for row in rows]


def _has_room(offered: Offered, taken: Subquery) -> Any:
    return or_(taken.c.number.is_(None), taken.c.number < offered.needed)


def _people(offered: Offered) -> Subquery:
    """Whoever takes part, has chosen, is a learning assistant in a course of the cohort, or has opened one of the
    modules in a course that they are still in."""
    cohort_id, keys = offered.term.cohort_id, [one.key for one in offered.modules]
    of_course = (
        select(Membership.person_id)
        .join(StaffGrant, StaffGrant.course_id == Membership.course_id)
        .where(StaffGrant.kind == GrantKind.COORDINATOR, StaffGrant.cohort_id == cohort_id, *_is_learner())
    )
    visitors = (
        select(LinkVisit.person_id)
        .join(ResourceLink, ResourceLink.id == LinkVisit.link_id)
        .join(
            Membership,
            and_(Membership.course_id == ResourceLink.course_id, Membership.person_id == LinkVisit.person_id),
        )
        .where(ResourceLink.module_key.in_(keys), *_is_learner())
    )
    enrolled = select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id)
    choosers = select(ModuleChoice.person_id).where(ModuleChoice.cohort_id == cohort_id)
    return union(enrolled, choosers, of_course, visitors).subquery("people")


def _is_learner() -> tuple[Any, ...]:
    return Membership.role == Role.LEARNER, Membership.left_at.is_(None)


def _taken(offered: Offered) -> Subquery:
    """By person: how many modules are chosen, or complete without that."""
    ids = [one.id for one in offered.modules]
    cohort_id = offered.term.cohort_id
    chosen = select(ModuleChoice.person_id, ModuleChoice.module_id).where(
        ModuleChoice.cohort_id == cohort_id, ModuleChoice.module_id.in_(ids)
    )
    complete = select(Participation.person_id, Participation.module_id).where(
        Participation.cohort_id == cohort_id,
        Participation.module_id.in_(ids),
        Participation.completed_at.is_not(None),
    )
    both = union(chosen, complete).subquery("both")
    return select(both.c.person_id, func.count().label("number")).group_by(both.c.person_id).subquery("taken")
