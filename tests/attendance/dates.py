"""Meetings that a programme of the tests asks for, and dates of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import SignUp, SignUpState, TrainingSession
from lti_tool.attendance.planning import NewSession, create_session
from lti_tool.database import now
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.models import Programme
from lti_tool.programme.requirements import Attendance, Meeting, Preparation
from tests.cast import Cast, small_programme

_SEPTEMBER = datetime(now().year + 1, 9, 6, 7, tzinfo=UTC)
# A Monday; in Oslo it is two hours later.
START = _SEPTEMBER + timedelta(days=-_SEPTEMBER.weekday() % 7)
HOUR = timedelta(hours=1)


def programme_with_meetings() -> ProgrammeContent:
    """Two meetings of the programme, of which the first is prepared, and two of the course."""
    preparation = Preparation(minutes=40, texts={"en": "Read *this*."}, questions=({"en": "What is unclear?"},))
    core = Attendance(
        kind="attend",
        key="core",
        titles={"en": "Core modules"},
        meetings=(
            Meeting(key="core-1", titles={"en": "Core module 1"}, hours=4, preparation=preparation),
            Meeting(key="core-2", titles={"en": "Core module 2"}, hours=4),
        ),
    )
    course = Attendance(
        kind="attend",
        key="course",
        titles={"en": "In the course"},
        held_by="course",
        meetings=(
            Meeting(key="first-meeting", titles={"en": "First meeting"}, hours=1, records="agreement"),
            Meeting(key="follow-up", titles={"en": "Follow-up"}, hours=4),
        ),
    )
    return small_programme().model_copy(
        update={"requirements": (core, course), "timezone": "Europe/Oslo", "towns": ("Trondheim", "Gjøvik")}
    )


def ask_for_meetings(session: Session) -> None:
    """Have the programme of the cast ask for meetings."""
    session.scalars(select(Programme)).one().body = programme_with_meetings().model_dump(mode="json")
    session.flush()


def new_date(cast: Cast, **changes: Any) -> NewSession:
    usual = {
        "cohort_id": cast.cohort_id,
        "meeting_key": "core-1",
        "starts_at": START,
        "ends_at": START + 3 * HOUR,
        "minutes": 240,
        "sign_up_until": START - timedelta(days=3),
        "place": "Room R1",
        "town": "Trondheim",
        "language": "nb",
        "capacity": 20,
    }
    return NewSession(**{**usual, **changes})


def planned(session: Session, cast: Cast, **changes: Any) -> TrainingSession:
    return create_session(session, cast.person_id("kari"), new_date(cast, **changes))


def give_place(
    session: Session, found: TrainingSession, *person_ids: int, state: SignUpState = SignUpState.PLACE
) -> None:
    """Sign-ups as they are stored, without the rules for them."""
    for person_id in person_ids:
        session.add(
            SignUp(
                session_id=found.id,
                person_id=person_id,
                cohort_id=found.cohort_id,
                meeting_key=found.meeting_key,
                state=state,
            )
        )
    found.taken += len(person_ids) if state is SignUpState.PLACE else 0
    session.flush()
