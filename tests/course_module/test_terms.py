"""In which programmes and terms a course holds something, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.course_module.models import Side
from lti_tool.course_module.scope import CourseModule, modules_of_assistant, modules_of_course
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.programme.actions import enrol, open_cohort
from lti_tool.programme.models import Cohort, Programme
from tests.cast import Cast
from tests.course_module.holding import agree, hand_in, held_by_courses, plan
from tests.pages import problems_of


@pytest.fixture
def next_term(session: Session, course: CourseModule) -> Cohort:
    """It is open, and the term of the cast is not any more."""
    programme_id = session.scalars(select(Programme.id)).one()
    cohort = Cohort(programme_id=programme_id, term="2027-spring", is_open=False)
    session.add(cohort)
    session.flush()
    open_cohort(session, cohort)
    session.commit()
    return cohort


def another_programme(session: Session) -> Cohort:
    body = held_by_courses().model_copy(update={"key": "lap", "titles": {"en": "LAP"}, "modules": ("lap-1",)})
    programme = Programme(key="lap", body=body.model_dump(mode="json"))
    session.add(programme)
    session.flush()
    cohort = Cohort(programme_id=programme.id, term="2026-autumn")
    session.add(cohort)
    session.flush()
    return cohort


def terms(modules: list[CourseModule]) -> list[Any]:
    return [(one.course_id, one.cohort_id) for one in modules]


def test_a_course_plans_for_the_term_that_is_open_and_finishes_the_one_before(
    session: Session, cast: Cast, course: CourseModule, next_term: Cohort
) -> None:
    ingrid = cast.person_id("ingrid")
    assert terms(modules_of_course(session, ingrid, course.course_id)) == [(course.course_id, next_term.id)]
    for cohort_id in (cast.cohort_id, next_term.id):
        plan(session, cast, "first-meeting", 1, cohort_id=cohort_id)
    session.commit()
    found = modules_of_course(session, ingrid, course.course_id)
    assert terms(found) == [(course.course_id, next_term.id), (course.course_id, cast.cohort_id)]
    page = cast.visit("ingrid").get("course-module").text
    assert problems_of(page) == []
    assert "Autumn 2026" in page
    assert page.count("/course-module/") >= 2
    assert "Other programmes and terms" in cast.visit("ingrid").get(f"course-module/{next_term.id}").text


def test_a_learning_assistant_sees_the_term_that_they_are_in_and_those_with_something_about_them(
    session: Session, cast: Cast, course: CourseModule, next_term: Cohort
) -> None:
    lina = cast.person_id("lina")
    assert modules_of_assistant(session, lina) == []
    plan(session, cast, "first-meeting", 1)
    agree(session, cast)
    assert modules_of_assistant(session, lina) == []
    hand_in(session, cast, Side.DEPARTMENT, "something")
    enrol(session, cast.person_id("frode"), cast.cohort_id)
    for name in ("lina", "frode"):
        assert terms(modules_of_assistant(session, cast.person_id(name))) == [(course.course_id, cast.cohort_id)]
    plan(session, cast, "first-meeting", 1, cohort_id=next_term.id)
    assert terms(modules_of_assistant(session, lina))[0] == (course.course_id, next_term.id)


def test_of_several_programmes_those_are_offered_that_are_known_to_be_the_instructors(
    session: Session, cast: Cast, course: CourseModule
) -> None:
    cohort = another_programme(session)
    session.commit()
    ingrid = cast.person_id("ingrid")
    assert terms(modules_of_course(session, ingrid, course.course_id)) == [(course.course_id, cast.cohort_id)]
    assert cast.visit("ingrid").get(f"course-module/{cohort.id}").status_code == 404
    session.add(
        StaffGrant(kind=GrantKind.COORDINATOR, cohort_id=cohort.id, course_id=course.course_id, granted_by="test")
    )
    session.commit()
    assert len(modules_of_course(session, ingrid, course.course_id)) == 2
    page = cast.visit("ingrid").get("course-module").text
    assert "LAOS, Autumn 2026" in page
    assert "LAP, Autumn 2026" in page
