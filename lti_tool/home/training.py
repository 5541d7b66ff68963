"""A person's whole programme as a plan: what it asks for, what they have chosen, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.home.queries import Progress, progress_of
from lti_tool.modules.choices import Choice, choices_in
from lti_tool.modules.dates import every_deadline_of
from lti_tool.modules.models import Participation
from lti_tool.modules.programmes import modules_for
from lti_tool.modules.queries import Standing, done_steps
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.queries import CurrentModule, content_of, current_programmes
from lti_tool.programme.requirements import Attendance


@dataclass(frozen=True, slots=True)
class Training:
    """One programme as one person meets it.

    `choices` has one for each requirement to complete modules. `progress` is that in the modules they have taken, in
    teaching order, or in every module where the programme has no such requirement; `others` are all that are left.
    """

    programme: ProgrammeContent
    choices: tuple[Choice, ...]
    progress: tuple[Progress, ...]
    others: tuple[CurrentModule, ...]

    @property
    def attendances(self) -> tuple[Attendance, ...]:
        return self.programme.attendances

    @property
    def hours(self) -> float:
        return self.programme.hours

    @property
    def hours_done(self) -> float:
        """Of the online modules: attendance is not recorded here."""
        return sum(choice.hours_done for choice in self.choices)

    def taken_in(self, choice: Choice) -> list[Progress]:
        """What is complete comes last."""
        keys = {one.key for one in choice.taken}
        return sorted(
            (one for one in self.progress if one.key in keys), key=lambda one: one.standing.completed_at is not None
        )

    def begun_besides(self, choice: Choice) -> list[CurrentModule]:
        """Modules in which they have worked without having chosen them, or before they chose others."""
        keys = {one.key for one in choice.candidates if one.begun} - {one.key for one in choice.taken}
        return [module for module in self.others if module.key in keys]

    @property
    def unlisted(self) -> list[CurrentModule]:
        """Modules that no requirement asks for."""
        asked_for = {one.key for choice in self.choices for one in choice.candidates}
        return [module for module in self.others if module.key not in asked_for]


def training_of(session: Session, person_id: int) -> list[Training]:
    """The person in every programme that has something to offer them; only what they have begun costs statements."""
    modules = modules_for(session, person_id)
    programmes = [
        one for one in current_programmes(session, person_id) if one.id in {module.programme_id for module in modules}
    ]
    begun = _begun(session, person_id)
    dates = every_deadline_of(session, person_id, [one.cohort_id for one in programmes])

    def progress(module: CurrentModule) -> Progress:
        standing = _standing(session, module, begun.get((module.id, module.cohort_id)))
        return progress_of(session, person_id, standing, dates.get((module.cohort_id, module.id), {}))

    found = []
    for programme in programmes:
        own = [module for module in modules if module.programme_id == programme.id]
        choices = choices_in(session, person_id, programme)
        taken = _taken(own, choices)
        others = tuple(module for module in own if module not in taken)
        found.append(Training(programme.content, choices, tuple(map(progress, taken)), others))
    return found


def primary_of(trainings: Iterable[Training]) -> str | None:
    """The key of the module whose next step is the page's; None while there is something to choose, which comes first,
    and where a page has nothing but a list of modules."""
    planned = [training for training in trainings if training.programme.requirements]
    if any(choice.room for training in planned for choice in training.choices):
        return None
    doable = (one for training in planned for one in training.progress if one.plan.next_part)
    return next((one.key for one in doable), None)


def _taken(modules: Iterable[CurrentModule], choices: Collection[Choice]) -> list[CurrentModule]:
    keys = {one.key for choice in choices for one in choice.taken}
    return [module for module in modules if not choices or module.key in keys]


@dataclass(frozen=True, slots=True)
class _Begun:
    id: int
    content_id: int
    completed_at: datetime | None


def _begun(session: Session, person_id: int) -> dict[tuple[int, int], _Begun]:
    """By module and cohort."""
    rows = session.execute(
        select(
            Participation.module_id,
            Participation.cohort_id,
            Participation.id,
            Participation.content_id,
            Participation.completed_at,
        ).where(Participation.person_id == person_id)
    )
    return {(row.module_id, row.cohort_id): _Begun(row.id, row.content_id, row.completed_at) for row in rows}


def _standing(session: Session, module: CurrentModule, begun: _Begun | None) -> Standing:
    if begun is None:
        return Standing(module, None, module.content, {}, None)
    content = module.content if begun.content_id == module.content_id else content_of(session, begun.content_id)
    return Standing(module, begun.id, content, done_steps(session, begun.id), begun.completed_at)
