"""A programme whose courses hold meetings, dates of one, and both sides of a final evaluation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import Presence, TrainingSession
from lti_tool.attendance.planning import NewSession, create_session
from lti_tool.course_module import evaluation
from lti_tool.course_module.agreement import Expectations, record
from lti_tool.course_module.answers import Answers, Judged
from lti_tool.course_module.evaluation import Subject
from lti_tool.course_module.models import FinalEvaluation, Side
from lti_tool.course_module.scope import CourseModule, modules_of_course, named
from lti_tool.programme.content import LearningOutcome, ProgrammeContent
from lti_tool.programme.models import Programme
from lti_tool.programme.requirements import Attendance, Meeting
from tests.attendance.dates import START
from tests.cast import Cast, small_programme

EXPECTATIONS = Expectations("Guide two groups", "Write in the channel", "We meet every other Monday")


def held_by_courses() -> ProgrammeContent:
    """Six hours in three meetings, and two learning outcomes."""
    meetings = (
        Meeting(key="first-meeting", titles={"en": "First meeting"}, hours=1, records="agreement"),
        Meeting(key="follow-up", titles={"en": "Follow-up"}, hours=4),
        Meeting(key="final-evaluation", titles={"en": "Final meeting"}, hours=1, records="evaluation"),
    )
    requirement = Attendance(
        kind="attend", key="course", titles={"en": "In the course"}, held_by="course", meetings=meetings
    )
    outcomes = (
        LearningOutcome(key="safety", titles={"en": "Make it safe to ask", "nb": "Gjøre det trygt å spørre"}),
        LearningOutcome(key="questions", titles={"en": "Ask good questions"}),
    )
    return small_programme().model_copy(update={"requirements": (requirement,), "learning_outcomes": outcomes})


def hold_in_courses(session: Session) -> None:
    """Have the programme of the cast ask courses for these meetings, whatever else it asks for."""
    programme, held = session.scalars(select(Programme)).one(), held_by_courses()
    asked = ProgrammeContent.model_validate(programme.body)
    others = [one for one in asked.requirements if one.kind != "attend" or one.held_by != "course"]
    changes = {"requirements": (*others, *held.requirements), "learning_outcomes": held.learning_outcomes}
    programme.body = asked.model_copy(update=changes).model_dump(mode="json")
    session.flush()


def module_in(session: Session, cast: Cast, course: str = "TDT4100", instructor: str = "ingrid") -> CourseModule:
    modules = modules_of_course(session, cast.person_id(instructor), cast.courses[course])
    return named(modules, cast.cohort_id)


def plan(session: Session, cast: Cast, meeting: str, hours: float, **changes: Any) -> TrainingSession:
    """A date of TDT4100 unless the changes say otherwise."""
    starts_at = changes.pop("starts_at", START)
    usual = {
        "cohort_id": cast.cohort_id,
        "course_id": cast.courses["TDT4100"],
        "meeting_key": meeting,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "minutes": round(hours * 60),
        "sign_up_until": starts_at,
        "place": "Room R1",
        "language": "en",
    }
    return create_session(session, cast.person_id("ingrid"), NewSession(**{**usual, **changes}))


def put(session: Session, cast: Cast, found: TrainingSession, name: str, presence: Presence) -> None:
    mark(session, cast.person_id("ingrid"), found, cast.person_id(name), presence)


def agree(session: Session, cast: Cast, expectations: Expectations = EXPECTATIONS, revision: int = 0) -> None:
    record(session, cast.person_id("ingrid"), module_in(session, cast), expectations, revision)


def complete_answers(said: str) -> Answers:
    judged = {
        "safety": Judged(level="secure", comment=f"{said} on safety"),
        "questions": Judged(level="beginning", comment=""),
    }
    return Answers(outcomes=judged, development=f"{said} develops", works=f"{said} works", change=f"{said} changes")


def subject_in(session: Session, cast: Cast, name: str = "lina", course: str = "TDT4100") -> Subject:
    return Subject(module_in(session, cast, course), cast.person_id(name))


def hand_in(session: Session, cast: Cast, side: Side, said: str, name: str = "lina") -> FinalEvaluation:
    actor = cast.person_id(name if side is Side.ASSISTANT else "ingrid")
    subject = subject_in(session, cast, name)
    version = evaluation.side_of(session, subject, side).version
    return evaluation.submit(session, actor, subject, side, complete_answers(said), version=version)


def form_of(answers: Answers, version: int, action: str) -> dict[str, str]:
    """What a browser without script posts."""
    data = {"action": action, "version": str(version)}
    data |= {f"level-{key}": one.level for key, one in answers.outcomes.items()}
    data |= {f"comment-{key}": one.comment for key, one in answers.outcomes.items()}
    return data | {name: getattr(answers, name) for name in ("development", "works", "change")}
