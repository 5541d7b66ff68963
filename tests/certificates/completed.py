"""Somebody who has completed a programme that asks for one meeting and one module."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import Presence, Source, TrainingSession
from lti_tool.certificates.codes import new_code
from lti_tool.certificates.models import Certificate
from lti_tool.certificates.statement import Statement
from lti_tool.database import now
from lti_tool.programme.models import Programme
from lti_tool.programme.requirements import Attendance, Completion, Meeting
from tests import work
from tests.attendance.dates import planned
from tests.cast import Cast, small_programme

REQUIREMENTS = (
    Attendance(
        kind="attend",
        key="core",
        titles={"en": "Core modules", "nb": "Kjernemoduler"},
        meetings=(Meeting(key="core-1", titles={"en": "Core module 1", "nb": "Kjernemodul 1"}, hours=4),),
    ),
    Completion(kind="complete", key="online", titles={"en": "Online", "nb": "På nett"}, hours=3, modules=("om1",)),
)


def ask_for_both(session: Session) -> None:
    """Have the programme of the cast ask for them."""
    changes = {"requirements": REQUIREMENTS, "timezone": "Europe/Oslo"}
    session.scalars(select(Programme)).one().body = small_programme().model_copy(update=changes).model_dump(mode="json")


def complete(session: Session, cast: Cast, *names: str) -> TrainingSession:
    """Have these people complete everything; returns the session that they were at."""
    ask_for_both(session)
    begin = now() - timedelta(days=1)
    hours = {"starts_at": begin, "ends_at": begin + timedelta(hours=4), "sign_up_until": begin - timedelta(days=1)}
    held = planned(session, cast, **hours)
    for name in names:
        work.complete(session, cast.person_id(name))
        mark(session, cast.person_id("kari"), held, cast.person_id(name), Presence.PRESENT, source=Source.LIST)
    session.flush()
    return held


def her_certificate(session: Session, cast: Cast) -> str:
    """The code of one that Lina holds, whatever she has done."""
    titles = {"en": "Training"}
    statement = Statement(
        default_language="en",
        programme=titles,
        terms=titles,
        issuer=None,
        hours=7,
        completed_on=date(2026, 11, 20),
        parts=(),
    )
    lina, kari, body = cast.person_id("lina"), cast.person_id("kari"), statement.model_dump(mode="json")
    made = Certificate(
        code=new_code(), person_id=lina, cohort_id=cast.cohort_id, name="Lina Larsen", body=body, issued_by=kari
    )
    session.add(made)
    session.flush()
    return made.code
