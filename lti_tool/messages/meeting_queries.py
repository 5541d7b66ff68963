"""News of meetings, read for many people with the statements of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Preparation, TrainingSession
from lti_tool.attendance.sign_up_queries import Participant, standings_of
from lti_tool.messages.meeting_news import (
    FRESH,
    TIME_TO_PREPARE,
    MeetingItem,
    MeetingKind,
    news_of_date,
    news_of_meeting,
)
from lti_tool.people.models import Membership, Role
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.models import Cohort, Enrolment, Programme
from lti_tool.programme.queries import own_cohort

Found = dict[int, list[MeetingItem]]
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)


def meeting_news_for(session: Session, people: Collection[int], moment: datetime) -> Found:
    """By person, the most urgent first; whoever has nothing to do is not in it."""
    participants, courses = _participants(session, people), _dates_of_courses(session, people, moment)
    cohorts = {cohort_id for _person, cohort_id in participants} | {date.cohort_id for _person, date in courses}
    programmes = _programmes(session, cohorts)
    found: Found = defaultdict(list)
    for person_id, item in _of_meetings(session, participants, programmes, moment):
        found[person_id].append(item)
    for person_id, item in _of_courses(session, courses, programmes, moment):
        found[person_id].append(item)
    order = list(MeetingKind)
    return {person_id: sorted(items, key=lambda item: order.index(item.kind)) for person_id, items in found.items()}


def _participants(session: Session, people: Collection[int]) -> list[Participant]:
    """Those who take part in a programme with dates to sign up for, in their own cohort of it."""
    rows = session.execute(_participants_query(), {"people": [*people]})
    return [(row.person_id, row.cohort_id) for row in rows]


# Every page of a learning assistant asks both, and building them takes longer than the answers.
@cache
def _participants_query() -> Select[*tuple[Any, ...]]:
    dates = exists().where(TrainingSession.cohort_id == Cohort.id, TrainingSession.course_id.is_(None))
    return (
        select(Enrolment.person_id, Enrolment.cohort_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.person_id.in_(_PEOPLE), dates)
        .where(Cohort.id == own_cohort(Enrolment.person_id, Cohort.programme_id))
        .order_by(Enrolment.id)
    )


def _dates_of_courses(session: Session, people: Collection[int], moment: datetime) -> list[tuple[int, TrainingSession]]:
    """To come, soon or changed of late."""
    between = {"moment": moment, "soon": moment + TIME_TO_PREPARE, "of_late": moment - FRESH}
    rows = session.execute(_dates_query(), {"people": [*people], **between})
    return [(person_id, date) for person_id, date in rows]


@cache
def _dates_query() -> Select[*tuple[Any, ...]]:
    date, is_learner = TrainingSession, (Membership.role == Role.LEARNER) & Membership.left_at.is_(None)
    told = or_(date.starts_at <= bindparam("soon"), date.changed_at >= bindparam("of_late"))
    return (
        select(Membership.person_id, date)
        .join(date, date.course_id == Membership.course_id)
        .where(Membership.person_id.in_(_PEOPLE), is_learner, date.starts_at > bindparam("moment"), told)
        .order_by(date.starts_at, date.id)
    )


def _programmes(session: Session, cohorts: Collection[int]) -> dict[int, ProgrammeContent]:
    """By cohort."""
    if not cohorts:
        return {}
    rows = session.execute(
        select(Cohort.id, Programme.body)
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Cohort.id.in_(cohorts))
    )
    return {row.id: ProgrammeContent.model_validate(row.body) for row in rows}


def _of_meetings(
    session: Session, participants: list[Participant], programmes: dict[int, ProgrammeContent], moment: datetime
) -> list[tuple[int, MeetingItem]]:
    if not participants:
        return []
    return [
        (standing.person_id, item)
        for standing in standings_of(session, participants)
        for programme in [programmes[standing.cohort_id]]
        if _asks_for(programme, standing.meeting_key)
        for item in news_of_meeting(
            standing, programme.meeting_of(standing.meeting_key)[1], programme.default_language, moment
        )
    ]


def _of_courses(
    session: Session,
    dates: list[tuple[int, TrainingSession]],
    programmes: dict[int, ProgrammeContent],
    moment: datetime,
) -> list[tuple[int, MeetingItem]]:
    if not dates:
        return []
    people = {person_id for person_id, _date in dates}
    rows = session.execute(
        select(Preparation.person_id, Preparation.cohort_id, Preparation.meeting_key).where(
            Preparation.person_id.in_(people), Preparation.done_at.is_not(None)
        )
    )
    prepared = {(row.person_id, row.cohort_id, row.meeting_key) for row in rows}
    return [
        (person_id, item)
        for person_id, date in dates
        for programme in [programmes[date.cohort_id]]
        if _asks_for(programme, date.meeting_key)
        for item in news_of_date(
            date,
            programme.meeting_of(date.meeting_key)[1],
            programme.default_language,
            prepared=(person_id, date.cohort_id, date.meeting_key) in prepared,
            moment=moment,
        )
    ]


def _asks_for(programme: ProgrammeContent, meeting_key: str) -> bool:
    """Whether it still does: programmes are changed."""
    return any(meeting.key == meeting_key for one in programme.attendances for meeting in one.meetings)
