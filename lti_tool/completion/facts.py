"""What is on record of the people of a cohort, as it stands in the database.

There may be dozens of rows for each of thousands of people, so the database strings them together: "12+ 15-" are the
marks of one person, who was at session 12 and not at 15. Keys have no spaces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.completion.offers import Setting
from lti_tool.completion.records import Date, Records, Turnout, Work
from lti_tool.completion.statements import SIGNS, extensions, participations, strings
from lti_tool.modules.dates import Deadlines, deadline
from lti_tool.programme.content import Step

# Of what, by the person: what stands in the database of it, strung together.
Strings = dict[str, dict[int, str]]
# Of which cohort and people the statements ask.
Names = dict[str, Any]
_NO_WORK: Mapping[str, Work] = MappingProxyType({})
_NOT_EXTENDED: Deadlines = {}


def records_in(
    session: Session, setting: Setting, people: Collection[int], *, whole: bool
) -> Iterator[tuple[int, Records]]:
    """With the ids of these people, who are the `whole` cohort or some of it. Three statements."""
    names = {"cohort_id": setting.cohort_id} | ({} if whole else {"people": list(people)})
    found = _strings(session, setting, names)
    work = _work(session, setting, names, found["chosen"])
    turnouts = _Turnouts(setting.offer.dates)
    marks, places, courses = found["marks"], found["places"], found["courses"]
    recognised, positions = found["recognised"], found["positions"]
    for person_id in people:
        yield (
            person_id,
            Records(
                setting.offer,
                *turnouts.of(marks.get(person_id, ""), places.get(person_id, ""), courses.get(person_id, "")),
                work.get(person_id, _NO_WORK),
                tuple(sorted(positions[person_id].split())) if person_id in positions else (),
                recognised[person_id].split()[0] if person_id in recognised else None,
            ),
        )


class _Turnouts:
    """Reads strings of marks and places. Many people have the same, so each is read once."""

    def __init__(self, dates: Iterable[Date]) -> None:
        self._slots: dict[str, str | int] = {
            f"{date.id}{sign}": date.meeting if date.course_id is None else date.course_id
            for date in dates
            for sign in SIGNS
        }
        self._read: dict[tuple[str, ...], Turnout] = {}
        self._whole: dict[tuple[str, str, str], tuple[dict[str, Turnout], dict[int, Turnout]]] = {}

    def of(self, marks: str, places: str, courses: str) -> tuple[dict[str, Turnout], dict[int, Turnout]]:
        """By meeting and by course. People with the same share what this returns."""
        said = marks, places, courses
        if said not in self._whole:
            self._whole[said] = self._by_slot(*said)
        return self._whole[said]

    def _by_slot(self, marks: str, places: str, courses: str) -> tuple[dict[str, Turnout], dict[int, Turnout]]:
        member = [int(one) for one in courses.split()]
        found: dict[str | int, list[str]] = {course: [] for course in member}
        for token in marks.split() + places.split():
            found.setdefault(self._slots[token], []).append(token)
        held, in_courses = {}, {}
        for slot, tokens in found.items():
            own = self._turnout(tuple(tokens))
            if isinstance(slot, str):
                held[slot] = own
            elif own.there or slot in member:
                in_courses[slot] = own
        return held, in_courses

    def _turnout(self, tokens: tuple[str, ...]) -> Turnout:
        if tokens not in self._read:
            there, absent, places, ready, waiting = (
                tuple(int(one[:-1]) for one in tokens if one[-1] == sign) for sign in SIGNS
            )
            self._read[tokens] = Turnout(there, absent, (*places, *ready), waiting, bool(ready))
        return self._read[tokens]


def _strings(session: Session, setting: Setting, names: Names) -> Strings:
    found: Strings = defaultdict(dict)
    spared = [one.key for one in setting.programme.positions if one.training != "required"]
    asked = names | {"programme_id": setting.programme_id, "spared": spared}
    for kind, person_id, text in session.execute(strings("people" in names), asked).all():
        found[kind][person_id] = text
    return found


def _work(session: Session, setting: Setting, names: Names, chosen: dict[int, str]) -> dict[int, dict[str, Work]]:
    """By person and module."""
    keys, more = setting.module_keys, _extended(session, names)
    found = defaultdict[int, dict[str, Work]](dict)
    for (person_id, module_id), deadlines in more.items():
        found[person_id][keys[module_id]] = Work(deadlines=deadlines)
    for person_id, modules in chosen.items():
        for module_id in map(int, modules.split()):
            found[person_id][keys[module_id]] = Work(True, deadlines=more.get((person_id, module_id), _NOT_EXTENDED))
    rows = session.execute(participations("people" in names), names).all()
    for person_id, module_id, is_chosen, completed_at, steps, handed_out_at in rows:
        deadlines = more.get((person_id, module_id), _NOT_EXTENDED) if more else _NOT_EXTENDED
        done = _steps(steps or "")
        found[person_id][keys[module_id]] = Work(is_chosen, True, done, completed_at, handed_out_at, deadlines)
    return found


@cache
def _steps(text: str) -> frozenset[Step]:
    return frozenset(map(Step, text.split()))


def _extended(session: Session, names: Names) -> dict[tuple[int, int], Deadlines]:
    """By person and module; of one that ends before the date of the cohort, that date."""
    found = defaultdict[tuple[int, int], Deadlines](dict)
    for row in session.execute(extensions("people" in names), names):
        found[row.person_id, row.module_id][row.step] = deadline(row.due_at, row.grace_hours, row.until)
    return found
