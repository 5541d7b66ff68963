"""Neither side can learn what the other wrote before both have submitted, whatever they open or send; and nobody else
ever can.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy.orm import Session

from lti_tool.course_module import evaluation
from lti_tool.course_module.models import Side
from lti_tool.course_module.scope import CourseModule
from tests.cast import Browser, Cast
from tests.course_module.holding import agree, complete_answers, form_of, hand_in, plan, subject_in
from tests.peer_review.forms_on import Page

# What pages tell does not depend on the database, and these are long walks.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# Each side's words; nobody else uses them.
OURS, THEIRS = "Departmentese", "Assistantish"
ASSISTANT, DEPARTMENT = Side.ASSISTANT, Side.DEPARTMENT


@pytest.fixture
def held(session: Session, cast: Cast, course: CourseModule) -> CourseModule:
    plan(session, cast, "final-evaluation", 1)
    agree(session, cast)
    session.commit()
    return course


def draft(session: Session, cast: Cast, side: Side, said: str) -> None:
    actor = cast.person_id("lina" if side is ASSISTANT else "ingrid")
    evaluation.save(session, actor, subject_in(session, cast), side, complete_answers(said), version=0)


def own(cast: Cast) -> str:
    return f"course-module/own/{cast.cohort_id}/{cast.courses['TDT4100']}/evaluation"


def departments(cast: Cast) -> str:
    return f"course-module/{cast.cohort_id}/evaluations/{cast.person_id('lina')}"


def everything_told(browser: Browser, addresses: Iterable[str], within: str = "") -> str:
    """All that links lead to from there and from the start page, if it begins with `within`, and what is answered to
    whatever a side can send."""
    waiting, done, told = ["", *addresses], set[str](), list[str]()
    while waiting:
        path = waiting.pop()
        done.add(path)
        answer = browser.get(path)
        # Some of it is no page.
        text = answer.data.decode(errors="replace")
        told.append(f"{answer.headers}{text}")
        found = {link.removeprefix(browser.prefix).split("#")[0] for link in Page(text).links}
        inside = {one for one in found if not one.startswith(("/", "http")) and one.startswith(within)}
        waiting += sorted(inside - done - {*waiting})
    for path in addresses:
        body = {**complete_answers("guess").stored(), "version": 77}
        told.append(browser.send_json("PUT", f"{path}/draft", body).text)
        told += [browser.post(path, form_of(complete_answers("guess"), 77, "save")).text]
    return "".join(told)


@pytest.mark.parametrize("submitted", [False, True])
def test_a_learning_assistant_learns_nothing_of_what_the_course_wrote(
    session: Session, cast: Cast, held: CourseModule, *, submitted: bool
) -> None:
    draft(session, cast, ASSISTANT, THEIRS)
    (hand_in if submitted else draft)(session, cast, DEPARTMENT, OURS)
    session.commit()
    told = everything_told(cast.visit("lina", course="TDT4100", module=None), [own(cast), "course-module/own"])
    assert THEIRS in told
    assert OURS not in told


@pytest.mark.parametrize("submitted", [False, True])
def test_a_course_learns_nothing_of_what_a_learning_assistant_wrote(
    session: Session, cast: Cast, held: CourseModule, *, submitted: bool
) -> None:
    draft(session, cast, DEPARTMENT, OURS)
    (hand_in if submitted else draft)(session, cast, ASSISTANT, THEIRS)
    session.commit()
    told = everything_told(cast.visit("ingrid"), [departments(cast)])
    assert OURS in told
    assert THEIRS not in told


@pytest.mark.parametrize("first", Side)
def test_both_read_both_once_both_are_submitted_and_nobody_else_does(
    session: Session, cast: Cast, held: CourseModule, first: Side
) -> None:
    said = {DEPARTMENT: OURS, ASSISTANT: THEIRS}
    for side in (first, evaluation.other_of(first)):
        hand_in(session, cast, side, said[side])
    session.commit()
    for name, address in (("lina", own(cast)), ("ingrid", departments(cast))):
        page = cast.visit(name, course="TDT4100").get(address).text
        assert f"{OURS} develops" in page
        assert f"{THEIRS} develops" in page
    for name, course in (("frode", "TDT4100"), ("stig", "TMA4100"), ("kari", "LAOS"), ("astrid", "LAOS")):
        visit = cast.visit(name, course=course, module=None)
        told = everything_told(visit, [own(cast), departments(cast)], within="course-module")
        assert OURS not in told
        assert THEIRS not in told
