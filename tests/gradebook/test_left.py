"""Learning assistants who are no longer in the course."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lti_tool.database import now
from lti_tool.passback.models import Delivery
from lti_tool.people.models import Membership
from tests import work
from tests.cast import Browser, Cast
from tests.gradebook.test_table import counted, names_in
from tests.pages import problems_of


@pytest.fixture
def ingrid(cast: Cast) -> Browser:
    """Amir, who has left, had finished; his score did not arrive."""
    cast.visit("amir", course="TDT4100")
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("amir"))
        score = work.score_of(session, cast.person_id("amir"))
        score.state, score.failure = Delivery.FAILED, "refused"
        member = session.get_one(Membership, (cast.person_id("amir"), cast.courses["TDT4100"]))
        member.left_at = now() - timedelta(days=1)
    return cast.visit("ingrid")


def test_no_figure_counts_them_but_their_own(ingrid: Browser) -> None:
    page = ingrid.get("gradebook").text
    assert counted(page) == [2, 2, 0, 0, 0, 1]
    assert names_in(page) == ["Frode Testperson", "Lina Testperson"]
    assert "2 learning assistants" in page
    assert problems_of(page) == []


@pytest.mark.parametrize("show", ["done", "failed", "in-progress", "not-started"])
def test_no_list_shows_them_but_their_own(ingrid: Browser, show: str) -> None:
    assert "Amir Testperson" not in ingrid.get(f"gradebook?show={show}").text


def test_their_own_list_says_in_words_since_when_and_keeps_their_results(ingrid: Browser) -> None:
    page = ingrid.get("gradebook?show=left").text
    assert names_in(page) == ["Amir Testperson"]
    assert re.search(r"Left the course <time", page)
    assert "3 of 3" in page
    assert "Resend" in page
    assert problems_of(page) == []


def test_their_page_stays(ingrid: Browser, cast: Cast) -> None:
    page = ingrid.get(f"gradebook/learners/{cast.person_id('amir')}").text
    assert re.search(r"Left the course <time", page)
    assert "3/3" in page
    assert work.ESSAY.split("*")[0] in page
    assert problems_of(page) == []


def test_without_them_there_is_no_such_list_in_the_menu(cast: Cast) -> None:
    page = cast.visit("ingrid").get("gradebook").text
    assert counted(page) == [3, 3, 0, 0, 0]
    assert "Left the course" not in page


def test_in_their_other_course_nothing_is_said(ingrid: Browser, cast: Cast) -> None:
    page = cast.visit("kari").get("gradebook").text
    assert "Amir Testperson" in page
    assert "Left the course" not in page


def test_a_course_that_everybody_has_left_still_leads_to_them(ingrid: Browser, cast: Cast) -> None:
    with work.done_before(cast) as session:
        for name in ("lina", "frode"):
            member = session.get_one(Membership, (cast.person_id(name), cast.courses["TDT4100"]))
            member.left_at = now()
    page = ingrid.get("gradebook").text
    assert "No learning assistant has been here yet" not in page
    assert counted(page) == [0, 0, 0, 0, 0, 3]
