"""Who was at a session: the only writer of marks, and when a change of one needs a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import (
    Mark,
    MarkEvent,
    Presence,
    Source,
    TrainingSession,
)
from lti_tool.attendance.queries import is_expected
from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError
from lti_tool.people.models import Person
from lti_tool.programme.actions import completion_may_change, enrol
from lti_tool.texts import gettext as _

# Long enough to notice a finger that hit the wrong line.
SLIP = timedelta(minutes=10)
# When somebody tapped is reckoned back from the arrival of the request, which may take as long (autosave.js): the
# second of two taps may seem to come before the first.
ON_THE_WAY = timedelta(seconds=15)
THERE = frozenset({Presence.PRESENT, Presence.LATE})


@dataclass(frozen=True, slots=True)
class Touch:
    """Who has changed a mark, and when."""

    by: int
    at: datetime


class ReasonNeeded(DomainError):
    """A mark is to be changed that somebody relied on, and nobody has said why."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "correction without a reason",
            title=_("Say why"),
            explanation=_("Somebody was marked before, and this changes it. Nothing was changed yet."),
            advice=_("Write a few words about the reason and send it again."),
        )


class CalledOff(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "session called off",
            title=_("This session was called off"),
            explanation=_("Nobody can have been there, so nothing was marked."),
        )


def needs_reason(
    before: Presence | None, after: Presence | None, *, latest: Touch | None, now_by: Touch, ends_at: datetime
) -> bool:
    """Whether this change corrects what others may rely on.

    It does not where nothing was marked before, where people notice their own slip within ten minutes, and where
    somebody who was missed at first comes in before the session ends.
    """
    if before is None or before is after:
        return False
    if before is Presence.ABSENT and after is Presence.LATE and now_by.at <= ends_at:
        return False
    slip = latest is not None and latest.by == now_by.by and -ON_THE_WAY <= now_by.at - latest.at <= SLIP
    return not slip


def mark(
    session: Session,
    actor_id: int,
    training_session: TrainingSession,
    person_id: int,
    presence: Presence | None,
    *,
    source: Source = Source.LIST,
    reason: str = "",
    device_key: str | None = None,
    happened_at: datetime | None = None,
) -> MarkEvent | None:
    """Mark one person; None takes their mark away. Returns what was changed, None if it was so already.

    A `device_key` that was used before changes nothing and returns what it did then. Raises `ReasonNeeded` for a
    correction without a reason, `CalledOff`, and `Conflict` for a key that named another change. `happened_at` is when
    it was tapped, now if it is left out.
    """
    lock(session, training_session)
    known = change_named(session, device_key)
    if known is not None:
        if (known.session_id, known.person_id, known.by) != (training_session.id, person_id, actor_id):
            raise Conflict("device key of another change")
        return known
    events = mark_all(
        session,
        actor_id,
        training_session,
        {person_id: presence},
        source=source,
        reason=reason,
        happened_at=happened_at,
    )
    for event in events:
        event.device_key = device_key
    session.flush()
    return events[0] if events else None


def mark_all(
    session: Session,
    actor_id: int,
    training_session: TrainingSession,
    wanted: Mapping[int, Presence | None],
    *,
    source: Source = Source.LIST,
    reason: str = "",
    happened_at: datetime | None = None,
) -> list[MarkEvent]:
    """Mark several people at once, all or nobody; returns what was changed. As `mark` besides."""
    lock(session, training_session)
    if training_session.cancelled_at is not None:
        raise CalledOff
    found = marks_of(session, training_session.id, wanted)
    touch, said = Touch(actor_id, min(happened_at or now(), now())), reason.strip()
    # In one order, so that no two who mark the same people in two sessions wait for each other.
    changed = {one: wanted[one] for one in sorted(wanted) if _presence(found.get(one)) is not wanted[one]}
    if not said and _corrects(session, training_session, found, changed, touch):
        raise ReasonNeeded
    events = [
        MarkEvent(
            session_id=training_session.id,
            person_id=person_id,
            before=_presence(found.get(person_id)),
            after=after,
            source=source,
            reason=said,
            by=actor_id,
            happened_at=touch.at,
        )
        for person_id, after in changed.items()
    ]
    session.add_all(events)
    _follow(session, training_session, found, events)
    return events


def lock(session: Session, training_session: TrainingSession) -> None:
    """Let whoever changes the same session wait until this transaction is over, and see what they have left."""
    # A refresh forgets what was not written yet.
    session.flush()
    session.refresh(training_session, with_for_update=True)


def marks_of(session: Session, session_id: int, people: Collection[int] | None = None) -> dict[int, Mark]:
    """By person; of everybody, if no people are named."""
    query = select(Mark).where(Mark.session_id == session_id)
    if people is not None:
        query = query.where(Mark.person_id.in_(people))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {one.person_id: one for one in found}


def touches_of(session: Session, session_id: int, people: Collection[int]) -> dict[int, Touch]:
    """Who has changed the mark of each of them last; of those who were ever marked."""
    newest = select(func.max(MarkEvent.id)).where(MarkEvent.session_id == session_id, MarkEvent.person_id.in_(people))
    rows = session.execute(
        select(MarkEvent.person_id, MarkEvent.by, MarkEvent.happened_at).where(
            MarkEvent.id.in_(newest.group_by(MarkEvent.person_id))
        )
    )
    return {row.person_id: Touch(row.by, row.happened_at) for row in rows}


def change_named(session: Session, device_key: str | None) -> MarkEvent | None:
    """What a device has done by that name before; the caller holds the lock."""
    if device_key is None:
        return None
    return session.scalars(select(MarkEvent).where(MarkEvent.device_key == device_key)).one_or_none()


def _presence(found: Mark | None) -> Presence | None:
    return found.presence if found else None


def _corrects(
    session: Session,
    training_session: TrainingSession,
    found: Mapping[int, Mark],
    changed: Mapping[int, Presence | None],
    touch: Touch,
) -> bool:
    """Whether any of the changes needs a reason."""
    latest, ends_at = touches_of(session, training_session.id, changed), training_session.ends_at
    return any(
        needs_reason(
            _presence(found.get(person_id)), after, latest=latest.get(person_id), now_by=touch, ends_at=ends_at
        )
        for person_id, after in changed.items()
    )


def _follow(
    session: Session, training_session: TrainingSession, found: Mapping[int, Mark], events: Collection[MarkEvent]
) -> None:
    """Let the marks be what the events say, and tell those who build on them."""
    marked = Person.id.in_([event.person_id for event in events])
    expected = set(session.scalars(select(Person.id).where(marked, is_expected(training_session))))
    for event in events:
        _write(session, found.get(event.person_id), event, walk_in=event.person_id not in expected)
        if event.after in THERE:
            # Having been there is a piece of work: it makes a participant of somebody who has begun nothing else.
            enrol(session, event.person_id, training_session.cohort_id)
        completion_may_change(session, event.person_id, training_session.cohort_id)
    session.flush()


def _write(session: Session, found: Mark | None, event: MarkEvent, *, walk_in: bool) -> None:
    if event.after is None:
        session.delete(found)
        return
    written = found or Mark(session_id=event.session_id, person_id=event.person_id)
    written.presence, written.walk_in, written.source = event.after, walk_in, event.source
    written.marked_by, written.marked_at = event.by, now()
    session.add(written)
