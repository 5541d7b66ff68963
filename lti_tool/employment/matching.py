"""Who of those who have come is who on the list. Pure.

An address decides where exactly one person has it. A name decides where exactly one person and one entry of the list
bear it, and no address speaks against it. Whatever else is left to people: a wrong match tells somebody the wrong thing
about their training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeVar

from lti_tool.sheets.columns import plain

# Of those who might be meant, more are found by searching.
MOST_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a list, whatever number of positions they have; `email` in small letters."""

    reference: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Come:
    """Somebody who has come. Platforms may keep the name and the address back."""

    person_id: int
    name: str | None
    email: str | None


Entry = TypeVar("Entry", Listed, Come)
Pair = tuple[str, str]


def matches(
    listed: Iterable[Listed], people: Iterable[Come], settled: Mapping[str, int | None] | None = None
) -> dict[str, int]:
    """New matches by reference. `settled` are the references that are decided already; None of them is nobody here.

    Nobody is matched with two entries, no entry with two people.
    """
    settled = settled or {}
    everyone, people = list(listed), list(people)
    found = dict(_by_address(everyone, people, settled))
    taken = {person_id for person_id in (*settled.values(), *found.values()) if person_id is not None}
    return found | dict(_by_name(everyone, people, {*settled, *found}, taken))


def _by_address(
    listed: list[Listed], people: list[Come], settled: Mapping[str, int | None]
) -> Iterator[tuple[str, int]]:
    entries, bearers = _grouped(listed, _address), _grouped(people, _address)
    taken = set(settled.values())
    for address, theirs in entries.items():
        match theirs, bearers.get(address, []):
            case [entry], [person] if entry.reference not in settled and person.person_id not in taken:
                yield entry.reference, person.person_id


def _by_name(listed: list[Listed], people: list[Come], decided: set[str], taken: set[int]) -> Iterator[tuple[str, int]]:
    entries, bearers = _grouped(listed, _name), _grouped(people, _name)
    for name, theirs in entries.items():
        match theirs, bearers.get(name, []):
            case [entry], [person] if entry.reference not in decided and person.person_id not in taken:
                if not _speaks_against(entry, person):
                    yield entry.reference, person.person_id


def suggestions(entries: Iterable[Listed], people: Iterable[Come], taken: Iterable[int]) -> dict[str, list[int]]:
    """Who might be meant, likeliest first, by reference: the same address or name, then all words of one's name in the
    other's. Nobody who is `taken`.
    """
    free = [person for person in people if person.person_id not in set(taken)]
    # Alone, a common name would lead to hundreds.
    by_pair: defaultdict[Pair, list[Come]] = defaultdict(list)
    for person in free:
        for pair in _pairs(person.name or ""):
            by_pair[pair].append(person)
    same = {**_grouped(free, _address), **_grouped(free, _name)}
    return {entry.reference: _likely(entry, by_pair, same) for entry in entries}


def _likely(entry: Listed, by_pair: Mapping[Pair, list[Come]], same: Mapping[str, list[Come]]) -> list[int]:
    """`same` are people by their address and by their name, of which no two can be the same."""
    met = {person for pair in _pairs(entry.name) for person in by_pair.get(pair, ()) if _contains(entry, person)}
    met |= {*same.get(_address(entry), ()), *same.get(_name(entry), ())}

    def order(person: Come) -> tuple[bool, bool, int]:
        return _address(person) != (_address(entry) or None), _name(person) != _name(entry), person.person_id

    return [person.person_id for person in sorted(met, key=order)][:MOST_SUGGESTED]


def _pairs(name: str) -> Iterator[Pair]:
    """Every two words of a name, in the order of the alphabet."""
    return combinations(sorted(set(name_key(name).split())), 2)


def _contains(entry: Listed, person: Come) -> bool:
    words, theirs = set(_name(entry).split()), set(_name(person).split())
    return words <= theirs or theirs <= words


def _grouped(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, list[Entry]]:
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    groups.pop("", None)
    return groups


def _address(entry: Listed | Come) -> str:
    return (entry.email or "").casefold()


def _name(entry: Listed | Come) -> str:
    return name_key(entry.name or "")


def _speaks_against(entry: Listed, person: Come) -> bool:
    return bool(entry.email and person.email) and _address(entry) != _address(person)


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """The same for "Nordmann, Kari" and "kari  nordmann"."""
    family, comma, given = name.partition(",")
    return plain(f"{given} {family}" if comma and given.strip() else name)
