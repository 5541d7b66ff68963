"""Open edX's own LTI platform code, unmodified, against the tool on a real socket, on both databases."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
import requests
from flask import current_app
from sqlalchemy import select

from lti_tool import http
from lti_tool.database import db
from lti_tool.lti.actions import NewPlatform, add_platform
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.registration import client_of
from lti_tool.lti.services.roster import Roster
from lti_tool.lti.services.tokens import TokenCache
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.worker import deliver_next
from lti_tool.people.models import Course, Person, Role
from tests.cast import add_module, small_module
from tests.platforms.conftest import ServedTool
from tests.work import complete

pytestmark = pytest.mark.xdist_group("openedx")


class Visitor:
    """A browser as far as launches need one: cookies, redirects, and forms that submit themselves."""

    def __init__(self, platform: str, username: str) -> None:
        self.platform = platform
        self.web = requests.Session()
        self.web.get(f"{platform}/_/as/{username}", timeout=30).raise_for_status()

    def launch(self) -> requests.Response:
        page = self.web.get(f"{self.platform}/_/launch", timeout=30)
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert action, page.text[:500]
        fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        self._allow_loopback()
        landed = self.web.post(urljoin(page.url, action.group(1)), data=fields, timeout=30, allow_redirects=False)
        self._allow_loopback()
        return self.web.get(urljoin(landed.url, landed.headers["Location"]), timeout=30)

    def _allow_loopback(self) -> None:
        # Browsers send Secure cookies to loopback over plain http; Python's jar does not.
        for cookie in self.web.cookies:
            cookie.secure = False


def register(tool: ServedTool, platform: str) -> None:
    told = requests.get(f"{platform}/_/info", timeout=30).json()
    with tool.app.app_context():
        add_platform(
            db.session,
            NewPlatform(
                name="Open edX",
                issuer=told["issuer"],
                client_id=told["client_id"],
                auth_url=told["oidc_callback"],
                token_url=told["token_url"],
                jwks_url=told["keyset_url"],
                deployment_ids=(told["deployment_id"],),
            ),
            development=True,
        )
        add_module(db.session, small_module())
        db.session.commit()


def test_launches_roster_and_score_with_open_edx(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx)
    learner, teacher = Visitor(openedx, "student1").launch(), Visitor(openedx, "teacher").launch()
    assert "Giving feedback" in learner.text
    assert (learner.status_code, teacher.status_code) == (200, 200)
    assert "Results" in teacher.text
    with served_tool.app.app_context():
        _the_roster_names_everybody()
        _a_score_arrives_in_the_gradebook(openedx)


def _the_roster_names_everybody() -> None:
    course = db.session.scalars(select(Course)).one()
    client = client_of(db.session, course.deployment_id)
    assert client is not None
    assert course.roster_url is not None
    members = Roster(Connector(client, TokenCache(), http.send), course.roster_url).members()
    assert [member.role for member in members].count(Role.LEARNER) == 3
    assert {member.subject for member in members} >= set(db.session.scalars(select(Person.subject)))


def _a_score_arrives_in_the_gradebook(openedx: str) -> None:
    student = db.session.scalars(select(Person).where(Person.name.like("Student1%"))).one()
    complete(db.session, student.id)
    db.session.commit()
    while deliver_next(db.session, current_app.extensions["passback"]) is not None:
        pass
    assert db.session.scalars(select(Score.state)).all() == [Delivery.SENT]
    grades = requests.get(f"{openedx}/_/grades", timeout=30).json()["grades"]
    assert [(grade["user__username"], grade["value"] / grade["max_value"]) for grade in grades] == [("student1", 1.0)]
