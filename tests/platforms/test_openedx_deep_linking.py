"""Deep Linking with Open edX's own code: it asks, the tool answers, it verifies the answer, keeps and launches it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from lti_tool.database import db
from lti_tool.people.models import LaunchSession, Person, Purpose, ResourceLink
from tests.platforms.conftest import ServedTool
from tests.platforms.openedx_visitor import EdxVisitor, kept, register

pytestmark = pytest.mark.xdist_group("openedx")


def test_what_an_author_chooses_is_kept_and_launched(openedx: str, served_tool: ServedTool) -> None:
    register(served_tool, openedx, "chosen")
    teacher, student = EdxVisitor(openedx, "teacher"), EdxVisitor(openedx, "student1")
    _choose(teacher, "module-om1")
    (item,) = kept(openedx, "content", "chosen")
    assert (item["type"], item["title"], item["custom"]) == ("ltiResourceLink", "Giving feedback", {"module": "om1"})
    assert "Giving feedback" in student.launch("chosen").text
    with served_tool.app.app_context():
        assert db.session.scalars(select(ResourceLink.module_key)).one() == "om1"
        student_id = db.session.scalars(select(Person.id).where(Person.name.like("Student1%"))).one()
        visit = db.session.scalars(select(LaunchSession).where(LaunchSession.person_id == student_id)).one()
        assert visit.purpose is Purpose.TRAINING


def test_several_choices_are_offered_side_by_side_and_none_takes_them_away(
    openedx: str, served_tool: ServedTool
) -> None:
    register(served_tool, openedx, "chosen")
    teacher = EdxVisitor(openedx, "teacher")
    _choose(teacher, "module-om1", "results")
    assert [item["custom"] for item in kept(openedx, "content", "chosen")] == [{"module": "om1"}, {"page": "results"}]
    # The platform shows a list of links, each of which it launches.
    shown = teacher.web.get(f"{openedx}/_/launch/chosen", timeout=30)
    module, results = (unescape(url) for url in re.findall(r'<a href="([^"]+)"', shown.text))
    assert teacher.follow(module).status_code == 200
    assert "/gradebook" in teacher.follow(results).url
    _choose(teacher)
    assert kept(openedx, "content", "chosen") == []


def _choose(teacher: EdxVisitor, *names: str) -> None:
    saved = teacher.choose(f"{teacher.platform}/_/select/chosen", *names)
    assert saved.status_code == 200, saved.text
    assert "successfully saved" in saved.text
