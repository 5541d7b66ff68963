"""The back door: behaviour and keys, from this machine only."""

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.demo_lms.behaviour import MOODLE, Behaviour, BehaviourSwitch, behaviour_from
from tests.demo_lms.harness import Demo

MEMBER = "/_/courses/tdt4100/members/la-ingrid"
DOORS = [
    ("GET", "/_/behaviour"),
    ("PUT", "/_/behaviour"),
    ("GET", "/_/scores"),
    ("POST", "/_/keys"),
    ("PUT", MEMBER),
]


def as_json(behaviour: Behaviour) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(behaviour).items()}


def test_the_behaviour_is_the_textbook_one_at_first(demo: Demo) -> None:
    assert demo.browser().get("/_/behaviour").get_json() == as_json(Behaviour())


def test_what_is_not_named_goes_back_to_the_default(demo: Demo) -> None:
    demo.behave(server_errors=3, page_size=2)
    answer = demo.browser().put("/_/behaviour", json={"page_size": 5})
    assert answer.get_json() == as_json(Behaviour(page_size=5))


def test_a_platform_can_be_named_and_overridden(demo: Demo) -> None:
    answer = demo.browser().put("/_/behaviour", json={"like": "moodle", "token_as_html": False})
    assert answer.get_json() == {**as_json(MOODLE), "token_as_html": False}


@pytest.mark.parametrize(
    "settings",
    [
        {"like": "nothing"},
        {"like": ["moodle"]},
        {"nothing": 1},
        {"server_errors": -1},
        {"server_errors": "2"},
        {"server_errors": True},
        {"slow_seconds": 3600},
        {"page_size": 0},
        {"stale_timestamps": "sometimes"},
        {"faults_at": ["nowhere"]},
        {"faults_at": "scores"},
        {"short_roles": 1},
        {"storage": "somewhere"},
        {"storage_mood": "moody"},
        {"accept_types": ["everything"]},
        {"accept_multiple": None},
        {"withheld_scopes": ["openid"]},
        {"registered_deployment": "nowhere"},
        {"registration_status": 418},
        {"tool_jwks_cache_seconds": -1},
        [],
        7,
    ],
    ids=str,
)
def test_a_behaviour_that_makes_no_sense_changes_nothing(demo: Demo, settings: Any) -> None:
    demo.behave(page_size=7)
    answer = demo.browser().put("/_/behaviour", json=settings)
    assert (answer.status_code, answer.content_type) == (400, "application/json")
    assert demo.browser().get("/_/behaviour").get_json()["page_size"] == 7


def test_only_json_is_taken_so_that_no_web_page_can_send_it(demo: Demo) -> None:
    assert demo.browser().put("/_/behaviour", data="{}").status_code == 415
    assert demo.browser().post("/_/keys", data={}).status_code == 415
    assert demo.browser().put(MEMBER, data="{}").status_code == 415


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", ""])
def test_it_is_closed_to_other_machines(demo: Demo, method: str, path: str, address: str) -> None:
    answer = demo.browser().open(path, method=method, json={}, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_it_is_closed_to_names_that_only_lead_here(demo: Demo, method: str, path: str) -> None:
    answer = demo.browser().open(path, method=method, json={}, headers={"Host": "rebound.example:8001"})
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["localhost:8001", "127.0.0.1:8001", "[::1]:8001"])
def test_it_is_open_to_this_machine(demo: Demo, host: str) -> None:
    answer = demo.browser().get("/_/behaviour", headers={"Host": host}, environ_base={"REMOTE_ADDR": "::1"})
    assert answer.status_code == 200


def test_a_member_can_leave_the_course_and_come_back(demo: Demo) -> None:
    for status, opened in (("Inactive", 403), ("Deleted", 403), ("Active", 200)):
        answer = demo.browser().put(MEMBER, json={"status": status})
        assert answer.get_json() == {
            "course": "tdt4100",
            "user_id": "la-ingrid",
            "status": status,
            "roles": ["Learner"],
        }
        browser = demo.browser("la-ingrid")
        assert browser.get("/courses/tdt4100").status_code == opened
        assert browser.get("/launch/tdt4100-om1").status_code == (302 if opened == 200 else 403)
        assert ("TDT4100" in browser.get("/courses").text) == (opened == 200)
        gradebook = demo.browser("instructor-solveig").get("/courses/tdt4100/gradebook").text
        assert ("Ingrid Solberg</th>" in gradebook) == (opened == 200)


def test_somebody_can_come_into_a_course_with_any_role(demo: Demo) -> None:
    demo.change_member("stranger-jonas", roles=["Instructor"])
    assert "Add activities" in demo.browser("stranger-jonas").get("/courses/tdt4100").text


@pytest.mark.parametrize("body", [{"status": "Gone"}, {"roles": []}, {"roles": ["King"]}, {"name": "x"}, []], ids=str)
def test_a_membership_that_makes_no_sense_changes_nothing(demo: Demo, body: Any) -> None:
    assert demo.browser().put(MEMBER, json=body).status_code == 400
    assert demo.browser("la-ingrid").get("/courses/tdt4100").status_code == 200


@pytest.mark.parametrize("path", ["nothing/members/la-ingrid", "tdt4100/members/nobody"])
def test_courses_and_people_that_are_not_there_are_not_found(demo: Demo, path: str) -> None:
    assert demo.browser().put(f"/_/courses/{path}", json={}).status_code == 404


@given(st.builds(Behaviour))
def test_a_behaviour_survives_the_way_through_json(behaviour: Behaviour) -> None:
    assert behaviour_from(as_json(behaviour)) == behaviour


@given(st.integers(0, 20), st.integers(0, 30))
def test_a_failure_is_never_taken_more_often_than_ordered(ordered: int, asked: int) -> None:
    switch = BehaviourSwitch(Behaviour(server_errors=ordered))
    taken = [switch.take("server_errors", "scores") for _ in range(asked)]
    assert sum(taken) == min(ordered, asked)
    assert switch.current.server_errors == ordered - sum(taken)
