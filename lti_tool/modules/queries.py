"""Where a person stands in an online module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation, StepResult
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.programme.queries import CurrentModule, content_of, current_module


@dataclass(frozen=True, slots=True)
class Standing:
    """A module as one person meets it. `participation_id` is None until their first piece of work.

    `content` is the version they began with. `done` maps each finished step to when it was finished.
    """

    module: CurrentModule
    participation_id: int | None
    content: ModuleContent
    done: dict[Step, datetime]
    completed_at: datetime | None


def standing_of(session: Session, person_id: int, module_key: str, step: Step | None = None) -> Standing:
    """Raises `NotFound` where the module cannot be opened, or does not have the step."""
    found = _standing(session, person_id, module_key)
    if step is not None and step not in found.content.steps:
        raise NotFound("the module does not have this step")
    return found


def _standing(session: Session, person_id: int, module_key: str) -> Standing:
    module = current_module(session, module_key, person_id)
    names = {"person_id": person_id, "module_id": module.id, "cohort_id": module.cohort_id}
    found = session.execute(_PARTICIPATION, names).one_or_none()
    if found is None:
        return Standing(module, None, module.content, {}, None)
    content = module.content if found.content_id == module.content_id else content_of(session, found.content_id)
    return Standing(module, found.id, content, done_steps(session, found.id), found.completed_at)


def done_steps(session: Session, participation_id: int) -> dict[Step, datetime]:
    rows = session.execute(_DONE, {"participation_id": participation_id})
    return {row.step: row.done_at for row in rows}


_participation, _result = table_of(Participation).c, table_of(StepResult).c
_PARTICIPATION = select(_participation.id, _participation.content_id, _participation.completed_at).where(
    _participation.person_id == bindparam("person_id"),
    _participation.module_id == bindparam("module_id"),
    _participation.cohort_id == bindparam("cohort_id"),
)
_DONE = select(_result.step, _result.done_at).where(_result.participation_id == bindparam("participation_id"))
