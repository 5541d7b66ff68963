"""What a report comes to: whom its names mean, how long each was there, and who was there for long enough. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lti_tool.marking.report_matching import Candidate, matched, suggested
from lti_tool.marking.report_reading import Attendee
from lti_tool.marking.report_times import Stay, together

# A report of another meeting has few minutes in common with the session, if any.
_IN_COMMON = 0.5
# Of what it has in common as it stands: so much more has to fit for it to be taken as saved in another time zone.
_CLEARLY = 1.1
# Where clocks stand compared with ours; the nearest first.
_ZONES = [timedelta(hours=hours) for hours in sorted(range(-14, 15), key=abs)]


@dataclass(frozen=True, slots=True)
class Entry:
    """An attendee with whom it means. `by_hand` says that somebody has chosen; `suggestions` are for those nobody is
    known for.
    """

    place: int
    attendee: Attendee
    person_id: int | None
    by_hand: bool
    minutes: int
    suggestions: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Attended:
    """A person with all that the report has of them, in whole minutes and percent of the session."""

    candidate: Candidate
    minutes: int
    share: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`shift` is what the times of the report were moved by to be those of the session, None if nothing makes them so:
    then all of everybody's time counts.
    """

    entries: tuple[Entry, ...]
    there: tuple[Attended, ...]
    expected: tuple[Candidate, ...]
    needed: int
    shift: timedelta | None

    @property
    def unresolved(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.person_id is None and not entry.by_hand)

    @property
    def long_enough(self) -> list[int]:
        return [one.candidate.person_id for one in self.there if one.share >= self.needed]

    @property
    def missing(self) -> list[int]:
        """Who was expected and not there, or not for long enough."""
        there = set(self.long_enough)
        return [one.person_id for one in self.expected if one.person_id not in there]


def outcome_of(
    attendees: Sequence[Attendee],
    candidates: Sequence[Candidate],
    chosen: Mapping[int, int],
    held: Stay,
    needed: int,
) -> Outcome:
    """`chosen` are people by the places of attendees, 0 for nobody; `needed` is in percent of the session."""
    shift = _shift(attendees, held)
    within = None if shift is None else _moved(held, -shift)
    known = {one.person_id: one for one in candidates}
    people = [chosen.get(place, found) or None for place, found in enumerate(matched(attendees, candidates))]
    entries = tuple(
        Entry(
            place,
            one,
            person_id if person_id in known else None,
            place in chosen,
            _whole_minutes([one], within),
            () if person_id in known else tuple(suggested(one, candidates)),
        )
        for place, (one, person_id) in enumerate(zip(attendees, people, strict=True))
    )
    own: dict[int, list[Attendee]] = defaultdict(list)
    for entry in entries:
        if entry.person_id is not None:
            own[entry.person_id].append(entry.attendee)
    length = max(1, int((held[1] - held[0]).total_seconds() // 60))
    there = tuple(
        _attended(known[person_id], _whole_minutes(lines, within), length) for person_id, lines in own.items()
    )
    expected = tuple(one for one in candidates if one.expected)
    return Outcome(entries, tuple(sorted(there, key=lambda one: one.share)), expected, needed, shift)


def _attended(candidate: Candidate, minutes: int, length: int) -> Attended:
    return Attended(candidate, minutes, min(100, 100 * minutes // length))


def _whole_minutes(lines: Sequence[Attendee], within: Stay | None) -> int:
    """Several devices at once count once; where the report tells totals only, they add up."""
    stays = together((stay for line in lines for stay in line.stays), within)
    return int((stays + timedelta(minutes=sum(line.minutes for line in lines))).total_seconds() // 60)


def _shift(attendees: Sequence[Attendee], held: Stay) -> timedelta | None:
    """By what the report is to be moved, which does not say in what time zone it was saved."""
    whole = sum((together(one.stays) for one in attendees), timedelta())
    inside = {zone: _inside(attendees, _moved(held, -zone)) for zone in _ZONES}
    best = max(_ZONES, key=lambda zone: inside[zone])
    shift = best if inside[best] > inside[timedelta()] * _CLEARLY else timedelta()
    return shift if inside[shift] >= whole * _IN_COMMON else None


def _inside(attendees: Sequence[Attendee], held: Stay) -> timedelta:
    return sum((together(one.stays, held) for one in attendees), timedelta())


def _moved(held: Stay, by: timedelta) -> Stay:
    return held[0] + by, held[1] + by
