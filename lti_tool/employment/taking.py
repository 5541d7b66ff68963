"""Taking a list over: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.employment.found import Found, Line, Outcome
from lti_tool.employment.matching import matches
from lti_tool.employment.models import Employment
from lti_tool.employment.resolving import Key, Stored, changes, resolve
from lti_tool.employment.rows import listed_of, people_who_came, settled_of, stored_lines
from lti_tool.programme.actions import completions_may_change
from lti_tool.programme.models import Cohort

_table = table_of(Employment)


def lock_list(session: Session, cohort_id: int) -> None:
    """One change of a cohort's list at a time, without keeping anybody from work in the cohort."""
    session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update(key_share=True))


def take_over(session: Session, cohort_id: int, found: Found) -> Outcome:
    """Make the cohort's list what was found; doing it again changes nothing. ValueError while something is unclear."""
    resolved = resolve(found)
    if not resolved.ready:
        raise ValueError("a list that is not ready")
    lock_list(session, cohort_id)
    stored = stored_lines(session, cohort_id)
    wanted = changes(stored, resolved.lines, found.missing)
    _end(session, wanted.end)
    _change(session, wanted.change)
    inherited = _add(session, cohort_id, wanted.add, stored)
    before = [line.person_id for line in (*wanted.end, *(line for line, _now in wanted.change))]
    completions_may_change(session, {*inherited, *(one for one in before if one is not None)}, cohort_id)
    people = match_list(session, cohort_id)
    return Outcome(
        added=len(wanted.add), changed=len(wanted.change), same=wanted.same, ended=len(wanted.end), found=people
    )


def match_list(session: Session, cohort_id: int) -> int:
    """Find those on the list who have come; returns how many were found just now."""
    lock_list(session, cohort_id)
    stored = stored_lines(session, cohort_id)
    found = matches(listed_of(stored), people_who_came(session), settled_of(stored))
    lines = [{"of": line.id, "person": found[line.reference]} for line in stored if line.reference in found]
    if lines:
        names_nobody = (_table.c.id == bindparam("of")) & _table.c.person_id.is_(None)
        session.execute(
            update(_table).where(names_nobody).values(person_id=bindparam("person"), matched_at=now()), lines
        )
    completions_may_change(session, found.values(), cohort_id)
    return len(found)


def _end(session: Session, lines: Iterable[Stored]) -> None:
    """What was never matched with anybody is of no use any more."""
    matched = [line.id for line in lines if line.person_id is not None]
    session.execute(update(_table).where(_table.c.id.in_(matched)).values(ended_at=now()))
    session.execute(delete(_table).where(_table.c.id.in_([line.id for line in lines if line.person_id is None])))


def _change(session: Session, lines: Iterable[tuple[Stored, Line]]) -> None:
    rows = [{"of": before.id, **_values(line)} for before, line in lines]
    if rows:
        changed: dict[str, Any] = {name: bindparam(name) for name in _VALUES}
        session.execute(update(_table).where(_table.c.id == bindparam("of")).values(ended_at=None, **changed), rows)


def _add(session: Session, cohort_id: int, lines: Mapping[Key, Line], stored: Iterable[Stored]) -> set[int]:
    """Whoever is known in one position is the same person in another; returns those of them."""
    known = {line.reference: line for line in stored if line.matched_by is not None or line.person_id is not None}
    rows: list[dict[str, Any]] = []
    for (reference, course_code, position), line in lines.items():
        same = known.get(reference)
        rows.append(
            {
                **_values(line),
                "cohort_id": cohort_id,
                "reference": reference,
                "course_code": course_code,
                "position": position,
                "person_id": same.person_id if same else None,
                "matched_at": same.matched_at if same else None,
                "matched_by": same.matched_by if same else None,
                "created_at": now(),
            }
        )
    if rows:
        session.execute(insert(_table), rows)
    return {row["person_id"] for row in rows if row["person_id"] is not None}


_VALUES = ("name", "email", "department", "town", "hours")


def _values(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _VALUES}
