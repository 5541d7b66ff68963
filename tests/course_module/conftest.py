"""The cast in a programme that asks courses to hold meetings."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lti_tool.course_module.scope import CourseModule
from tests.cast import Cast
from tests.course_module.holding import hold_in_courses, module_in


@pytest.fixture
def course(cast: Cast, session: Session) -> CourseModule:
    """What TDT4100 holds: Ingrid instructs, Lina, Frode and Amir are its learning assistants."""
    hold_in_courses(session)
    session.commit()
    return module_in(session, cast)
