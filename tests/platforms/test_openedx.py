"""Open edX's own LTI platform code, unmodified, against the tool on a real socket, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from lti_tool import http
from lti_tool.addresses import with_query
from lti_tool.database import db, now
from lti_tool.http import Answer
from lti_tool.lti.columns import TAG
from lti_tool.lti.models import LineItem
from lti_tool.lti.rosters.fetcher import Fetcher
from lti_tool.lti.rosters.sync import sync_next
from lti_tool.passback.models import Delivery, PlatformResult, Score
from lti_tool.passback.reader import read_next
from lti_tool.passback.results import ask_for
from lti_tool.passback.worker import deliver_next
from lti_tool.people.models import Course, Membership, Person, Role
from tests.platforms.conftest import ServedTool
from tests.platforms.openedx_visitor import EdxVisitor, kept, register
from tests.work import complete

pytestmark = pytest.mark.xdist_group("openedx")


def test_launches_and_scores_reach_open_edx_and_are_read_back(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "om1")
    learner, teacher = EdxVisitor(openedx, "student1").launch("om1"), EdxVisitor(openedx, "teacher").launch("om1")
    assert (learner.status_code, teacher.status_code) == (200, 200)
    assert "Giving feedback" in learner.text
    assert "Results" in teacher.text
    with served_tool.app.app_context():
        _complete_and_deliver("Student1")
        assert _read_back() == [(1.0, db.session.scalars(select(Score.comment)).one())]
    assert kept(openedx, "grades", "om1") == [_full_marks("student1")]


def test_a_programmatic_line_item_is_made_once_by_the_tool_and_kept_to(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "programmatic")
    for name in ("student1", "student2"):
        assert "Giving feedback" in EdxVisitor(openedx, name).launch("programmatic").text
    assert kept(openedx, "line-items", "programmatic") == []
    with served_tool.app.app_context():
        _complete_and_deliver("Student1", "Student2")
    assert [(item["resource_id"], item["tag"], item["maximum"], item["block"]) for item in _columns(openedx)] == [
        ("om1", TAG, 100, "programmatic")
    ]
    assert kept(openedx, "grades", "programmatic") == [_full_marks("student1"), _full_marks("student2")]
    EdxVisitor(openedx, "student3").launch("programmatic")
    with served_tool.app.app_context():
        # Forgotten, it is found again among the platform's.
        known = db.session.scalars(select(LineItem)).one()
        told, known.url = known.url, None
        _complete_and_deliver("Student3")
        assert db.session.scalars(select(LineItem.url)).one() == told
    assert len(_columns(openedx)) == 1
    assert kept(openedx, "grades", "programmatic")[2:] == [_full_marks("student3")]


def test_a_teachers_launch_brings_the_whole_roster(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "om1")
    EdxVisitor(openedx, "teacher").launch("om1")
    with served_tool.app.app_context():
        assert _read_roster() == 1
        everybody = _members()
        assert sorted(role for _person, role, _left in everybody) == [Role.INSTRUCTOR, *[Role.LEARNER] * 5]
        # Pages come only to those who ask for a limit, which we never do by ourselves.
        assert _read_roster(limit="2") == 3
        assert _members() == everybody


def _read_roster(**more: str) -> int:
    """Read the one roster there is, with `more` in its address; returns how often it was asked for members."""
    course = db.session.scalars(select(Course)).one()
    assert course.roster_url is not None
    course.roster_url, course.roster_due_at = with_query(course.roster_url, **more), now()
    db.session.commit()
    asked: list[str] = []

    def send(method: str, url: str, **rest: Any) -> Answer:
        asked.append(method)
        return http.send(method, url, **rest)

    assert sync_next(db.session, Fetcher(send))
    return asked.count("GET")


def _members() -> list[tuple[int, Role, bool]]:
    rows = db.session.scalars(select(Membership).order_by(Membership.person_id))
    return [(member.person_id, member.role, member.left_at is not None) for member in rows]


def _complete_and_deliver(*names: str) -> None:
    for name in names:
        complete(db.session, db.session.scalars(select(Person.id).where(Person.name.like(f"{name}%"))).one())
    db.session.commit()
    while deliver_next(db.session, current_app.extensions["passback"]) is not None:
        pass
    assert set(db.session.scalars(select(Score.state))) == {Delivery.SENT}


def _read_back() -> list[tuple[float | None, str | None]]:
    """Shares and comments that the platform says it holds."""
    ask_for(db.session, db.session.scalars(select(Course.id)).one())
    db.session.commit()
    assert read_next(db.session, current_app.extensions["passback"])
    return [(result.share, result.comment) for result in db.session.scalars(select(PlatformResult))]


def _columns(openedx: str) -> list[dict[str, object]]:
    return kept(openedx, "line-items", "programmatic")


def _full_marks(username: str) -> dict[str, object]:
    return {"user__username": username, "value": 10.0, "max_value": 10.0}
