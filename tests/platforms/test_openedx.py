"""Open edX's own LTI platform code, unmodified, against the tool on a real socket, on both databases."""

from __future__ import annotations

import pytest
from flask import current_app
from sqlalchemy import select

from lti_tool import http
from lti_tool.database import db
from lti_tool.http import Answer
from lti_tool.lti.columns import TAG
from lti_tool.lti.models import LineItem
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.grades import with_query
from lti_tool.lti.services.registration import client_of
from lti_tool.lti.services.roster import Member, Roster
from lti_tool.lti.services.tokens import TokenCache
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.worker import deliver_next
from lti_tool.people.models import Course, Person, Role
from tests.platforms.conftest import ServedTool
from tests.platforms.openedx_visitor import Visitor, kept, register
from tests.work import complete

pytestmark = pytest.mark.xdist_group("openedx")


def test_launches_and_scores_reach_open_edx(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "om1")
    learner, teacher = Visitor(openedx, "student1").launch("om1"), Visitor(openedx, "teacher").launch("om1")
    assert (learner.status_code, teacher.status_code) == (200, 200)
    assert "Giving feedback" in learner.text
    assert "Results" in teacher.text
    with served_tool.app.app_context():
        _complete_and_deliver("Student1")
    assert kept(openedx, "grades", "om1") == [_full_marks("student1")]


def test_a_programmatic_line_item_is_made_once_by_the_tool_and_kept_to(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "programmatic")
    for name in ("student1", "student2"):
        assert "Giving feedback" in Visitor(openedx, name).launch("programmatic").text
    assert kept(openedx, "line-items", "programmatic") == []
    with served_tool.app.app_context():
        _complete_and_deliver("Student1", "Student2")
    assert [(item["resource_id"], item["tag"], item["maximum"], item["block"]) for item in _columns(openedx)] == [
        ("om1", TAG, 100, "programmatic")
    ]
    assert kept(openedx, "grades", "programmatic") == [_full_marks("student1"), _full_marks("student2")]
    Visitor(openedx, "student3").launch("programmatic")
    with served_tool.app.app_context():
        # Forgotten, it is found again among the platform's.
        known = db.session.scalars(select(LineItem)).one()
        told, known.url = known.url, None
        _complete_and_deliver("Student3")
        assert db.session.scalars(select(LineItem.url)).one() == told
    assert len(_columns(openedx)) == 1
    assert kept(openedx, "grades", "programmatic")[2:] == [_full_marks("student3")]


def test_the_roster_arrives_whole_in_one_answer_or_page_by_page(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "om1")
    Visitor(openedx, "teacher").launch("om1")
    with served_tool.app.app_context():
        whole, asked = _roster()
        assert len(asked) == 1
        assert sorted(member.role for member in whole) == [Role.INSTRUCTOR, *[Role.LEARNER] * 5]
        assert {member.subject for member in whole} >= set(db.session.scalars(select(Person.subject)))
        pages, asked = _roster(limit="2")
        assert len(asked) == 3
        assert pages == whole


def _roster(**limit: str) -> tuple[list[Member], list[str]]:
    """The members and the addresses that were asked for them; Open edX sends pages only where a limit is asked for."""
    asked: list[str] = []

    def send(method: str, url: str, **rest: object) -> Answer:
        if method == "GET":
            asked.append(url)
        return http.send(method, url, **rest)  # type: ignore[arg-type]

    course = db.session.scalars(select(Course)).one()
    client = client_of(db.session, course.deployment_id)
    assert client is not None
    assert course.roster_url is not None
    return Roster(Connector(client, TokenCache(), send), with_query(course.roster_url, **limit)).members(), asked


def _complete_and_deliver(*names: str) -> None:
    for name in names:
        complete(db.session, db.session.scalars(select(Person.id).where(Person.name.like(f"{name}%"))).one())
    db.session.commit()
    while deliver_next(db.session, current_app.extensions["passback"]) is not None:
        pass
    assert set(db.session.scalars(select(Score.state))) == {Delivery.SENT}


def _columns(openedx: str) -> list[dict[str, object]]:
    return kept(openedx, "line-items", "programmatic")


def _full_marks(username: str) -> dict[str, object]:
    return {"user__username": username, "value": 10.0, "max_value": 10.0}
