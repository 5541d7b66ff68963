"""Whom the names in a report of a video meeting mean. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from lti_tool.marking.report_reading import Attendee
from lti_tool.sheets.columns import plain

# "Lina (she/her)", "Lina S (Lina Solberg)": what stands in brackets may be the name by which people are known.
_BRACKETS = re.compile(r"\(([^()]*)\)")
# Less alike than this, a name is no help.
_ALIKE = 55
_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may have been there; `emails` are in small letters."""

    person_id: int
    name: str
    emails: frozenset[str]
    expected: bool


def matched(attendees: Sequence[Attendee], candidates: Iterable[Candidate]) -> list[int | None]:
    """For each attendee a person: by address, else by a name that only one of those has who are expected, or of all."""
    people = list(candidates)
    emails = {email: one.person_id for one in people for email in one.emails}
    expected, everybody = _by_name(one for one in people if one.expected), _by_name(people)
    return [
        emails.get(one.email) or _only(expected, one.name) or _only(everybody, one.name) if one.name else None
        for one in attendees
    ]


def suggested(attendee: Attendee, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose names are like it, the likest first."""
    names = [_ordered(one.name) for one in candidates]
    found = process.extract(
        _ordered(_BRACKETS.sub(" ", attendee.name)),
        names,
        scorer=fuzz.token_set_ratio,
        limit=_SUGGESTED,
        score_cutoff=_ALIKE,
    )
    return [candidates[place] for _name, _score, place in found]


def _by_name(people: Iterable[Candidate]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for one in people:
        if one.name:
            found[_ordered(one.name)].add(one.person_id)
    return found


def _only(found: dict[str, set[int]], name: str) -> int | None:
    """The only one of any of the names."""
    names = {_ordered(_BRACKETS.sub(" ", name)), *map(_ordered, _BRACKETS.findall(name))}
    people = set().union(*(found.get(one, set()) for one in names if one))
    return people.pop() if len(people) == 1 else None


def _ordered(name: str) -> str:
    """Without regard to the order, as some write "Solberg, Lina"."""
    return " ".join(sorted(plain(name).split()))
