"""The rows of the matrix: filtered, counted and sorted. Pure; the database is asked by `matrix_queries.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lti_tool.completion.verdicts import PartVerdict, Status, Verdict
from lti_tool.employment.queries import Job
from lti_tool.gradebook.matrix_view import HOURS, STATUS, Show, View

# From what needs attention first to what needs none.
_URGENCY = {Status.MISSED: 0, Status.AT_RISK: 1, Status.ON_THE_WAY: 2, Status.DONE: 3, Status.EXEMPT: 4}
_NOT_HERE = 5
_SHOWS = {status: Show(status.value) for status in Status}
# The last letters of the Norwegian alphabet stand in another order in Unicode.
_ALPHABET = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


class Row(NamedTuple):
    """One person. Of somebody on a list of employed people who has never come, `person_id` and `verdict` are None."""

    person_id: int | None
    name: str | None
    jobs: tuple[Job, ...]
    verdict: Verdict | None

    @property
    def show(self) -> Show:
        return _SHOWS[self.verdict.status] if self.verdict else Show.ABSENT

    def part(self, key: str) -> PartVerdict | None:
        return self.verdict.part(key) if self.verdict else None

    def has(self, name: str, wanted: str) -> bool:
        return any(getattr(job, name) == wanted for job in self.jobs)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in each filter, in alphabetical order."""

    departments: tuple[str, ...]
    courses: tuple[str, ...]
    towns: tuple[str, ...]


def choices_of(rows: Iterable[Row]) -> Choices:
    jobs = [job for row in rows for job in row.jobs]
    return Choices(
        _sorted({job.department for job in jobs}),
        _sorted({job.course_code for job in jobs}),
        _sorted({job.town for job in jobs}),
    )


def filtered(rows: Iterable[Row], view: View, called: Callable[[Row], str]) -> list[Row]:
    """Those that all filters but `show` leave; `called` is what a person is called on the page."""
    found = [
        row
        for row in rows
        if (not view.department or row.has("department", view.department))
        and (not view.course or row.has("course_code", view.course))
        and (not view.town or row.has("town", view.town))
    ]
    wanted = view.q.casefold()
    return [row for row in found if wanted in called(row).casefold()] if wanted else found


def counts_of(rows: Sequence[Row]) -> dict[Show, int]:
    counted = Counter(row.show for row in rows)
    return {show: len(rows) if show is Show.ALL else counted[show] for show in Show}


def shown(rows: Sequence[Row], view: View) -> list[Row]:
    return list(rows) if view.show is Show.ALL else [row for row in rows if row.show is view.show]


def in_order(rows: Iterable[Row], sort: str, called: Callable[[Row], str]) -> list[Row]:
    """By the column that `sort` names, people who are equal in it by name; an unknown column is the name."""
    column, turned = sort.removeprefix("-"), sort.startswith("-")
    by_name = sorted(rows, key=lambda row: in_alphabet(called(row)))
    if column == STATUS:
        return sorted(by_name, key=_urgency, reverse=turned)
    if column == HOURS:
        return sorted(by_name, key=lambda row: row.verdict.hours_done if row.verdict else -1, reverse=turned)
    judged = next((row.verdict for row in by_name if row.verdict), None)
    if judged and column in {part.key for part in judged.parts}:
        return sorted(by_name, key=lambda row: _urgency_of_part(row, column), reverse=turned)
    return by_name[::-1] if turned else by_name


def in_alphabet(name: str) -> str:
    """A key to sort names by, as a Norwegian reader expects them."""
    # Most names need no translation, which takes ten times as long as to see that.
    return name.lower() if name.isascii() else name.casefold().translate(_ALPHABET)


def by_status(rows: Iterable[Row]) -> dict[str, list[int]]:
    """By requirement: how many stand where with it, in the order of `Status`; whoever is exempt from all is that."""
    verdicts = [row.verdict for row in rows if row.verdict]
    bound = [one.parts for one in verdicts if one.status is not Status.EXEMPT]
    found = {}
    for place, part in enumerate(verdicts[0].parts if verdicts else ()):
        counted = Counter([parts[place].status for parts in bound])
        counted[Status.EXEMPT] = len(verdicts) - len(bound)
        found[part.key] = [counted[status] for status in Status]
    return found


def _urgency(row: Row) -> int:
    return _URGENCY[row.verdict.status] if row.verdict else _NOT_HERE


def _urgency_of_part(row: Row, key: str) -> tuple[int, float]:
    part = row.part(key)
    return (_URGENCY[part.status], part.hours_done) if part else (_NOT_HERE, 0)


def _sorted(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts - {""}, key=in_alphabet))
