"""Where a launch lands when its link names no module, and where staff begin."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from lti_tool.people.models import GrantKind, LaunchSession, ResourceLink, StaffGrant
from lti_tool.programme.models import Cohort
from tests import work
from tests.cast import Cast, add_module, small_module


def test_without_a_module_every_open_module_is_listed_with_its_state_and_next_step(cast: Cast) -> None:
    with work.done_before(cast) as session:
        add_module(session, small_module("om2"))
        work.complete(session, cast.person_id("lina"))
    page = cast.visit("lina", module=None).get().text
    assert "2 online modules are open to you" in page
    assert page.count("/modules/om1") == 1
    assert "Start with the reading" in page
    assert page.index("Done") < page.index("Not started")


def test_without_any_programme_a_learner_is_told_so_kindly(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(update(Cohort).values(is_open=False))
    assert "No online module is open yet" in cast.visit("lina", module=None).get().text


def test_a_link_to_a_module_that_is_not_there_gives_a_learner_a_page_that_leads_somewhere(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(update(ResourceLink).values(module_key="om99"))
    answer = cast.visit("lina").get()
    assert answer.status_code == 404
    assert "om99" in answer.text
    assert "Go to the start page" not in answer.text


def test_a_link_to_a_module_that_is_not_there_is_pointed_out_to_staff(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(update(ResourceLink).values(module_key="om99"))
    answer = cast.visit("ingrid").get()
    assert answer.status_code == 200
    assert "om99" in answer.text


def test_without_any_programme_staff_learn_who_can_load_one(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(update(Cohort).values(is_open=False))
    assert "lti-tool programme load" not in cast.visit("ingrid").get().text
    assert "lti-tool programme load" in cast.visit("astrid").get().text


@pytest.mark.parametrize(
    ("name", "doors"),
    [
        ("ingrid", ["Results", "Course-specific module"]),
        # The programme's own course holds no module of its own.
        ("kari", ["Results", "Review of evaluations"]),
        ("astrid", ["Results", "Review of evaluations", "Learning platforms"]),
    ],
)
def test_staff_see_what_they_may_do_and_nothing_else(cast: Cast, name: str, doors: list[str]) -> None:
    page = cast.visit(name).get().text
    every = ["Results", "Course-specific module", "Review of evaluations", "Learning platforms"]
    assert [door for door in every if door in page] == doors
    assert "/modules/om1/reading" in page


def test_a_learner_who_administers_has_both_their_training_and_the_platforms(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.add(StaffGrant(kind=GrantKind.ADMINISTRATOR, person_id=cast.person_id("lina"), granted_by="test"))
    page = cast.visit("lina").get().text
    assert "Open the reading" in page
    assert "Learning platforms" in page
    assert "Results" not in page


@pytest.mark.parametrize(("url", "shown"), [("https://lms.test/courses/7", True), ("javascript:alert(1)", False)])
def test_the_way_back_to_the_course_is_offered_only_as_a_web_address(cast: Cast, url: str, shown: bool) -> None:
    browser = cast.visit("lina")
    with work.done_before(cast) as session:
        session.execute(update(LaunchSession).values(return_url=url))
    assert (f'href="{url}"' in browser.get().text) is shown
