"""Where people stand with the meetings that programmes hold, for many of them with the statements of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, Preparation, SignUp, SignUpEvent, TrainingSession
from lti_tool.attendance.sign_up_standing import Happening, Standing

Rows: TypeAlias = Sequence[Row[Any]]
# A person in a cohort.
Participant: TypeAlias = tuple[int, int]
_Key: TypeAlias = tuple[int, int, str]


def standings_of(
    session: Session, participants: Collection[Participant], meeting_key: str | None = None
) -> list[Standing]:
    """Of each participant in each meeting that has dates in their cohort, or in one meeting, which may have none.

    Five statements; one where there is nothing to tell.
    """
    cohorts = {cohort_id for _person, cohort_id in participants}
    query = select(TrainingSession).where(TrainingSession.cohort_id.in_(cohorts), TrainingSession.course_id.is_(None))
    if meeting_key is not None:
        query = query.where(TrainingSession.meeting_key == meeting_key)
    dates: dict[tuple[int, str], dict[int, TrainingSession]] = defaultdict(dict)
    for date in session.scalars(query.order_by(TrainingSession.starts_at, TrainingSession.id)):
        dates[date.cohort_id, date.meeting_key][date.id] = date
    keys = [
        (person_id, cohort_id, key)
        for person_id, cohort_id in participants
        for key in _keys(dates, cohort_id, meeting_key)
    ]
    return _standings(session, keys, dates) if keys else []


def _keys(dates: Iterable[tuple[int, str]], cohort_id: int, meeting_key: str | None) -> list[str]:
    return [meeting_key] if meeting_key is not None else [key for cohort, key in dates if cohort == cohort_id]


def _standings(
    session: Session, keys: Collection[_Key], dates: dict[tuple[int, str], dict[int, TrainingSession]]
) -> list[Standing]:
    people = {person_id for person_id, _cohort, _key in keys}
    ids = [one for found in dates.values() for one in found]
    sign_ups = _by_person(session, select(SignUp.person_id, SignUp.session_id, SignUp.state), SignUp, people, ids)
    marks = _by_person(session, select(Mark.person_id, Mark.session_id, Mark.presence), Mark, people, ids)
    changes = select(SignUpEvent.person_id, SignUpEvent.session_id, SignUpEvent.change, SignUpEvent.created_at)
    history = _by_person(session, changes.order_by(SignUpEvent.id), SignUpEvent, people, ids)
    prepared = _prepared(session, people, {cohort_id for _person, cohort_id, _key in keys})
    return [
        Standing(
            person_id,
            cohort_id,
            key,
            own,
            {row.session_id: row.state for row in sign_ups[person_id] if row.session_id in own},
            {row.session_id: row.presence for row in marks[person_id] if row.session_id in own},
            tuple(
                Happening(row.session_id, row.change, row.created_at)
                for row in history[person_id]
                if row.session_id in own
            ),
            prepared.get((person_id, cohort_id, key)),
        )
        for person_id, cohort_id, key in keys
        for own in [dates.get((cohort_id, key), {})]
    ]


def _by_person(
    session: Session,
    query: Select[*tuple[Any, ...]],
    model: type[SignUp] | type[Mark] | type[SignUpEvent],
    people: Collection[int],
    dates: Collection[int],
) -> defaultdict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(query.where(model.person_id.in_(people), model.session_id.in_(dates))):
        found[row.person_id].append(row)
    return found


def _prepared(session: Session, people: Collection[int], cohorts: Collection[int]) -> dict[_Key, datetime]:
    rows = session.execute(
        select(Preparation.person_id, Preparation.cohort_id, Preparation.meeting_key, Preparation.done_at).where(
            Preparation.person_id.in_(people), Preparation.cohort_id.in_(cohorts), Preparation.done_at.is_not(None)
        )
    )
    return {(row.person_id, row.cohort_id, row.meeting_key): row.done_at for row in rows}
