"""The whole way with the demo LMS, on real sockets: the tool registers itself, is placed, reads and grades."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests
from flask import current_app
from sqlalchemy import select
from werkzeug.serving import make_server

from lti_tool.database import db
from lti_tool.demo_lms.app import Behaviour, create_demo_lms
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.lti.dynamic_registration.invitations import invite
from lti_tool.lti.models import LineItem, Platform, RegistrationInvitation
from lti_tool.lti.rosters.sync import sync_next
from lti_tool.passback.worker import deliver_next
from lti_tool.people.models import Course, Membership, Person, Role
from tests.cast import add_module, small_module
from tests.platforms.conftest import ServedTool, free_port
from tests.platforms.visitor import Visitor
from tests.work import complete

COURSE, TEACHER, LEARNER = "tdt4100", "instructor-solveig", "la-mateusz"


@pytest.fixture
def demo(served_tool: ServedTool, tmp_path: Path) -> Iterator[str]:
    """The address of a demo LMS that does not know the tool yet."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # Visitors have no script, and so no use for a storage that scripts ask.
    behaviour = Behaviour(storage="none", page_size=2)
    config = DemoConfig(url, "http://localhost:9", tmp_path / "lms.sqlite3", behaviour=behaviour)
    server = make_server("127.0.0.1", port, create_demo_lms(config), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def test_from_one_address_to_a_grade(demo: str, served_tool: ServedTool) -> None:
    client_id = _register(demo, _invitation(served_tool))
    with served_tool.app.app_context():
        assert db.session.scalars(select(Platform.client_id)).all() == [client_id]
        assert db.session.scalars(select(RegistrationInvitation.used_at)).one() is not None
    teacher, learner = _signed_in(demo, TEACHER), _signed_in(demo, LEARNER)
    added = teacher.choose(f"{demo}/launch/{COURSE}/deep-linking/{client_id}", "module-om1", "training")
    assert "Added to the course" in added.text
    assert "Giving feedback, graded with up to 100 points" in added.text
    activity = _link_named(learner.web.get(f"{demo}/courses/{COURSE}", timeout=30), "Giving feedback")
    assert "Giving feedback" in learner.follow(f"{demo}/launch/{activity}").text
    assert "/gradebook" in teacher.follow(f"{demo}/launch/{activity}").text
    students = teacher.web.get(f"{demo}/courses/{COURSE}/gradebook", timeout=30).text.count('<th scope="row">')
    with served_tool.app.app_context():
        assert sync_next(db.session, current_app.extensions["rosters"])
        course = select(Membership.role).join(Course).where(Course.context_id == COURSE)
        # They come in pages of two.
        assert db.session.scalars(course).all().count(Role.LEARNER) == students > 4
        complete(db.session, db.session.scalars(select(Person.id).where(Person.subject == LEARNER)).one())
        db.session.commit()
        while deliver_next(db.session, current_app.extensions["passback"]) is not None:
            pass
        assert len(db.session.scalars(select(LineItem)).all()) == 1
    grades = learner.web.get(f"{demo}/courses/{COURSE}/gradebook", timeout=30).text
    assert '<span class="score">100</span>' in grades


def _invitation(tool: ServedTool) -> str:
    with tool.app.app_context():
        add_module(db.session, small_module())
        _row, code = invite(db.session, "Demo", "test")
        db.session.commit()
    return f"{tool.url}/lti/register/{code}"


def _register(demo: str, address: str) -> str:
    """What the administrator of the LMS does; returns the new tool's client id."""
    administrator = Visitor()
    frame = administrator.web.post(f"{demo}/tools/registrations", data={"address": address}, timeout=30)
    source = re.search(r'<iframe id="registration"[^>]* src="([^"]+)"', frame.text)
    assert source, frame.text
    registered = administrator.submit(administrator.web.get(unescape(source.group(1)), timeout=30))
    assert registered.status_code == 200, registered.text
    tools = administrator.web.get(f"{demo}/tools", timeout=30)
    pending = re.search(r'action="/tools/([^"/]+)/activate"', tools.text)
    assert pending, tools.text
    assert administrator.web.post(f"{demo}/tools/{pending.group(1)}/activate", timeout=30).ok
    return pending.group(1)


def _signed_in(demo: str, sub: str) -> Visitor:
    visitor = Visitor()
    visitor.web.post(f"{demo}/sign-in", data={"person": sub}, timeout=30).raise_for_status()
    return visitor


def _link_named(course: requests.Response, title: str) -> str:
    """The id of the newest activity with that title."""
    found = re.findall(rf'href="/courses/{COURSE}/[^"]*?([^"/]+)">{re.escape(title)}</a>', course.text)
    assert found, course.text
    return str(found[-1])
