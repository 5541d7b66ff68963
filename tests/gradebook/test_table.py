"""The gradebook of a course: its learning assistants, how far they have come, and where their points are."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import StepResult
from lti_tool.paging import PAGE_SIZE
from lti_tool.passback.models import Delivery
from lti_tool.peer_review.pools import withdraw
from lti_tool.people.models import LinkVisit, Membership, Person, Role
from lti_tool.people.names import pseudonym
from lti_tool.programme.models import Cohort
from lti_tool.reflection.models import Essay
from tests import work
from tests.cast import Cast, add_module, small_module
from tests.conftest import SECRET, CountStatements


def names_in(page: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)]


def row_of(page: str, name: str) -> str:
    start = page.index(f">{name}</a>")
    return page[start : page.index("</tr>", start)]


def counted(page: str) -> list[int]:
    return [int(figure) for figure in re.findall(r'<span class="figure">(\d+)</span>', page)]


def add_learners(session: Session, cast: Cast, number: int, course: str = "TDT4100") -> list[int]:
    ids = []
    for n in range(number):
        person = Person(platform_id=cast.platform_id, subject=f"crowd-{course}-{n}", name=f"Crowd {n:03}")
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, course_id=cast.courses[course], role=Role.LEARNER))
        session.add(LinkVisit(link_id=cast.links[course, "om1"], person_id=person.id))
        ids.append(person.id)
    session.flush()
    return ids


def test_it_lists_the_learners_of_this_course_and_nobody_else(cast: Cast) -> None:
    page = cast.visit("ingrid").get("gradebook").text
    assert names_in(page) == ["Amir Testperson", "Frode Testperson", "Lina Testperson"]
    assert "Una" not in page
    assert "Siri" not in page


def test_each_step_says_how_far_it_is(cast: Cast) -> None:
    cast.visit("amir", course="TDT4100")
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
        work.draft_essay(session, cast.person_id("lina"))
        work.complete(session, cast.person_id("amir"))
    page = cast.visit("ingrid").get("gradebook").text
    assert "1 attempt, best 1 right" in row_of(page, "Lina Testperson")
    assert "Draft" in row_of(page, "Lina Testperson")
    assert row_of(page, "Frode Testperson").count("Not started") == 3
    for said in ("3 of 3", "Passed, 3/3", "Submitted", "Both given", "100", "Waiting to be sent"):
        assert said in row_of(page, "Amir Testperson")


def test_evaluations_say_waiting_then_begun_then_how_many(cast: Cast) -> None:
    browser = cast.visit("ingrid")

    def lina() -> str:
        return row_of(browser.get("gradebook").text, "Lina Testperson")

    with work.done_before(cast) as session:
        for name in ("lina", "frode"):
            work.submit_essay(session, cast.person_id(name))
    assert "Waiting</span>" in lina()
    with work.done_before(cast) as session:
        work.submit_essay(session, cast.person_id("amir"))
    assert "Waiting</span>" not in lina()
    with work.done_before(cast) as session:
        work.begin_evaluation(session, cast.person_id("lina"))
    assert "Started</span>" in lina()
    with work.done_before(cast) as session:
        work.submit_evaluation(session, cast.person_id("lina"))
    assert "1 of 2 given" in lina()


def test_an_essay_that_was_returned_is_no_draft(cast: Cast) -> None:
    lina = cast.person_id("lina")
    with work.done_before(cast) as session:
        work.submit_essay(session, lina)
        returned = {"returned_at": now(), "returned_comment": "Say more about your own part."}
        session.execute(update(Essay).values(returned))
        session.execute(delete(StepResult))
    line = row_of(cast.visit("ingrid").get("gradebook").text, "Lina Testperson")
    assert "Returned for revision" in line
    assert "Draft" not in line


def test_somebody_who_left_the_peer_evaluation_does_not_wait(cast: Cast) -> None:
    lina = cast.person_id("lina")
    with work.done_before(cast) as session:
        work.submit_essay(session, lina)
        withdraw(session, work.take_part_in(session, lina), reason="Another job", person_id=None)
    line = row_of(cast.visit("ingrid").get("gradebook").text, "Lina Testperson")
    assert "Left the peer evaluation" in line
    assert "Waiting</span>" not in line


def test_a_failed_score_says_why_and_a_sent_one_when(cast: Cast) -> None:
    for name in ("amir", "lina"):
        cast.visit(name, course="TDT4100")
    with work.done_before(cast) as session:
        for name, state in (("amir", Delivery.FAILED), ("lina", Delivery.SENT)):
            work.complete(session, cast.person_id(name))
            score = work.score_of(session, cast.person_id(name))
            score.state = state
            score.failure, score.failure_status = ("refused", 422) if state is Delivery.FAILED else (None, None)
            score.sent_at = score.created_at
    page = cast.visit("ingrid").get("gradebook").text
    assert "422" in row_of(page, "Amir Testperson")
    assert "What to do" in row_of(page, "Amir Testperson")
    assert re.search(r"Sent</span><p class=\"note\"><time ", row_of(page, "Lina Testperson"))


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("all", ["Amir Testperson", "Frode Testperson", "Lina Testperson"]),
        ("not-started", ["Frode Testperson"]),
        ("in-progress", ["Lina Testperson"]),
        ("done", ["Amir Testperson"]),
        ("failed", ["Amir Testperson"]),
    ],
)
def test_a_filter_shows_those_it_counts(cast: Cast, show: str, names: list[str]) -> None:
    cast.visit("amir", course="TDT4100")
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
        work.complete(session, cast.person_id("amir"))
        score = work.score_of(session, cast.person_id("amir"))
        score.state, score.failure = Delivery.FAILED, "refused"
    page = cast.visit("ingrid").get(f"gradebook?show={show}").text
    assert names_in(page) == names
    assert counted(page) == [3, 1, 1, 1, 1]


def test_a_score_that_failed_in_another_course_is_not_counted_here(cast: Cast) -> None:
    cast.visit("amir", course="LAOS")
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("amir"))
        score = work.score_of(session, cast.person_id("amir"))
        score.state, score.failure = Delivery.FAILED, "refused"
    page = cast.visit("ingrid").get("gradebook").text
    assert counted(page) == [3, 2, 0, 1, 0]
    assert "Failed" not in page
    assert "they have not come through a graded link" in row_of(page, "Amir Testperson")


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Amir", "Frode", "Lina"]),
        ("-name", ["Lina", "Frode", "Amir"]),
        ("progress", ["Frode", "Lina", "Amir"]),
        ("-progress", ["Amir", "Lina", "Frode"]),
    ],
)
def test_it_sorts_by_name_and_by_progress(cast: Cast, sort: str, order: list[str]) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("amir"), 3, passed=True)
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
    found = names_in(cast.visit("ingrid").get(f"gradebook?sort={sort}").text)
    assert [name.split()[0] for name in found] == order


def test_a_long_course_comes_in_pages_of_fifty(cast: Cast) -> None:
    with work.done_before(cast) as session:
        add_learners(session, cast, PAGE_SIZE)
    browser = cast.visit("ingrid")
    first, second = browser.get("gradebook").text, browser.get("gradebook?page=2").text
    assert (len(names_in(first)), len(names_in(second))) == (PAGE_SIZE, 3)
    assert "page 1 of 2" in first
    assert not set(names_in(first)) & set(names_in(second))
    assert names_in(browser.get("gradebook?page=99").text) == names_in(second)


def test_somebody_without_a_name_keeps_the_same_stand_in(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(update(Person).where(Person.id == cast.person_id("amir")).values(name=None))
    browser = cast.visit("ingrid")
    stand_in = f"Learning assistant {pseudonym(SECRET, cast.person_id('amir'))}"
    assert names_in(browser.get("gradebook").text)[-1] == stand_in
    assert stand_in in browser.get(f"gradebook/learners/{cast.person_id('amir')}").text


def test_an_empty_course_says_how_it_fills(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(delete(Membership).where(Membership.role == Role.LEARNER))
    assert "No learning assistant has been here yet" in cast.visit("ingrid").get("gradebook").text


def test_an_empty_filter_leads_back_to_everybody(cast: Cast) -> None:
    assert "Show all learning assistants" in cast.visit("ingrid").get("gradebook?show=done").text


def test_without_any_programme_there_is_still_a_page(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.execute(update(Cohort).values(is_open=False))
    answer = cast.visit("ingrid", module=None).get("gradebook")
    assert answer.status_code == 200
    assert "There is no online module yet" in answer.text


def test_a_link_without_a_module_lets_the_instructor_choose(cast: Cast) -> None:
    with work.done_before(cast) as session:
        add_module(session, small_module("om2"))
        work.complete(session, cast.person_id("amir"))
    browser = cast.visit("ingrid", module=None)
    assert "3 of 3" in browser.get("gradebook").text
    assert "3 of 3" not in browser.get("gradebook?module=om2").text
    assert browser.get("gradebook?module=om99").status_code == 404


def test_a_link_of_one_module_shows_no_other(cast: Cast) -> None:
    with work.done_before(cast) as session:
        add_module(session, small_module("om2"))
    assert cast.visit("ingrid").get("gradebook?module=om2").status_code == 404


@pytest.mark.parametrize("query", ["show=some", "sort=grade", "page=0", "page=x"])
def test_an_address_that_means_nothing_is_refused_with_a_way_on(cast: Cast, query: str) -> None:
    answer = cast.visit("ingrid").get(f"gradebook?{query}")
    assert answer.status_code == 400
    assert "Open the results from the start page" in answer.text


@pytest.mark.parametrize("path", ["gradebook", "gradebook/learners/1"])
def test_learners_have_no_gradebook(cast: Cast, path: str) -> None:
    assert cast.visit("lina").get(path).status_code == 403


def test_a_coordinator_sees_the_course_they_came_from(cast: Cast) -> None:
    assert len(names_in(cast.visit("kari").get("gradebook").text)) == 5


def test_a_page_costs_the_same_for_three_as_for_sixty(cast: Cast, count_statements: CountStatements) -> None:
    browser = cast.visit("ingrid")
    with work.done_before(cast) as session:
        for name in ("lina", "frode", "amir"):
            work.complete(session, cast.person_id(name))
    with count_statements() as few:
        browser.get("gradebook")
    with work.done_before(cast) as session:
        for person_id in add_learners(session, cast, 57):
            work.complete(session, person_id)
    with count_statements() as many:
        assert len(names_in(browser.get("gradebook").text)) == PAGE_SIZE
    assert len(few) == len(many)
    assert len(many) <= 20
