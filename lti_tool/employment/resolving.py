"""What a list comes to once every position on it is known, and what it changes of the lists before. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.employment.found import Code, Found, Line, Missing, Mistake
from lti_tool.employment.matching import Listed, name_key
from lti_tool.sheets.columns import plain

# Reference, course, key of the position.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A line as it was taken over before."""

    id: int
    reference: str
    course_code: str
    position: str
    name: str
    email: str | None
    department: str
    town: str
    hours: float | None
    person_id: int | None
    matched_at: datetime | None
    matched_by: int | None
    ended_at: datetime | None

    @property
    def separated(self) -> bool:
        """Somebody has said that it is nobody who has come so far."""
        return self.person_id is None and self.matched_by is not None

    @property
    def key(self) -> Key:
        return self.reference, self.course_code, self.position

    def says(self, line: Line) -> bool:
        """Whether it is as the line has it already."""
        return self.ended_at is None and _said(self) == _said(line)


@dataclass(slots=True)
class Resolved:
    """`lines` are those to take over, `mistakes` all that stand in the way but for the positions in `unknown`, which
    maps each to its number of lines; `left_out` counts lines left out on purpose, `doubles` those that repeat another.
    """

    lines: dict[Key, Line] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    doubles: int = 0

    @property
    def people(self) -> list[Listed]:
        """Each of those who are on it, once."""
        entries = (Listed(line.reference, line.name, line.email) for line in self.lines.values())
        return list({entry.reference: entry for entry in entries}.values())

    @property
    def ready(self) -> bool:
        return bool(self.lines) and not self.mistakes and not self.unknown


def resolve(found: Found) -> Resolved:
    resolved = Resolved(mistakes=list(found.mistakes))
    names: dict[str, Line] = {}
    for line in found.lines:
        _compare_names(resolved, names.setdefault(line.reference, line), line)
        key = found.positions.get(line.position)
        if key is None:
            resolved.unknown[line.position] += 1
        elif not key:
            resolved.left_out += 1
        else:
            _add(resolved, (line.reference, line.course_code, key), line)
    resolved.mistakes.sort(key=lambda mistake: mistake.line)
    return resolved


def _compare_names(resolved: Resolved, first: Line, line: Line) -> None:
    """One of them may have a name more; quite another name is somebody else."""
    one, other = (set(name_key(each.name).split()) for each in (first, line))
    if one and other and not one & other:
        said = f"{line.email}: {first.name}, {line.name}"
        resolved.mistakes.append(Mistake(line=line.line, code=Code.OTHER_NAME, said=said, other=first.line))


def _add(resolved: Resolved, key: Key, line: Line) -> None:
    before = resolved.lines.setdefault(key, line)
    if before is line:
        return
    if _said(before) == _said(line):
        resolved.doubles += 1
    else:
        said = line.name or line.email or ""
        resolved.mistakes.append(Mistake(line=line.line, code=Code.TWICE, said=said, other=before.line))


def _said(line: Line | Stored) -> tuple[object, ...]:
    return line.name, line.email, line.department, line.town, line.hours


@dataclass(frozen=True, slots=True)
class Changes:
    """What taking a list over does: lines to `add`, to `change` (with what they are now) and to `end`."""

    add: dict[Key, Line]
    change: list[tuple[Stored, Line]]
    same: int
    end: list[Stored]


def changes(stored: Iterable[Stored], wanted: Mapping[Key, Line], missing: Missing) -> Changes:
    known = {line.key: line for line in stored}
    both = [(known[key], line) for key, line in wanted.items() if key in known]
    change = [(before, line) for before, line in both if not before.says(line)]
    add = {key: line for key, line in wanted.items() if key not in known}
    return Changes(add, change, len(both) - len(change), list(absent(known.values(), wanted, missing)))


def absent(stored: Iterable[Stored], wanted: Mapping[Key, Line], missing: Missing) -> list[Stored]:
    """Those on the list so far that end because the file does not have them."""
    departments = {plain(line.department) for line in wanted.values()}
    gone = [line for line in stored if line.ended_at is None and line.key not in wanted]
    if missing is Missing.STAY:
        return []
    return [line for line in gone if missing is Missing.END_ALL or plain(line.department) in departments]
