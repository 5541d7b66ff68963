"""Fetching a course's participants from its platform."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.database import now
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.actions import rotate_keys
from lti_tool.lti.services.tokens import TokenCache
from lti_tool.people.models import Course, Membership, Person, Role
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.work import done_before

URL = "https://lms.test/courses/1/members"
LEARNER, INSTRUCTOR = ["Learner"], ["Instructor"]


class Platform:
    """Stands in for the network: a token for everybody, and these members."""

    def __init__(self) -> None:
        self.members: list[dict[str, Any]] = []
        self.error: OutgoingError | None = None
        self.asked = 0

    def __call__(
        self,
        _method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        params: Any = None,
        seconds: float = 0,
    ) -> Answer:
        self.asked += 1
        if self.error:
            raise self.error
        body = {"members": self.members} if url == URL else {"access_token": "t", "expires_in": 3600}
        return Answer(200, {}, json.dumps(body).encode())


@pytest.fixture
def platform(cast: Cast) -> Iterator[Platform]:
    with done_before(cast) as session:
        rotate_keys(session)
        session.get_one(Course, cast.courses["TDT4100"]).roster_url = URL
    fetcher = cast.app.extensions["rosters"]
    stand_in = Platform()
    cast.app.extensions["rosters"] = replace(fetcher, send=stand_in, tokens=TokenCache())
    yield stand_in
    cast.app.extensions["rosters"] = fetcher


@pytest.fixture
def ingrid(cast: Cast) -> Browser:
    return cast.visit("ingrid")


def count(cast: Cast, *conditions: Any) -> int:
    with cast.app.app_context(), done_before(cast) as session:
        return session.scalars(select(func.count()).select_from(Membership).where(*conditions)).one()


def test_participants_who_have_not_been_here_join_the_list(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.members = [
        {"user_id": "new-1", "name": "Nora Nykommer", "roles": LEARNER},
        {"user_id": "new-2", "roles": LEARNER},
        {"user_id": "sub-lina", "name": "Somebody Else", "roles": LEARNER},
    ]
    answer = ingrid.post("gradebook/roster")
    assert (answer.status_code, "notice=roster" in answer.headers["Location"]) == (303, True)
    page = ingrid.get("gradebook").text
    assert "Nora Nykommer" in page
    assert "Lina Testperson" in page
    assert count(cast, Membership.course_id == cast.courses["TDT4100"], Membership.role == Role.LEARNER) == 5


def test_fetching_again_adds_nobody(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.members = [{"user_id": "new-1", "name": "Nora Nykommer", "roles": LEARNER}]
    ingrid.post("gradebook/roster")
    again = ingrid.post("gradebook/roster")
    assert "notice=roster-same" in again.headers["Location"]
    with done_before(cast) as session:
        assert session.scalars(select(func.count()).select_from(Person).where(Person.subject == "new-1")).one() == 1


def test_the_roster_never_changes_a_role(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.members = [{"user_id": "sub-ingrid", "name": "Ingrid", "roles": LEARNER}]
    ingrid.post("gradebook/roster")
    assert count(cast, Membership.person_id == cast.people["ingrid"], Membership.role == Role.INSTRUCTOR) == 1


def test_staff_are_not_listed_as_learning_assistants(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.members = [{"user_id": "new-1", "name": "Nora Nykommer", "roles": INSTRUCTOR}]
    ingrid.post("gradebook/roster")
    assert "Nora Nykommer" not in ingrid.get("gradebook").text


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_people_who_left_before_they_came_are_not_added(
    platform: Platform, cast: Cast, ingrid: Browser, status: str
) -> None:
    before = count(cast)
    platform.members = [{"user_id": "new-1", "name": "Nora", "roles": LEARNER, "status": status}]
    ingrid.post("gradebook/roster")
    assert count(cast) == before


def test_a_platform_that_does_not_answer_changes_nothing(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.error = OutgoingError("no answer", retry=True)
    before = count(cast)
    answer = ingrid.post("gradebook/roster")
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert count(cast) == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OutgoingError("no answer", retry=True), "did not answer"),
        (OutgoingError("answered 403", retry=False, status=403), "allow the names and roles service"),
        (OutgoingError("answered 404", retry=False, status=404), "Open the training from your course again"),
    ],
)
def test_the_list_says_why_it_could_not_be_fetched_and_when_it_last_was(
    platform: Platform, cast: Cast, ingrid: Browser, error: OutgoingError, words: str
) -> None:
    platform.members = [{"user_id": "new-1", "name": "Nora", "roles": LEARNER}]
    ingrid.post("gradebook/roster")
    assert "Participants fetched <time" in ingrid.get("gradebook").text
    platform.error = error
    assert words in ingrid.post("gradebook/roster").text
    page = ingrid.get("gradebook").text
    assert "Participants fetched <time" in page
    assert words in page
    assert "Next try <time" in page
    assert "Nora" in page
    assert problems_of(page) == []
    platform.error = None
    ingrid.post("gradebook/roster")
    assert words not in ingrid.get("gradebook").text


def test_an_empty_list_changes_nothing_and_says_so(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    answer = ingrid.post("gradebook/roster")
    assert (answer.status_code, "without any participants" in answer.text) == (409, True)
    assert count(cast, Membership.left_at.is_not(None)) == 0


def test_a_fetch_that_is_under_way_is_not_begun_again(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    with done_before(cast) as session:
        session.get_one(Course, cast.courses["TDT4100"]).roster_due_at = now() + timedelta(minutes=2)
    assert "are being fetched" in ingrid.get("gradebook").text
    answer = ingrid.post("gradebook/roster")
    assert (answer.status_code, "notice=roster-running" in answer.location) == (303, True)
    assert platform.asked == 0


def test_somebody_who_left_is_in_the_list_of_those_who_did(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.members = [{"user_id": "sub-lina", "roles": LEARNER}]
    answer = ingrid.post("gradebook/roster")
    assert "notice=roster&" in answer.location + "&"
    assert "Amir Testperson" in ingrid.get("gradebook?show=left").text
    assert "Lina Testperson" not in ingrid.get("gradebook?show=left").text


def test_without_a_roster_service_there_is_no_button_and_no_request(cast: Cast, ingrid: Browser) -> None:
    assert "gradebook/roster" not in ingrid.get("gradebook").text
    assert ingrid.post("gradebook/roster").status_code == 409


def test_other_courses_are_not_touched(platform: Platform, cast: Cast, ingrid: Browser) -> None:
    platform.members = [{"user_id": "new-1", "name": "Nora", "roles": LEARNER}]
    before = count(cast, Membership.course_id != cast.courses["TDT4100"])
    ingrid.post("gradebook/roster")
    assert count(cast, Membership.course_id != cast.courses["TDT4100"]) == before
