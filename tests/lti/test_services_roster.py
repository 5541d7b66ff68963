"""The list of a course's members, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.http import OutgoingError
from lti_tool.lti.services.connector import next_page
from lti_tool.lti.services.roster import Listing, Member, Roster, members_address
from lti_tool.people.models import Role

PREFIX = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
FIRST = "https://lms.test/members?course=1"


class Pages:
    """A connector that answers from a table of pages; notes what was asked."""

    def __init__(self, pages: dict[str, tuple[Any, str | None]]) -> None:
        self.pages = pages
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[list[str], str, str]] = []

    def make_service_request(self, scopes: list[str], url: str, accept: str) -> dict[str, Any]:
        self.asked.append((scopes, url, accept))
        body, following = self.pages[url]
        return {"headers": self.headers, "body": body, "next_page_url": following}


def roster(pages: dict[str, tuple[Any, str | None]]) -> tuple[Roster, Pages]:
    connector = Pages(pages)
    return Roster(connector, FIRST), connector  # type: ignore[arg-type]


def members(*entries: Any) -> list[Member]:
    return roster({FIRST: ({"members": list(entries)}, None)})[0].listing().members


def test_c83_c84_c86_the_request_has_the_exact_type_and_scope() -> None:
    subject, connector = roster({FIRST: ({"members": []}, None)})
    assert subject.listing().members == []
    scope = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
    assert connector.asked == [([scope], FIRST, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json")]


def test_c87_every_page_is_read_at_the_address_the_platform_gave() -> None:
    second = "https://lms.test/members?Cursor=AbC&course=1"
    entry = {"user_id": "1", "roles": [f"{PREFIX}Learner"]}
    subject, connector = roster(
        {FIRST: ({"members": [entry]}, second), second: ({"members": [{**entry, "user_id": "2"}]}, None)}
    )
    assert [member.subject for member in subject.listing().members] == ["1", "2"]
    assert [url for _, url, _ in connector.asked] == [FIRST, second]


def test_c88_a_member_may_have_nothing_but_id_and_roles() -> None:
    assert members({"user_id": "7", "roles": ["Learner"]}) == [Member("7", None, Role.LEARNER, active=True)]


@pytest.mark.parametrize(
    ("status", "active"),
    [({}, True), ({"status": "Active"}, True), ({"status": "Inactive"}, False), ({"status": "Deleted"}, False)],
)
def test_c89_an_absent_status_is_active(status: dict[str, str], active: bool) -> None:
    assert members({"user_id": "7", "roles": [], **status})[0].active is active


def test_names_that_moodle_escapes_are_repaired() -> None:
    entry = {"user_id": "7", "roles": [], "given_name": "Sinéad", "family_name": "O&#039;Connor &amp; Co"}
    assert members(entry)[0].name == "Sinéad O'Connor & Co"


def test_roles_come_short_or_in_full() -> None:
    short, full = members({"user_id": "1", "roles": ["Instructor"]}, {"user_id": "2", "roles": [f"{PREFIX}Instructor"]})
    assert (short.role, full.role) == (Role.INSTRUCTOR, Role.INSTRUCTOR)


@pytest.mark.parametrize(
    "entry",
    [None, [], "x", {}, {"user_id": 7, "roles": []}, {"user_id": "", "roles": []}, {"user_id": "7"}, {"roles": []}],
)
def test_an_entry_without_id_or_roles_is_passed_over_and_the_list_known_to_lack_it(entry: Any) -> None:
    good = {"user_id": "7", "roles": []}
    listing = roster({FIRST: ({"members": [entry, good]}, None)})[0].listing()
    assert [member.subject for member in listing.members] == ["7"]
    assert not listing.complete


@pytest.mark.parametrize("field", ["name", "given_name", "status", "email", "picture", "message"])
@pytest.mark.parametrize("value", [None, 7, [], {"x": 1}])
def test_a_field_of_the_wrong_type_tells_nothing(field: str, value: Any) -> None:
    listing = roster({FIRST: ({"members": [{"user_id": "7", "roles": [], field: value}]}, None)})[0].listing()
    assert listing == Listing([Member("7", None, Role.LEARNER, active=True)], complete=True)


@pytest.mark.parametrize("body", [None, [], "no", {"members": {}}, {}])
def test_an_answer_that_is_no_list_is_an_error(body: Any) -> None:
    with pytest.raises(OutgoingError):
        roster({FIRST: (body, None)})[0].listing()


def test_pages_that_go_round_in_a_circle_end() -> None:
    with pytest.raises(OutgoingError):
        roster({FIRST: ({"members": []}, FIRST)})[0].listing()


def test_a_roster_may_have_hundreds_of_pages() -> None:
    urls = [FIRST, *(f"{FIRST}&p={number}" for number in range(1, 400))]
    following = [*urls[1:], None]
    pages = {
        url: ({"members": [{"user_id": url, "roles": []}]}, then) for url, then in zip(urls, following, strict=True)
    }
    assert len(roster(pages)[0].listing().members) == 400


def test_no_limit_is_ever_asked_for() -> None:
    """Moodle's own further pages are linked with curly quotes, and platforms know best what they can bear."""
    subject, connector = roster({FIRST: ({"members": []}, None)})
    subject.listing()
    assert all("limit" not in url for _scopes, url, _accept in connector.asked)


@pytest.mark.parametrize(
    "link",
    [
        '<https://lms.test/members>; rel="differences"',
        "<https://lms.test/members?rel=next>; rel=differences",
        '<https://lms.test/next>; rel="differences"; title="next"',
        "",
    ],
)
def test_c90_a_link_to_differences_is_no_next_page(link: str) -> None:
    assert next_page(link, FIRST) is None
    subject, connector = roster({FIRST: ({"members": []}, None)})
    connector.headers = {"link": link}
    assert subject.listing() == Listing([], complete=True)


def test_c90_the_next_page_is_found_beside_the_differences() -> None:
    both = '<https://lms.test/since/1>; rel="differences", <https://lms.test/Members?p=2>; rel="next"'
    assert next_page(both, FIRST) == "https://lms.test/Members?p=2"


@pytest.mark.parametrize(
    "link",
    ["https://lms.test/members?p=2; rel=next", '<>; rel="next"', "<>; rel=\u00e2\u0080\u009cnext\u00e2\u0080\u009d"],
)
def test_a_next_page_that_cannot_be_read_is_no_end_of_the_list(link: str) -> None:
    subject, connector = roster({FIRST: ({"members": []}, None)})
    connector.headers = {"link": link}
    with pytest.raises(OutgoingError):
        subject.listing()


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://lms.test/members", "https://lms.test/members?rlid=link+1%2F%26"),
        ("https://lms.test/Members?b=2&a=1", "https://lms.test/Members?b=2&a=1&rlid=link+1%2F%26"),
    ],
)
def test_c91_the_members_of_one_link_are_asked_for_by_its_id(url: str, asked: str) -> None:
    assert members_address(url, "link 1/&") == asked
    assert members_address(url, None) == url
