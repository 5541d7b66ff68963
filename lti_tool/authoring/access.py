"""A module, loaded together with the right to write it: that of the coordinators of its programme's cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.people.access import Launch
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.models import Cohort, OnlineModule, Programme


@dataclass(frozen=True, slots=True)
class OwnProgramme:
    id: int
    content: ProgrammeContent

    @property
    def languages(self) -> list[str]:
        """Those that modules may be written in, the default language first."""
        default = self.content.default_language
        return sorted(self.content.titles, key=lambda code: code != default)


@dataclass(frozen=True, slots=True)
class OwnModule:
    """`content_id` is the version that is offered, if one is."""

    id: int
    key: str
    position: int
    content_id: int | None
    retired_at: datetime | None
    programme: OwnProgramme


def own_programmes(session: Session, launch: Launch) -> list[OwnProgramme]:
    """Those whose cohorts the person coordinates, the oldest first."""
    mine = select(Cohort.programme_id).where(Cohort.id.in_(launch.cohort_ids))
    rows = session.execute(select(Programme.id, Programme.body).where(Programme.id.in_(mine)).order_by(Programme.id))
    return [OwnProgramme(row.id, ProgrammeContent.model_validate(row.body)) for row in rows]


def own_programme(session: Session, launch: Launch, programme_id: int) -> OwnProgramme:
    """Raises `NotFound` for a programme of which this person coordinates no cohort."""
    found = [programme for programme in own_programmes(session, launch) if programme.id == programme_id]
    if not found:
        raise NotFound("not a programme of this coordinator")
    return found[0]


def own_module(session: Session, launch: Launch, key: str) -> OwnModule:
    """Raises `NotFound` for a module that is not there, or of a programme that this person does not coordinate."""
    mine = select(Cohort.programme_id).where(Cohort.id.in_(launch.cohort_ids))
    row = session.execute(
        select(OnlineModule, Programme.body)
        .join(Programme, Programme.id == OnlineModule.programme_id)
        .where(OnlineModule.key == key, OnlineModule.programme_id.in_(mine))
    ).one_or_none()
    if row is None:
        raise NotFound("not a module of this coordinator")
    module, body = row
    programme = OwnProgramme(module.programme_id, ProgrammeContent.model_validate(body))
    return OwnModule(module.id, module.key, module.position, module.content_id, module.retired_at, programme)
