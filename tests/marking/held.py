"""Sessions to be marked, as planning leaves them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, SignUp, SignUpState, TrainingSession
from lti_tool.database import now
from tests.attendance.dates import ask_for_meetings
from tests.cast import Cast

MEETING = "core-1"


def hold(session: Session, cast: Cast, *names: str, course: str | None = None, **columns: Any) -> TrainingSession:
    """A session of four hours that began an hour ago, where these people have a place."""
    ask_for_meetings(session)
    starts: datetime = columns.pop("starts_at", now().replace(second=0, microsecond=0) - timedelta(hours=1))
    held = TrainingSession(
        uid=uuid.uuid4().hex,
        cohort_id=cast.cohort_id,
        course_id=cast.courses[course] if course else None,
        **{"meeting_key": MEETING, "minutes": 240, "place": "Room 1", "language": "en", **columns},
        starts_at=starts,
        ends_at=starts + timedelta(hours=4),
        sign_up_until=starts - timedelta(days=1),
        taken=len(names),
    )
    session.add(held)
    session.flush()
    session.add_all(
        SignUp(
            session_id=held.id,
            person_id=cast.people[name],
            cohort_id=held.cohort_id,
            meeting_key=held.meeting_key,
            state=SignUpState.PLACE,
        )
        for name in names
    )
    session.commit()
    return held


def standing(session: Session, held_id: int) -> dict[int, str]:
    """How people are marked by now."""
    session.rollback()
    query = select(Mark.person_id, Mark.presence).where(Mark.session_id == held_id)
    return {row.person_id: row.presence.value for row in session.execute(query)}
