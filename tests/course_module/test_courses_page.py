"""How far the courses are: for coordinators, in counts and states."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from lti_tool.course_module.agreement import Seen, answer
from lti_tool.course_module.cohort_queries import courses_in
from lti_tool.course_module.models import Side
from lti_tool.course_module.scope import CourseModule
from lti_tool.programme.queries import programme_in
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.course_module.holding import agree, hand_in, plan
from tests.pages import problems_of


@pytest.fixture
def kari(session: Session, cast: Cast, course: CourseModule) -> Browser:
    """TDT4100 has planned a little, agreed, and evaluated Lina; TMA4100 has done nothing."""
    plan(session, cast, "first-meeting", 1)
    plan(session, cast, "follow-up", 3)
    agree(session, cast)
    answer(session, cast.person_id("lina"), course, Seen(1, 0), "Between us", confirms=True)
    hand_in(session, cast, Side.DEPARTMENT, "something")
    session.commit()
    return cast.visit("kari")


def lines_of(page: str) -> dict[str, str]:
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", row).split()) for name, row in rows}


def test_each_course_has_a_line_and_nothing_that_anybody_wrote_stands_there(kari: Browser) -> None:
    page = kari.get("course-module/courses").text
    assert problems_of(page) == []
    lines = lines_of(page)
    # The programme is run in the third; nobody works there.
    assert lines.keys() == {"Course TDT4100", "Course TMA4100"}
    for said in ("The hours add up", "Hours are missing 3 hours of 4 hours", "Nothing planned", "1 of 3", "0 of 3"):
        assert said in lines["Course TDT4100"]
    assert "Not recorded" in lines["Course TMA4100"]
    assert "Between us" not in page
    assert "something" not in page


@pytest.mark.parametrize(("show", "number"), [("all", 2), ("hours", 2), ("agreement", 2), ("evaluation", 2)])
def test_lists_show_courses_of_which_something_is_missing(kari: Browser, show: str, number: int) -> None:
    assert len(lines_of(kari.get(f"course-module/courses?show={show}").text)) == number


def test_a_course_that_is_done_is_in_no_list_of_what_is_missing(
    session: Session, cast: Cast, course: CourseModule, kari: Browser
) -> None:
    plan(session, cast, "follow-up", 1)
    plan(session, cast, "final-evaluation", 1)
    for name in ("lina", "frode", "amir"):
        answer(session, cast.person_id(name), course, Seen(1, 0), "", confirms=True)
        for side in Side:
            hand_in(session, cast, side, "something", name)
    session.commit()
    for show in ("hours", "agreement", "evaluation"):
        assert lines_of(kari.get(f"course-module/courses?show={show}").text).keys() == {"Course TMA4100"}


def test_coordinators_see_their_own_cohorts_alone(cast: Cast, kari: Browser) -> None:
    assert kari.get("course-module/courses?cohort=999").status_code == 404
    assert kari.get("course-module/courses?cohort=x").status_code == 400
    assert cast.visit("ingrid").get("course-module/courses").status_code == 403


def test_the_page_costs_the_same_for_every_number_of_courses(
    session: Session, cast: Cast, kari: Browser, count_statements: CountStatements
) -> None:
    session.rollback()
    with count_statements() as statements:
        courses_in(session, programme_in(session, cast.cohort_id))
    assert len([one for one in statements if not one.startswith("BEGIN")]) <= 7


def test_a_programme_whose_courses_hold_nothing_says_so(cast: Cast) -> None:
    page = cast.visit("kari").get("course-module/courses").text
    assert problems_of(page) == []
    assert "Your programme asks courses to hold nothing." in page
