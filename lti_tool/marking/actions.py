"""Marking people on a list: by a tap, all that are left at once, and whom the check-in has told of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import THERE, change_named, lock, mark, mark_all, marks_of
from lti_tool.attendance.models import CheckIn, Mark, MarkEvent, Presence, Source, TrainingSession
from lti_tool.database import now, update_rows
from lti_tool.errors import Conflict
from lti_tool.marking.queries import BEFORE
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Tap:
    """What somebody has tapped. `seen` is how the person stood on their list, `key` what their device calls it."""

    person_id: int
    presence: Presence | None
    seen: Presence | None
    key: str | None = None
    reason: str = ""
    happened_at: datetime | None = None


class ChangedMeanwhile(Conflict):
    """Somebody else has marked the person since the list was shown; `found` is how they stand now."""

    def __init__(self, found: Mark | None) -> None:
        super().__init__(
            "marked by somebody else meanwhile",
            title=_("Somebody else was faster"),
            explanation=_("This person was marked by somebody else meanwhile. Look at the list and decide."),
        )
        self.found = found


class TooEarly(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "session has not begun",
            title=_("It is too early"),
            explanation=_("People can be marked from two hours before the session begins."),
        )


def tap(session: Session, actor_id: int, held: TrainingSession, wanted: Tap) -> MarkEvent | None:
    """Raises `ChangedMeanwhile` if the person stands neither as it was seen nor as it is wanted; and as `mark` does."""
    refuse_early(held)
    lock(session, held)
    if change_named(session, wanted.key) is None:
        found = marks_of(session, held.id, [wanted.person_id]).get(wanted.person_id)
        if (found.presence if found else None) not in (wanted.seen, wanted.presence):
            raise ChangedMeanwhile(found)
    event = mark(
        session,
        actor_id,
        held,
        wanted.person_id,
        wanted.presence,
        source=_source(session, held.id, wanted),
        reason=wanted.reason,
        device_key=wanted.key,
        happened_at=wanted.happened_at,
    )
    if wanted.presence is Presence.ABSENT:
        _refuse_check_in(session, held.id, wanted.person_id)
    return event


def mark_unmarked(
    session: Session, actor_id: int, held: TrainingSession, people: Collection[int], presence: Presence
) -> list[MarkEvent]:
    """Those of the people who have no mark by now; the others stay as they are."""
    refuse_early(held)
    lock(session, held)
    marked = marks_of(session, held.id, people)
    return mark_all(session, actor_id, held, {one: presence for one in people if one not in marked})


def confirm_check_ins(
    session: Session, actor_id: int, held: TrainingSession, people: Collection[int]
) -> list[MarkEvent]:
    """Mark as present those of the people who have checked in and have no mark."""
    refuse_early(held)
    lock(session, held)
    here = session.scalars(
        select(CheckIn.person_id).where(
            CheckIn.session_id == held.id, CheckIn.person_id.in_(people), CheckIn.refused_at.is_(None)
        )
    ).all()
    marked = marks_of(session, held.id, here)
    wanted: dict[int, Presence | None] = {one: Presence.PRESENT for one in here if one not in marked}
    return mark_all(session, actor_id, held, wanted, source=Source.CHECK_IN)


def refuse_early(held: TrainingSession) -> None:
    if now() < held.starts_at - BEFORE:
        raise TooEarly


def _source(session: Session, session_id: int, wanted: Tap) -> Source:
    """A mark as being there confirms a check-in."""
    found = session.get(CheckIn, (session_id, wanted.person_id)) if wanted.presence in THERE else None
    return Source.CHECK_IN if found is not None and found.refused_at is None else Source.LIST


def _refuse_check_in(session: Session, session_id: int, person_id: int) -> None:
    update_rows(
        session,
        CheckIn,
        CheckIn.session_id == session_id,
        CheckIn.person_id == person_id,
        CheckIn.refused_at.is_(None),
        refused_at=now(),
    )
