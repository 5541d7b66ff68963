"""Signing up as the rules say it in words, on lists: what the database is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Day:
    """One date; times count days. Signing up ends at `until`."""

    starts: int
    until: int
    capacity: int
    off: bool = False


@dataclass
class Model:
    """`places` are dates by person, `waiting` whoever waits for what in the order in which they came, `marks` whether
    people were at dates."""

    days: list[Day]
    today: int = 0
    places: dict[int, int] = field(default_factory=dict)
    waiting: list[tuple[int, int]] = field(default_factory=list)
    marks: dict[tuple[int, int], bool] = field(default_factory=dict)

    def sign_up(self, person: int, day: int, *, or_wait: bool) -> str:
        self.settle()
        if self.places.get(person) == day or (or_wait and (person, day) in self.waiting):
            return "as it was"
        refusal = self.refusal(person, day, or_wait=or_wait)
        if refusal:
            return refusal
        if self.room(day):
            self.waiting = [one for one in self.waiting if one != (person, day)]
            self.places[person] = day
            self.settle()
            return "place"
        self.waiting.append((person, day))
        return "waiting"

    def refusal(self, person: int, day: int, *, or_wait: bool) -> str:
        if any(there for (who, _day), there in self.marks.items() if who == person):
            return "Attended"
        if not self.is_open(day):
            return "Closed"
        if person in self.places and self.fixed(self.places[person]):
            return "Kept"
        return "" if self.room(day) or or_wait else "Full"

    def cancel(self, person: int, day: int) -> str:
        if (person, day) in self.waiting:
            self.waiting.remove((person, day))
        elif self.places.get(person) != day:
            return "nothing"
        elif not self.is_open(day):
            return "Kept"
        else:
            del self.places[person]
        self.settle()
        return "given up"

    def call_off(self, day: int) -> None:
        self.days[day].off = True
        self.places = {person: held for person, held in self.places.items() if held != day}
        self.waiting = [one for one in self.waiting if one[1] != day]
        self.settle()

    def make_room(self, day: int) -> None:
        self.days[day].capacity += 1
        self.settle()

    def settle(self) -> None:
        """One after the other: the earliest date with room takes the first in its line who can come."""
        while turn := next(self.turns(), None):
            person, day = turn
            self.places[person] = day
            self.waiting = [one for one in self.waiting if one[0] != person]

    def turns(self) -> Iterator[tuple[int, int]]:
        for day in sorted(range(len(self.days)), key=lambda day: (self.days[day].starts, day)):
            for person, wanted in self.waiting:
                if wanted == day and self.is_open(day) and self.room(day) and self.can_come(person):
                    yield person, day

    def can_come(self, person: int) -> bool:
        if any(there for (who, _day), there in self.marks.items() if who == person):
            return False
        held = self.places.get(person)
        if held is None:
            return True
        if self.today >= self.days[held].starts:
            return (person, held) in self.marks
        return not self.fixed(held)

    def fixed(self, day: int) -> bool:
        return self.days[day].until < self.today < self.days[day].starts

    def is_open(self, day: int) -> bool:
        return not self.days[day].off and self.today <= self.days[day].until and self.today < self.days[day].starts

    def room(self, day: int) -> bool:
        return self.taken(day) < self.days[day].capacity

    def taken(self, day: int) -> int:
        return list(self.places.values()).count(day)
