"""Planning dates of a course."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.planning import NewSession, create_sessions
from lti_tool.attendance.planning_overlaps import same_as
from lti_tool.course_module.queries import dates_of
from lti_tool.course_module.scope import CourseModule
from lti_tool.people.models import Course


def plan_dates(session: Session, actor_id: int, module: CourseModule, planned: Collection[NewSession]) -> int:
    """Make those that are not there already, be it by a second click; returns how many.

    Raises as `create_sessions`.
    """
    session.execute(select(Course.id).where(Course.id == module.course_id).with_for_update(key_share=True))
    there = dates_of(session, module)
    missing = [one for one in planned if same_as(one, there) is None]
    return len(create_sessions(session, actor_id, missing))
