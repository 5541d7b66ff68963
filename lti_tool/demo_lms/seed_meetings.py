"""Lets people of the demo sign up, prepare, meet and be marked, through the product's own actions.

The dates lie around the day on which the demo is made, on working days, so that there is something behind and ahead of
everybody on any day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark_all
from lti_tool.attendance.models import Mark, MarkEvent, Preparation, TrainingSession
from lti_tool.attendance.planning import DAYS_TO_SIGN_UP, NewSession, create_sessions
from lti_tool.attendance.preparing import finish, save_preparation
from lti_tool.attendance.sign_up import sign_up, wait
from lti_tool.database import now
from lti_tool.demo_lms.cast import PEOPLE
from lti_tool.demo_lms.seed_meetings_story import CORE, HALF_PREPARED, PREPARED, Meant
from lti_tool.demo_lms.seed_past import TEXTS, ago
from lti_tool.programme.queries import programme_in

PersonOf = Callable[[str], int]
_FRIDAY = 4
# Before a date's deadline, and long enough ago for one that is to come.
_SIGNED_UP = timedelta(days=4)
_PREPARED_DAYS_BEFORE = 1
_LOCALES = {person.sub: person.locale for person in PEOPLE}


def seed_meetings(session: Session, person: PersonOf, cohort_id: int, coordinator_id: int) -> None:
    """The dates of the programme itself, which people sign up for."""
    _prepare(session, person, cohort_id)
    made = create_sessions(session, coordinator_id, [planned(session, cohort_id, meant) for meant in CORE])
    for meant, held in zip(CORE, made, strict=True):
        _sign_up(session, person, meant, held)
        mark(session, person, meant, held, coordinator_id)


def planned(session: Session, cohort_id: int, meant: Meant, course_id: int | None = None) -> NewSession:
    zone = ZoneInfo(programme_in(session, cohort_id).content.timezone)
    starts_at = datetime.combine(_working_day(now().astimezone(zone).date(), meant.days), meant.begins, zone)
    days_before = DAYS_TO_SIGN_UP if course_id is None else 0
    return NewSession(
        cohort_id=cohort_id,
        meeting_key=meant.meeting,
        course_id=course_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=meant.hours),
        minutes=60 * meant.hours,
        sign_up_until=starts_at - timedelta(days=days_before),
        place=meant.place,
        town=meant.town,
        online_url=meant.online_url,
        language=meant.language,
        leader=meant.leader,
        note=meant.note,
        capacity=meant.capacity,
    )


def mark(session: Session, person: PersonOf, meant: Meant, held: TrainingSession, actor_id: int) -> None:
    """As whoever led it did when it was over."""
    wanted = {person(sub): presence for sub, presence in meant.people.items() if presence}
    if meant.is_over and wanted:
        with ago(session, (Mark, MarkEvent), days=(now() - held.ends_at) / timedelta(days=1)):
            mark_all(session, actor_id, held, wanted, happened_at=held.ends_at)


def _working_day(today: date, days: int) -> date:
    """So many days from today; at a weekend the next working day farther away."""
    day = today + timedelta(days=days)
    while day.weekday() > _FRIDAY:
        day += timedelta(days=1 if days > 0 else -1)
    return day


def _sign_up(session: Session, person: PersonOf, meant: Meant, held: TrainingSession) -> None:
    first = min(now(), held.sign_up_until) - _SIGNED_UP
    for number, sub in enumerate((*meant.people, *meant.waits)):
        ask = wait if sub in meant.waits else sign_up
        ask(session, person(sub), held.id, first + timedelta(hours=number))


def _prepare(session: Session, person: PersonOf, cohort_id: int) -> None:
    for meeting, people in PREPARED.items():
        days = max(-meant.days for meant in CORE if meant.meeting == meeting) + _PREPARED_DAYS_BEFORE
        with ago(session, (Preparation,), days=days):
            for sub in people:
                answers, whose = _answers()[meeting][_LOCALES[sub]], (person(sub), cohort_id, meeting)
                if (sub, meeting) == HALF_PREPARED:
                    save_preparation(session, whose, [answers[0], *("" for _ in answers[1:])], 0)
                else:
                    finish(session, whose, answers, 0)


@cache
def _answers() -> Mapping[str, Mapping[str, list[str]]]:
    found: Any = yaml.safe_load((TEXTS / "preparation.yaml").read_text(encoding="utf-8"))
    return found  # type: ignore[no-any-return]
