"""All of the demo's training but the modules: meetings, the subject course, employment, recognised training."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.demo_lms.cast import COORDINATOR, PROGRAMMES, SUBJECT_INSTRUCTOR
from lti_tool.demo_lms.seed_course import seed_course
from lti_tool.demo_lms.seed_launches import Launcher
from lti_tool.demo_lms.seed_meetings import PersonOf, seed_meetings
from lti_tool.demo_lms.seed_meetings_story import EVALUATED
from lti_tool.demo_lms.seed_people import seed_people
from lti_tool.people.models import Membership

_LINK = "om1"


def seed_training(session: Session, launcher: Launcher, person: PersonOf, cohort_id: int, coordinator_id: int) -> None:
    # What staff do bears their names.
    launcher.arrive(COORDINATOR.sub, _LINK)
    instructor_id = launcher.arrive(SUBJECT_INSTRUCTOR.sub, _LINK)
    (course_id,) = session.scalars(select(Membership.course_id).where(Membership.person_id == instructor_id))
    seed_meetings(session, person, cohort_id, coordinator_id)
    seed_course(session, person, cohort_id, course_id, instructor_id)
    seed_people(session, person, cohort_id, coordinator_id)
    # Whoever has completed everything has opened the link whose column says so.
    launcher.arrive_for_programme(EVALUATED, PROGRAMMES[0].pack)
