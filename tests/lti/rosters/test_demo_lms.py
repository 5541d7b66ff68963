"""Rosters of the demo LMS, a true platform, read through its own services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.database import now
from lti_tool.demo_lms.app import DemoConfig, create_demo_lms
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.models import Platform
from lti_tool.lti.rosters.fetcher import Fetcher
from lti_tool.lti.rosters.sync import sync_next
from lti_tool.people.models import Course, Role
from tests.demo_lms.harness import LMS_URL, TOOL_URL
from tests.lti.platform import key_pair, public_jwk
from tests.lti.rosters.conftest import Class

ROSTER = f"{LMS_URL}/api/lti/courses/tdt4100/memberships"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    database = tmp_path_factory.mktemp("demo_lms") / "lms.sqlite3"
    keys = {"keys": [public_jwk(key_pair("tool"), "kid-1")]}
    return create_demo_lms(DemoConfig(LMS_URL, TOOL_URL, database, fetch_jwks=lambda _url: keys)).test_client()


class Demo:
    """The demo LMS as the tool's requests and its control meet it; a sender, too."""

    def __init__(self, client: FlaskClient, class_: Class) -> None:
        self.client = client
        self.class_ = class_
        self.asked: list[str] = []
        self.fetcher = Fetcher(send=self, chance=lambda: 0.5)

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        params: Any = None,
        seconds: float = 0,
    ) -> Answer:
        self.asked.append(url)
        answer = self.client.open(url.removeprefix(LMS_URL), method=method, headers=dict(headers or {}), data=data)
        if answer.status_code >= 300:
            raise OutgoingError(
                f"answered {answer.status_code}",
                retry=answer.status_code in (429, 500),
                status=answer.status_code,
                retry_after=answer.headers.get("Retry-After", type=float),
            )
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.data)

    def behave(self, **settings: Any) -> None:
        assert self.client.put("/_/behaviour", json=settings).status_code == 200

    def change(self, sub: str, **values: Any) -> None:
        assert self.client.put(f"/_/courses/tdt4100/members/{sub}", json=values).status_code == 200

    def sync(self) -> Course:
        course = self.class_.course()
        course.roster_due_at = now() - timedelta(days=1)
        self.class_.session.commit()
        assert sync_next(self.class_.session, self.fetcher)
        self.class_.session.expire_all()
        return self.class_.course()


@pytest.fixture
def demo(client: FlaskClient, class_: Class) -> Iterator[Demo]:
    """The course TDT4100 of the cast is the demo LMS's course of that name."""
    platform = class_.session.get_one(Platform, class_.cast.platform_id)
    platform.client_id, platform.token_url = "demo-client", f"{LMS_URL}/token"
    class_.course().roster_url = ROSTER
    class_.session.commit()
    demo = Demo(client, class_)
    demo.behave()
    yield demo
    for sub in ("la-oda", "la-nils"):
        demo.change(sub, status="Active", roles=["Learner"])


@pytest.mark.parametrize("habits", [{}, {"short_roles": True}, {"like": "moodle"}, {"roster_differences": True}])
@pytest.mark.parametrize("page_size", [2, 50])
def test_c83_c87_everybody_is_in_the_course_afterwards_in_their_role(
    demo: Demo, habits: dict[str, Any], page_size: int
) -> None:
    demo.behave(**habits, page_size=page_size)
    course = demo.sync()
    assert course.roster_failure is None
    pages = [url for url in demo.asked if url.startswith(ROSTER)]
    members = demo.class_.subjects() - {"sub-ingrid", "sub-lina", "sub-frode", "sub-amir"}
    assert len(pages) == -(-len(members) // page_size)
    assert "limit" not in pages[0]
    assert demo.class_.membership("la-oda").role is Role.LEARNER
    assert demo.class_.membership("instructor-solveig").role is Role.INSTRUCTOR
    assert demo.class_.name("la-oda") is not None


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_c89_who_leaves_is_marked_and_welcome_again(demo: Demo, status: str) -> None:
    demo.sync()
    strangers = demo.class_.left()
    demo.change("la-oda", status=status)
    demo.sync()
    assert demo.class_.left() == strangers | {"la-oda"}
    demo.change("la-oda", status="Active")
    demo.sync()
    assert demo.class_.left() == strangers


def test_a_role_that_changes_there_changes_here(demo: Demo) -> None:
    demo.sync()
    demo.change("la-nils", status="Active", roles=["Instructor"])
    demo.sync()
    assert demo.class_.membership("la-nils").role is Role.INSTRUCTOR


@pytest.mark.parametrize(
    ("fault", "status"),
    [("server_errors", "unreachable"), ("too_many_requests", "unreachable"), ("unauthorised", None)],
)
def test_c107_a_bad_day_of_the_platform_changes_nothing_and_one_refused_token_is_no_bad_day(
    demo: Demo, fault: str, status: str | None
) -> None:
    demo.behave(**{fault: 1})
    course = demo.sync()
    assert course.roster_failure == status
    assert ("la-oda" in demo.class_.subjects()) is (status is None)
