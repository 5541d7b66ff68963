"""The list of a session: who is expected or came, who has prepared, and how each is marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_tool.attendance.marks import SLIP, Touch, touches_of
from lti_tool.attendance.models import CheckIn, Mark, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.attendance.queries import people_of
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody


@dataclass(frozen=True, slots=True)
class Marked:
    """How somebody is marked, who said so and when; `slip` are the seconds that are left in which this reader can
    change it without giving a reason.
    """

    presence: Presence
    by: Somebody
    at: datetime
    slip: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One person. `here` is a check-in that nobody has confirmed or turned down."""

    person_id: int
    name: str | None
    expected: bool
    prepared: bool = False
    marked: Marked | None = None
    here: bool = False

    @property
    def presence(self) -> Presence | None:
        return self.marked.presence if self.marked else None


@dataclass(frozen=True, slots=True)
class Register:
    """`waiting` are those who wait for a place and may turn up all the same."""

    lines: tuple[Line, ...]
    waiting: tuple[Line, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many are marked as what; "none" are those without a mark."""
        return Counter(line.presence.value if line.presence else "none" for line in self.lines)

    @property
    def unmarked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.presence is None)

    @property
    def unprepared(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.expected and not line.prepared)

    @property
    def to_confirm(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.here and line.presence is None)

    def line_of(self, person_id: int) -> Line | None:
        return next((line for line in self.lines if line.person_id == person_id), None)


def register_of(session: Session, held: TrainingSession, reader_id: int, moment: datetime) -> Register:
    """Expected people by name, then those who walked in or have checked in without being expected."""
    marked, here = _marked(session, held, reader_id, moment), _checked_in(session, held.id)
    people = people_of(session, held)
    expected = [
        Line(one.person_id, one.name, True, one.prepared, marked.get(one.person_id), one.person_id in here)
        for one in people
    ]
    known = {line.person_id for line in expected}
    others = _named(session, (marked.keys() | here) - known)
    walked_in = [
        Line(one.person_id, one.name, False, False, marked.get(one.person_id), one.person_id in here) for one in others
    ]
    listed = known | {one.person_id for one in others}
    return Register((*expected, *walked_in), tuple(_waiting(session, held.id, listed)))


def _marked(session: Session, held: TrainingSession, reader_id: int, moment: datetime) -> dict[int, Marked]:
    marker = aliased(Person)
    rows = session.execute(
        select(Mark.person_id, Mark.presence, Mark.marked_at, marker.id, marker.name)
        .join(marker, marker.id == Mark.marked_by)
        .where(Mark.session_id == held.id)
    ).all()
    touches = touches_of(session, held.id, [row.person_id for row in rows])
    return {
        row.person_id: Marked(
            row.presence,
            Somebody(row.id, row.name),
            touches[row.person_id].at if row.person_id in touches else row.marked_at,
            _slip(touches.get(row.person_id), reader_id, moment),
        )
        for row in rows
    }


def _slip(touch: Touch | None, reader_id: int, moment: datetime) -> int:
    if touch is None or touch.by != reader_id:
        return 0
    return max(0, int((SLIP - (moment - touch.at)).total_seconds()))


def _checked_in(session: Session, session_id: int) -> set[int]:
    query = select(CheckIn.person_id).where(CheckIn.session_id == session_id, CheckIn.refused_at.is_(None))
    return set(session.scalars(query))


def _named(session: Session, people: set[int]) -> Sequence[Somebody]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)).order_by(Person.name, Person.id))
    return [Somebody(row.id, row.name) for row in rows]


def _waiting(session: Session, session_id: int, listed: set[int]) -> list[Line]:
    rows = session.execute(
        select(Person.id, Person.name)
        .join(SignUp, SignUp.person_id == Person.id)
        .where(SignUp.session_id == session_id, SignUp.state == SignUpState.WAITING)
        .order_by(SignUp.id)
    )
    return [Line(row.id, row.name, False) for row in rows if row.id not in listed]
