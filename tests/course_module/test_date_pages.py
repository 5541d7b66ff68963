"""The instructor plans dates, changes them and calls them off; the page says whether the hours add up."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Presence, TrainingSession
from lti_tool.course_module.queries import dates_of
from lti_tool.course_module.scope import CourseModule
from tests.cast import Browser, Cast
from tests.course_module.holding import plan, put
from tests.pages import problems_of

OSLO = ZoneInfo("Europe/Oslo")
DATE = {
    "day": "2027-03-15",
    "starts": "10:15",
    "ends": "11:15",
    "weeks": "1",
    "place": "R1",
    "language": "en",
    "leader": "Ingrid",
}


@pytest.fixture
def ingrid(cast: Cast, course: CourseModule) -> Browser:
    return cast.visit("ingrid")


def planning(course: CourseModule, meeting: str = "follow-up") -> str:
    return f"course-module/{course.cohort_id}/meetings/{meeting}/dates"


def dates(session: Session, course: CourseModule) -> list[TrainingSession]:
    session.rollback()
    return dates_of(session, course)


def test_a_follow_up_in_four_weeks_keeps_its_time_when_the_clocks_change(
    session: Session, course: CourseModule, ingrid: Browser
) -> None:
    assert "Nothing planned" in ingrid.get(planning(course)).text
    for notice in ("dates-planned", "date-there"):
        answer = ingrid.post(planning(course), {**DATE, "weeks": "4"})
        assert answer.location == f"{ingrid.prefix}course-module/{course.cohort_id}?notice={notice}"
    found = dates(session, course)
    local = [one.starts_at.astimezone(OSLO).strftime("%d.%m. %H:%M") for one in found]
    assert local == ["15.03. 10:15", "22.03. 10:15", "29.03. 10:15", "05.04. 10:15"]
    assert {(one.minutes, one.sign_up_until == one.starts_at, one.capacity) for one in found} == {(60, True, None)}
    page = ingrid.get(f"course-module/{course.cohort_id}").text
    assert problems_of(page) == []
    assert "Planned: 4 hours of 4 hours. Everybody has to come every time." in page


def test_the_page_says_what_is_missing_and_what_is_too_much_and_what_that_means(
    session: Session, course: CourseModule, ingrid: Browser
) -> None:
    ingrid.post(planning(course), {**DATE, "ends": "14:00", "hours": "2,5"})
    page = ingrid.get("course-module").text
    assert "Planned: 2.5 hours of 4 hours. Missing: 1.5 hours. Until the rest is planned, no learning assistant" in page
    assert "Missing: 1 hour. Until that is planned" in page
    ingrid.post(planning(course), {**DATE, "day": "2027-03-16", "ends": "14:00", "hours": "3"})
    page = ingrid.get("course-module").text
    assert "Planned: 5.5 hours. Each learning assistant needs 4 hours, so there are dates to choose from" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "soon"}, "Give a day"),
        ({"ends": "09:00"}, "It has to end after it starts."),
        ({"hours": "many"}, "Write for how many hours it counts"),
        ({"hours": "25"}, "Write for how many hours it counts"),
        ({"hours": "1.1"}, "It cannot count for longer than it lasts."),
        ({"weeks": "0"}, "A whole number from 1 to 20."),
        ({"place": ""}, "Say where it is"),
        ({"online_url": "zoom"}, "Give the whole address"),
        ({"language": "xx"}, "Choose a language."),
        ({"place": "x" * 201}, "at most 200"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_planned(
    session: Session, course: CourseModule, ingrid: Browser, wrong: dict[str, str], said: str
) -> None:
    answer = ingrid.post(planning(course), {**DATE, "note": "Bring a laptop", **wrong})
    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert said in answer.text
    assert "Bring a laptop" in answer.text
    assert dates(session, course) == []


def test_a_date_is_changed_unless_somebody_else_has_changed_it(
    session: Session, cast: Cast, course: CourseModule, ingrid: Browser
) -> None:
    found = plan(session, cast, "follow-up", 2)
    session.commit()
    address = f"course-module/{course.cohort_id}/dates/{found.id}"
    page = ingrid.get(address).text
    assert problems_of(page) == []
    version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    assert ingrid.post(address, {**DATE, "version": version, "place": "R2"}).status_code == 303
    late = ingrid.post(address, {**DATE, "version": version, "place": "R3"})
    assert late.status_code == 409
    assert "Somebody else has changed the date" in late.text
    assert 'value="R3"' in late.text
    assert [(one.place, one.minutes) for one in dates(session, course)] == [("R2", 60)]


def test_a_date_is_called_off_unless_attendance_is_recorded(
    session: Session, cast: Cast, course: CourseModule, ingrid: Browser
) -> None:
    held, planned = plan(session, cast, "follow-up", 2), plan(session, cast, "follow-up", 1)
    put(session, cast, held, "lina", Presence.PRESENT)
    session.commit()
    addresses = [f"course-module/{course.cohort_id}/dates/{one.id}/off" for one in (held, planned)]
    refused = ingrid.post(addresses[0])
    assert refused.status_code == 409
    assert "Attendance is recorded on this date" in refused.text
    assert [ingrid.post(addresses[1]).status_code for _time in range(2)] == [303, 303]
    assert [one.id for one in dates(session, course)] == [held.id]
    gone = ingrid.get(addresses[1].removesuffix("/off"))
    assert "This date was called off" in gone.text


def test_nobody_plans_a_meeting_that_courses_do_not_hold(course: CourseModule, ingrid: Browser) -> None:
    assert ingrid.post(planning(course, "no-such-meeting"), DATE).status_code == 404


def test_all_learning_assistants_of_the_course_are_expected_at_its_dates(
    session: Session, cast: Cast, course: CourseModule, ingrid: Browser
) -> None:
    found = plan(session, cast, "first-meeting", 1)
    put(session, cast, found, "lina", Presence.LATE)
    put(session, cast, found, "amir", Presence.ABSENT)
    session.commit()
    page = ingrid.get("course-module").text
    assert "1 were there, 1 were absent, 1 not marked" in page
    assert f"/marking/{found.id}" in page
    assert "1 learning assistant has missed a date and cannot reach the hours" in page
    assert session.scalars(select(TrainingSession.taken)).all() == [0]
