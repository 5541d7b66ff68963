"""Which modules a person has chosen, where a programme asks for some of those that it offers.

The rules, for one person in one cohort who is to complete k of more than k modules:

1. At most k modules are taken at a time. Taken are those that are chosen, and those that are complete, chosen or not.
   What is complete always counts; more than k of them count nothing extra.
2. While there is room, beginning to work in a module chooses it. Where there is none, one can work in it all the same,
   so that nothing anybody types is ever refused; its page says beforehand that it is not one of theirs.
3. Choosing one more without room needs another to be given up in the same step.
4. A module can be given up until it is settled: somebody has begun to evaluate their essay in it, they have submitted
   an evaluation in it, or it is complete. Others depend on it then. What was done in it is kept, and choosing it again
   goes on where they were.
5. More than k may be chosen from before there was anything to choose: all of them stay.

A choice belongs to the person, so it is the same in all of their courses. `choosing.actions` knows what is settled.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.errors import Conflict
from lti_tool.lti.upsert import insert_once
from lti_tool.modules.models import ModuleChoice, Participation
from lti_tool.people.models import Person
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import CurrentModule, ProgrammeTerm, programme_in
from lti_tool.programme.requirements import Completion
from lti_tool.texts import gettext as _

# Why somebody left a pool, in the allocation's log.
GIVEN_UP = "chose otherwise"


class NoRoom(Conflict):
    """As many modules are taken as the requirement asks for."""

    def __init__(self) -> None:
        super().__init__(
            "no room for another choice",
            title=_("You have chosen enough modules"),
            explanation=_("Choose which one to give up instead. Nothing was changed."),
        )


class Settled(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "choice is settled",
            title=_("This choice can no longer be changed"),
            explanation=_(
                "You have completed the module, you have submitted an evaluation in it, or somebody has begun to "
                "evaluate your essay. Nothing was changed."
            ),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """One module to choose, and what the person has done in it. `participation_id` is None until they begin."""

    module_id: int
    key: str
    offered: bool
    chosen: bool
    participation_id: int | None = None
    content_id: int | None = None
    completed_at: datetime | None = None

    @property
    def begun(self) -> bool:
        return self.participation_id is not None

    @property
    def taken(self) -> bool:
        return self.chosen or self.completed_at is not None


@dataclass(frozen=True, slots=True)
class Choice:
    """One person before a requirement to complete some of these modules, which are in teaching order.

    Where all of them are to be completed, all of them are chosen.
    """

    requirement: Completion
    cohort_id: int
    candidates: tuple[Candidate, ...]

    @property
    def needed(self) -> int:
        return self.requirement.choose or len(self.candidates)

    @property
    def is_free(self) -> bool:
        """There is something to choose."""
        return self.needed < len(self.candidates)

    @property
    def taken(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if one.taken or not self.is_free)

    @property
    def room(self) -> int:
        return max(0, self.needed - len(self.taken)) if self.is_free else 0

    @property
    def completed(self) -> int:
        """How many count."""
        return min(self.needed, sum(one.completed_at is not None for one in self.candidates))

    @property
    def hours_done(self) -> float:
        return self.requirement.hours * self.completed / self.needed if self.needed else 0

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(one.key for one in self.candidates if one.chosen)

    def with_chosen(self, keys: frozenset[str]) -> Choice:
        return replace(self, candidates=tuple(replace(one, chosen=one.key in keys) for one in self.candidates))

    def candidate(self, key: str) -> Candidate | None:
        return next((one for one in self.candidates if one.key == key), None)


def chosen_after(choice: Choice, key: str, instead_of: str | None, settled: Collection[str]) -> frozenset[str]:
    """The keys that are chosen once `key` is; repeating it changes nothing.

    Raises `NoRoom`, and `Settled` where `instead_of` cannot be given up.
    """
    candidate = choice.candidate(key)
    if candidate is not None and candidate.taken:
        return choice.chosen
    kept = chosen_without(choice, instead_of, settled) if instead_of else choice.chosen
    taken = kept | {one.key for one in choice.candidates if one.completed_at is not None}
    if len(taken) >= choice.needed:
        raise NoRoom
    return kept | {key}


def chosen_without(choice: Choice, key: str, settled: Collection[str]) -> frozenset[str]:
    """The keys that are chosen once `key` is given up; raises `Settled` where it cannot be."""
    if key in settled:
        raise Settled
    return choice.chosen - {key}


def choices_in(session: Session, person_id: int, programme: ProgrammeTerm) -> tuple[Choice, ...]:
    """One for each requirement of the programme to complete modules. One statement, none without requirements."""
    completions = [one for one in programme.content.requirements if isinstance(one, Completion)]
    if not completions:
        return ()
    names = {"person_id": person_id, "programme_id": programme.id, "cohort_id": programme.cohort_id}
    found = [_candidate(row) for row in session.execute(_CANDIDATES, names)]
    # Finished work counts, also in a module that is not offered any more.
    there = [one for one in found if one.offered or one.completed_at is not None]
    return tuple(
        Choice(one, programme.cohort_id, tuple(c for c in there if not one.modules or c.key in one.modules))
        for one in completions
    )


def choice_of(session: Session, person_id: int, module: CurrentModule) -> Choice | None:
    """The choice that the module is one of; None where there is nothing to choose. Two statements."""
    programme = programme_in(session, module.cohort_id)
    return next((one for one in choices_in(session, person_id, programme) if _offers(one, module.key)), None)


def _offers(choice: Choice, key: str) -> bool:
    return choice.is_free and choice.candidate(key) is not None


def take_turn(session: Session, person_id: int) -> None:
    """Two tabs that choose at once: the second waits here, and then sees what the first has chosen."""
    session.execute(_TURN, {"person_id": person_id})


def choose_by_working(session: Session, person_id: int, module: CurrentModule) -> None:
    """To be called when they begin to work in it, after `take_turn`."""
    choice = choice_of(session, person_id, module)
    if choice is None or choice.room:
        _add(session, person_id, module.cohort_id, module.id)


def keep_chosen(session: Session, person_id: int, choice: Choice, keys: frozenset[str]) -> None:
    """Have these chosen and no others, after `take_turn`."""
    for one in choice.candidates:
        if one.key in keys - choice.chosen:
            _add(session, person_id, choice.cohort_id, one.module_id)
        if one.key in choice.chosen - keys:
            where = {"person_id": person_id, "cohort_id": choice.cohort_id, "module_id": one.module_id}
            session.execute(delete(ModuleChoice).filter_by(**where))
    session.flush()


def _add(session: Session, person_id: int, cohort_id: int, module_id: int) -> None:
    row = {"person_id": person_id, "cohort_id": cohort_id, "module_id": module_id}
    insert_once(session.connection(), table_of(ModuleChoice), row)


def _candidate(row: Any) -> Candidate:
    return Candidate(
        module_id=row.id,
        key=row.key,
        offered=row.offered_id is not None,
        chosen=row.chosen_at is not None,
        participation_id=row.participation_id,
        content_id=row.content_id or row.offered_id,
        completed_at=row.completed_at,
    )


def _candidates_query() -> Select[*tuple[Any, ...]]:
    module, choice, part = table_of(OnlineModule).c, table_of(ModuleChoice).c, table_of(Participation).c
    own = [
        and_(
            table.person_id == bindparam("person_id"),
            table.cohort_id == bindparam("cohort_id"),
            table.module_id == module.id,
        )
        for table in (choice, part)
    ]
    return (
        select(
            module.id,
            module.key,
            module.content_id.label("offered_id"),
            choice.chosen_at,
            part.id.label("participation_id"),
            part.content_id,
            part.completed_at,
        )
        .select_from(
            table_of(OnlineModule).outerjoin(table_of(ModuleChoice), own[0]).outerjoin(table_of(Participation), own[1])
        )
        .where(module.programme_id == bindparam("programme_id"))
        .order_by(module.position, module.id)
    )


_CANDIDATES = _candidates_query()
_TURN = select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)
