"""A person's whole programme as a plan: what it asks for, what they have chosen, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import TrainingSession
from lti_tool.completion.queries import verdict_of
from lti_tool.completion.verdicts import Verdict
from lti_tool.employment.queries import has_list, positions_of
from lti_tool.home.queries import Progress, progress_of
from lti_tool.modules.choices import Choice, choices_in
from lti_tool.modules.dates import every_deadline_of
from lti_tool.modules.models import Participation
from lti_tool.modules.programmes import modules_for
from lti_tool.modules.queries import Standing, done_steps
from lti_tool.people.models import Course
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.queries import CurrentModule, ProgrammeTerm, content_of, current_programmes


@dataclass(frozen=True, slots=True)
class Training:
    """One programme as one person meets it.

    `choices` has one for each requirement to complete modules. `progress` is that in the modules they have taken, in
    teaching order, or in every module where the programme has no such requirement; `others` are all that are left.
    `sessions` are those of the dates that the verdict names as coming up, `courses` the titles of the courses it names,
    both by id. `unlisted` is whether there is a list of employed people which they are not on.
    """

    programme: ProgrammeContent
    cohort_id: int
    choices: tuple[Choice, ...]
    progress: tuple[Progress, ...]
    others: tuple[CurrentModule, ...]
    verdict: Verdict
    sessions: dict[int, TrainingSession]
    courses: dict[int, str | None]
    unlisted: bool

    def choice(self, key: str) -> Choice:
        """What there is to choose for that requirement."""
        return next(choice for choice in self.choices if choice.requirement.key == key)

    def progress_in(self, key: str) -> Progress | None:
        """None in a module that they have not taken."""
        return next((one for one in self.progress if one.key == key), None)

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
    def unasked(self) -> list[CurrentModule]:
        """Modules that no requirement asks for."""
        asked_for = {one.key for choice in self.choices for one in choice.candidates}
        return [module for module in self.others if module.key not in asked_for]


def training_of(session: Session, person_id: int, moment: datetime) -> list[Training]:
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
        verdict = verdict_of(session, person_id, programme.cohort_id, moment)
        found.append(
            Training(
                programme.content,
                programme.cohort_id,
                choices,
                tuple(map(progress, taken)),
                others,
                verdict,
                _sessions(session, verdict),
                _courses(session, verdict),
                _is_unlisted(session, person_id, programme),
            )
        )
    return found


def _sessions(session: Session, verdict: Verdict) -> dict[int, TrainingSession]:
    ids = {item.upcoming.id for part in verdict.parts for item in part.items if item.upcoming}
    if not ids:
        return {}
    return {one.id: one for one in session.scalars(select(TrainingSession).where(TrainingSession.id.in_(ids)))}


def _courses(session: Session, verdict: Verdict) -> dict[int, str | None]:
    ids = {part.course_id for part in verdict.parts if part.course_id is not None}
    rows = session.execute(select(Course.id, Course.title).where(Course.id.in_(ids))) if ids else ()
    return {row.id: row.title for row in rows}


def _is_unlisted(session: Session, person_id: int, programme: ProgrammeTerm) -> bool:
    if not programme.content.positions or positions_of(session, programme.cohort_id, [person_id]):
        return False
    return has_list(session, programme.cohort_id)


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
