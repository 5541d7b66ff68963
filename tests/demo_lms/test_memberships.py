"""The roster of a course, in pages, for the tool."""

from typing import Any

import pytest

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.cast import LEARNING_ASSISTANTS
from tests.demo_lms.harness import LMS_URL, Demo, score

ROSTER = f"{LMS_URL}/api/lti/courses/tdt4100/memberships"
ASSISTANTS = sorted(person.sub for person in LEARNING_ASSISTANTS)


def roster(demo: Demo, url: str = ROSTER, **query: str) -> Any:
    return demo.call("GET", url, headers={"Accept": v.MEMBERSHIPS_TYPE}, query_string=query or None)


def subs(answer: Any) -> list[str]:
    return [member["user_id"] for member in answer.get_json()["members"]]


def test_the_launch_names_the_roster(demo: Demo) -> None:
    claim = demo.launch("la-ingrid", "tdt4100-om1")[v.NRPS_SERVICE]
    assert claim == {"context_memberships_url": ROSTER, "service_versions": ["2.0"]}


def test_it_lists_everybody_in_the_course_and_nobody_else(demo: Demo) -> None:
    answer = roster(demo)
    assert answer.content_type == v.MEMBERSHIPS_TYPE
    assert answer.get_json()["id"] == ROSTER
    assert answer.get_json()["context"]["id"] == "tdt4100"
    assert subs(answer) == sorted([*ASSISTANTS, "instructor-solveig"])


def test_a_member_has_names_address_status_and_roles(demo: Demo) -> None:
    found = [member for member in roster(demo).get_json()["members"] if member["user_id"] == "la-nils"]
    assert found == [
        {
            "user_id": "la-nils",
            "status": "Active",
            "name": "Nils Ánte Sara",
            "given_name": "Nils Ánte",
            "family_name": "Sara",
            "email": "la-nils@demo.example",
            "roles": [v.CONTEXT_ROLE + "Learner", v.INSTITUTION_ROLE + "Student"],
        }
    ]


def test_roles_can_be_short(demo: Demo) -> None:
    demo.behave(short_roles=True)
    assert {tuple(member["roles"]) for member in roster(demo).get_json()["members"]} == {("Learner",), ("Instructor",)}


@pytest.mark.parametrize("role", ["Instructor", v.CONTEXT_ROLE + "Instructor"])
def test_it_can_be_narrowed_to_a_role(demo: Demo, role: str) -> None:
    assert subs(roster(demo, role=role)) == ["instructor-solveig"]


def test_a_role_nobody_has_gives_an_empty_list(demo: Demo) -> None:
    assert subs(roster(demo, role="Mentor")) == []


def test_pages_follow_each_other_until_there_is_no_next(demo: Demo) -> None:
    found, pages, url = [], 0, f"{ROSTER}?role=Learner&limit=3"
    while url:
        answer = roster(demo, url)
        found += subs(answer)
        url = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"') if "Link" in answer.headers else ""
        pages += 1
    assert (found, pages) == (ASSISTANTS, -(-len(ASSISTANTS) // 3))


def test_the_lms_may_page_without_being_asked(demo: Demo) -> None:
    demo.behave(page_size=4)
    answer = roster(demo)
    assert len(subs(answer)) == 4
    assert answer.headers["Link"].startswith(f"<{ROSTER}?cursor=")


def test_the_next_page_is_lost_to_whoever_changes_the_case_of_its_address(demo: Demo) -> None:
    following = roster(demo, limit="4").headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    assert following != following.lower()
    assert roster(demo, following.lower()).status_code == 400


def test_asked_for_a_link_it_adds_what_that_link_sends_along(demo: Demo) -> None:
    messages = [member["message"] for member in roster(demo, rlid="tdt4100-om1").get_json()["members"]]
    assert messages[0] == [{v.MESSAGE_TYPE: "LtiResourceLinkRequest", v.CUSTOM: {"module": "om1"}}]
    assert len(messages) == len(ASSISTANTS) + 1


@pytest.mark.parametrize("link", ["nothing", "tma4100-om1"])
def test_a_link_the_course_has_not_is_not_found(demo: Demo, link: str) -> None:
    assert roster(demo, rlid=link).status_code == 404


@pytest.mark.parametrize("accept", ["application/json", "*/*", f"{v.MEMBERSHIPS_TYPE}, */*", ""])
def test_only_the_exact_accept_is_good_enough(demo: Demo, accept: str) -> None:
    assert demo.call("GET", ROSTER, headers={"Accept": accept}).status_code == 406


def test_a_course_that_does_not_exist_is_not_found(demo: Demo) -> None:
    assert roster(demo, ROSTER.replace("tdt4100", "nothing")).status_code == 404


def test_who_is_inactive_says_so_and_who_left_is_not_listed(demo: Demo) -> None:
    demo.change_member("la-nils", status="Inactive")
    demo.change_member("la-amina", status="Deleted")
    members = {member["user_id"]: member["status"] for member in roster(demo).get_json()["members"]}
    assert members.pop("la-nils") == "Inactive"
    assert "la-amina" not in members
    assert set(members.values()) == {"Active"}


def test_nobody_who_left_is_graded(demo: Demo) -> None:
    line_item = demo.line_item()
    demo.change_member("la-ingrid", status="Deleted")
    assert demo.post_score(line_item, score()).status_code == 404


def test_the_differences_are_those_since_the_roster_was_read(demo: Demo) -> None:
    demo.behave(roster_differences=True)
    demo.change_member("la-oda", status="Deleted")
    link = roster(demo).headers["Link"]
    assert link.endswith('>; rel="differences"')
    differences = link.removeprefix("<").partition(">")[0]
    assert subs(roster(demo, differences)) == []
    demo.change_member("la-nils", status="Inactive")
    demo.change_member("la-amina", status="Deleted")
    changed = {member["user_id"]: member["status"] for member in roster(demo, differences).get_json()["members"]}
    assert changed == {"la-nils": "Inactive", "la-amina": "Deleted"}


def test_differences_are_named_on_the_last_page_and_only_where_they_are_a_habit(demo: Demo) -> None:
    assert "Link" not in roster(demo).headers
    demo.behave(roster_differences=True, page_size=8)
    first = roster(demo).headers["Link"]
    assert first.endswith('rel="next"')
    last = roster(demo, first.removeprefix("<").partition(">")[0]).headers["Link"]
    assert last.endswith('rel="differences"')


@pytest.mark.parametrize("since", ["yesterday", "nan", "inf", "1e99"])
def test_a_moment_the_lms_did_not_give_is_refused(demo: Demo, since: str) -> None:
    assert roster(demo, since=since).status_code == 400
