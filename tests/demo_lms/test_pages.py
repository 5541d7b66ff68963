"""What people see: the picker, their courses, an activity with the tool in it."""

import re
from html import unescape

import pytest

from lti_tool.demo_lms.cast import PEOPLE, programme_course
from lti_tool.demo_lms.state import now
from tests.demo_lms.harness import Demo


def test_the_picker_shows_everybody_by_group_with_a_story(demo: Demo) -> None:
    page = unescape(demo.browser().get("/").text)
    assert "Who do you want to be?" in page
    for person in PEOPLE:
        assert f'value="{person.sub}"' in page
        assert person.story in page
    headings = [
        "Learning assistants",
        "Instructor",
        "Coordinator",
        "Administrator",
        "From another course",
        "In another programme",
    ]
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", page) == headings


def test_picking_a_person_signs_in_and_leads_to_the_courses(demo: Demo) -> None:
    answer = demo.browser().post("/sign-in", data={"person": "la-ingrid"})
    cookie = answer.headers["Set-Cookie"]
    assert answer.location == "/courses"
    assert cookie.startswith("demo_lms_person=la-ingrid;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_picking_nobody_is_refused(demo: Demo) -> None:
    answer = demo.browser().post("/sign-in", data={"person": "nobody"})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_the_person_can_be_switched_from_any_page_and_stays_there(demo: Demo) -> None:
    browser = demo.browser("la-ingrid")
    page = browser.get("/courses/tdt4100").text
    assert '<option value="la-ingrid" selected>' in page
    assert 'name="next" value="/courses/tdt4100"' in page
    answer = browser.post("/sign-in", data={"person": "instructor-solveig", "next": "/courses/tdt4100"})
    assert answer.location == "/courses/tdt4100"
    assert "Teacher" in browser.get("/courses/tdt4100").text


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "evil", ""])
def test_signing_in_never_leads_elsewhere(demo: Demo, path: str) -> None:
    assert demo.browser().post("/sign-in", data={"person": "la-ingrid", "next": path}).location == "/courses"


@pytest.mark.parametrize("path", ["/courses", "/courses/tdt4100", "/courses/tdt4100/gradebook"])
def test_whoever_is_nobody_is_led_to_the_picker_and_back(demo: Demo, path: str) -> None:
    assert demo.browser().get(path).location == f"/?next={path}"
    assert f'name="next" value="{path}"' in demo.browser().get(f"/?next={path}").text


def test_somebody_who_left_the_cast_is_nobody(demo: Demo) -> None:
    browser = demo.browser()
    browser.set_cookie("demo_lms_person", "gone")
    assert browser.get("/courses").location == "/?next=/courses"


@pytest.mark.parametrize(
    ("sub", "seen", "unseen"),
    [
        ("la-ingrid", ["LAOS, ", "TDT4100"], ["TMA4100"]),
        ("instructor-solveig", ["TDT4100"], ["LAOS, ", "TMA4100"]),
        ("coordinator-henrik", ["LAOS, "], ["TDT4100", "TMA4100"]),
        ("admin-marit", ["LAOS, "], ["TDT4100", "TMA4100"]),
        ("stranger-jonas", ["TMA4100"], ["LAOS, ", "TDT4100"]),
        ("la-maja", ["UiO: Learning Assistant Program, "], ["LAOS, ", "TDT4100", "TMA4100"]),
    ],
)
def test_everybody_sees_their_own_courses_only(demo: Demo, sub: str, seen: list[str], unseen: list[str]) -> None:
    page = demo.browser(sub).get("/courses").text
    assert all(title in page for title in seen)
    assert not any(title in page for title in unseen)


def test_a_course_shows_its_activities_and_what_is_graded(demo: Demo) -> None:
    page = demo.browser("la-ingrid").get("/courses/tdt4100").text
    assert "/courses/tdt4100/activities/tdt4100-om1" in page
    assert "Training of our learning assistants" in page
    assert page.count("Graded, 100 points") == 1


@pytest.mark.parametrize("path", ["", "/activities/tdt4100-om1", "/gradebook"])
def test_nobody_opens_a_course_they_are_not_in(demo: Demo, path: str) -> None:
    answer = demo.browser("stranger-jonas").get(f"/courses/tdt4100{path}")
    assert answer.status_code == 403
    assert "Jonas Lie is not in this course." in answer.text
    assert "Ingrid" not in answer.text.split("</header>")[1]


@pytest.mark.parametrize(
    "path",
    ["/courses/nothing", "/courses/tdt4100/activities/nothing", "/courses/tdt4100/activities/tma4100-om1", "/nothing"],
)
def test_what_does_not_exist_is_a_page_that_says_so(demo: Demo, path: str) -> None:
    answer = demo.browser("la-ingrid").get(path)
    assert answer.status_code == 404
    assert "Go to my courses" in answer.text


def test_an_activity_opens_the_tool_in_a_titled_frame_and_offers_a_new_window(demo: Demo) -> None:
    key = programme_course(now().date()).key
    page = demo.browser("la-ingrid").get(f"/courses/{key}/activities/{key}-om1").text
    assert f'src="/launch/{key}-om1" title="Giving feedback: the training tool"' in page
    assert f'href="/launch/{key}-om1?target=window" target="_blank"' in page


def test_only_the_tool_may_be_framed_and_posted_to(demo: Demo) -> None:
    policy = demo.browser().get("/").headers["Content-Security-Policy"]
    assert "frame-src 'self' http://localhost:9001;" in policy
    assert "form-action 'self' http://localhost:9001;" in policy
    assert "default-src 'self';" in policy


@pytest.mark.parametrize("file", ["lms.css", "posting.js", "icon.svg"])
def test_style_script_and_icon_are_served(demo: Demo, file: str) -> None:
    assert demo.browser().get(f"/static/{file}").status_code == 200


def test_signing_out_forgets_the_person(demo: Demo) -> None:
    browser = demo.browser("la-ingrid")
    assert browser.post("/sign-out").location == "/"
    assert browser.get("/courses").status_code == 302


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_looking_at_an_address_changes_nobody(demo: Demo, path: str) -> None:
    assert demo.browser("la-ingrid").get(path).status_code == 405
