"""How far somebody is with one meeting: what they signed up for, whether they were there, what they are to do next."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.attendance.models import Presence, SignUpChange, SignUpState, TrainingSession
from lti_tool.attendance.sign_up_rules import Held, has_begun, has_room, is_open, may_leave

_THERE = frozenset({Presence.PRESENT, Presence.LATE})
_PLACE = frozenset({SignUpChange.SIGNED_UP, SignUpChange.PROMOTED})


class Situation(enum.StrEnum):
    """Where somebody stands with a meeting."""

    # Nothing yet, or only waiting.
    OPEN = "open"
    PLACE = "place"
    # Between its beginning and its end.
    RUNNING = "running"
    # Over, and nobody has said yet whether they were there.
    UNMARKED = "unmarked"
    ATTENDED = "attended"
    MISSED = "missed"
    CALLED_OFF = "called-off"


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of somebody's place."""

    session_id: int
    change: SignUpChange
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and one meeting. `dates` are all that it has or had; the rest is by their ids, `history` in order."""

    person_id: int
    cohort_id: int
    meeting_key: str
    dates: dict[int, TrainingSession] = field(default_factory=dict)
    sign_ups: dict[int, SignUpState] = field(default_factory=dict)
    marks: dict[int, Presence] = field(default_factory=dict)
    history: tuple[Happening, ...] = ()
    prepared_at: datetime | None = None

    @property
    def place(self) -> TrainingSession | None:
        return next((self.dates[one] for one, state in self.sign_ups.items() if state is SignUpState.PLACE), None)

    @property
    def held(self) -> Held | None:
        place = self.place
        return Held(place, self.marks.get(place.id) is Presence.ABSENT) if place else None

    @property
    def waits_for(self) -> tuple[TrainingSession, ...]:
        waited = (self.dates[one] for one, state in self.sign_ups.items() if state is SignUpState.WAITING)
        return tuple(sorted(waited, key=lambda date: date.starts_at))

    @property
    def attended(self) -> TrainingSession | None:
        return self._latest(lambda date: self.marks.get(date.id) in _THERE)

    @property
    def missed(self) -> TrainingSession | None:
        return self._latest(lambda date: self.marks.get(date.id) is Presence.ABSENT)

    @property
    def called_off(self) -> TrainingSession | None:
        """The date on which they had a place until it was called off, and have had none since."""
        place = lost = None
        for one in self.history:
            if one.change in _PLACE:
                place, lost = one.session_id, None
            elif one.session_id == place:
                place, lost = None, one.session_id if one.change is SignUpChange.CALLED_OFF else None
        return self.dates[lost] if lost else None

    def situation(self, moment: datetime) -> Situation:
        if self.attended:
            return Situation.ATTENDED
        place = self.place
        if place and not has_begun(place, moment):
            return Situation.PLACE
        if place and place.id not in self.marks:
            return Situation.RUNNING if moment <= place.ends_at else Situation.UNMARKED
        if self.called_off:
            return Situation.CALLED_OFF
        return Situation.MISSED if self.missed else Situation.OPEN

    def about(self, moment: datetime) -> TrainingSession | None:
        """The date that the situation speaks of."""
        dates = {
            Situation.ATTENDED: self.attended,
            Situation.MISSED: self.missed,
            Situation.CALLED_OFF: self.called_off,
            Situation.OPEN: None,
        }
        return dates.get(self.situation(moment), self.place)

    def may_change(self, moment: datetime) -> bool:
        """Whether they can sign up for another date than they have."""
        return not self.attended and may_leave(self.held, moment)

    def superfluous(self, moment: datetime) -> TrainingSession | None:
        """A place that they still have though they have been there."""
        place = self.place
        return place if place and self.attended and is_open(place, moment) else None

    def offers_place(self, moment: datetime) -> bool:
        return any(is_open(date, moment) and has_room(date) for date in self.dates.values())

    def offers_anything(self, moment: datetime) -> bool:
        return any(is_open(date, moment) for date in self.dates.values())

    def last_of(self, session_id: int) -> Happening | None:
        return next((one for one in reversed(self.history) if one.session_id == session_id), None)

    def _latest(self, fits: Callable[[TrainingSession], bool]) -> TrainingSession | None:
        return max(filter(fits, self.dates.values()), key=lambda date: date.starts_at, default=None)
