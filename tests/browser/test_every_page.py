"""Every page of every role: no violation of WCAG 2.2 A or AA, light and dark, and nothing wider than a phone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems
from tests.browser.stage import Stage, speak


@dataclass(frozen=True)
class Visit:
    """Pages below one launch of `sub`; `link` None is the module in the programme course."""

    sub: str
    pages: Mapping[str, str]
    link: str | None = None
    language: str = "en"
    complaints: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.sub} through {self.link or 'the module'} in {self.language}"


POOLS = {
    "pools": "/pools",
    "nobody left": "/pools?show=left",
    "nobody found in pools": "/pools?q=nobody",
    "kept apart": "/conflicts",
    "whom to keep apart": "/conflicts/new?first=oda&second=nobody",
    "a pair to keep apart": "/conflicts/new?first=oda&second=a",
}
SESSIONS = {
    "sessions": "/sessions",
    "all sessions": "/sessions?show=all",
    "planning a date": "/sessions/cohorts/1/new",
    "planning a series": "/sessions/cohorts/1/series",
    "a file of dates": "/sessions/cohorts/1/file",
}
EMPLOYED = {
    "employed people": "/employment",
    "sending a list": "/employment/1/lists",
    "who is who": "/employment/1/unmatched",
    "forgetting people": "/employment/1/end",
    "applications": "/equivalence/inbox",
}
MATRIX = {
    "the matrix": "/matrix",
    "who is at risk": "/matrix?show=at-risk",
    "the matrix on paper": "/matrix/print",
    "one person of it": "/matrix/people/3?cohort=1",
}
ADMINISTRATION = {
    "platforms": "/platforms",
    "a platform": "/platforms/1",
    "its form": "/platforms/1/edit",
    "disconnecting it": "/platforms/1/remove",
    "which platform": "/platforms/new",
    "a guide that asks for a choice": "/platforms/new/canvas",
    "a guide that asks for an address": "/platforms/new/moodle?start=moodle.test",
    "a guide without a question": "/platforms/new/other",
    "no invitation": "/platforms/invitations",
    "administrators": "/administrators",
    "people found": "/administrators?q=an",
    "nobody found": "/administrators?q=nobody",
}

VISITS = (
    Visit(
        "la-oda",
        {
            "task list with one evaluation given": "/",
            "reading": "/modules/om1/reading",
            "test, passed": "/modules/om1/test",
            "its result": "/modules/om1/test/attempts/1",
            "essay": "/modules/om1/essay",
            "evaluations to give": "/modules/om1/evaluations",
            "evaluations received": "/modules/om1/received",
            "the whole training": "/training",
            "dates to choose from": "/meetings/core-1",
            "her dates": "/meetings",
            "what to prepare": "/meetings/core-1/preparation",
            "no certificate yet": "/certificates",
            "other training": "/equivalence",
            "what there is to choose": "/choose?work=laboratory",
            "side by side": "/choose/compare?compare=om1&compare=om3&compare=om8",
            "one instead of another": "/choose/modules/om3",
            "giving one up": "/choose/modules/om2/give-up",
            "checking in": "/marking/here",
            "not chosen": "/modules/om3",
            "what courses hold for her": "/course-module/own",
            "no such page": "/modules/om1/nothing",
            "somebody else's page": "/gradebook",
        },
        complaints=("status of 404", "status of 403"),
    ),
    Visit(
        "la-thuy",
        {
            "task list": "/",
            "test": "/modules/om1/test",
            "essay": "/modules/om1/essay",
            "reading": "/modules/om1/reading",
        },
        language="nb",
    ),
    Visit("instructor-solveig", {"start": "/", "gradebook": "/gradebook"}, "tdt4100-om1", language="nb"),
    Visit(
        "coordinator-henrik",
        {"start": "/", "inbox": "/moderation", "shortages": "/shortages", "insight": "/insight", **POOLS},
        language="nb",
    ),
    Visit("la-thuy", {"task list": "/", "nothing received": "/modules/om1/received"}),
    Visit("la-nils", {"everything done": "/", "a failed attempt": "/modules/om1/test/attempts/1"}),
    Visit("la-amina", {"my training": "/", "module": "/modules/om1", "locked essay": "/modules/om1/essay"}, "training"),
    Visit(
        "stranger-jonas",
        {
            "first page": "/",
            "test, not begun": "/modules/om1/test",
            "evaluations, not open yet": "/modules/om1/evaluations",
        },
        "tma4100-om1",
    ),
    Visit(
        "instructor-solveig",
        {
            "start": "/",
            "gradebook": "/gradebook",
            "nobody failed": "/gradebook?show=failed",
            "nobody left": "/gradebook?show=left",
            "reading": "/modules/om1/reading",
            "essays of the course": "/essays/course",
            "what the course holds": "/course-module",
            "a date of the course": "/course-module/1/meetings/follow-up/dates",
            "what is agreed on": "/course-module/1/agreement",
            **MATRIX,
        },
        "tdt4100-om1",
    ),
    Visit("instructor-solveig", {"start": "/"}, "tdt4100-training"),
    Visit("stranger-astrid", {"start": "/", "few learners": "/gradebook?show=done"}, "tma4100-om1"),
    Visit(
        "coordinator-henrik",
        {
            "start": "/",
            "inbox": "/moderation",
            "shortages": "/shortages",
            "gradebook": "/gradebook",
            "dates": "/dates",
            "the next term": "/dates/1/next-term",
            "modules and content": "/authoring",
            "a question and its translation": "/authoring/om1/edit/questions.purpose/nb",
            "more time": "/dates/1/extensions?q=an",
            "insight": "/insight",
            "choices": "/choices",
            "how far the courses are": "/course-module/courses",
            "who has not chosen": "/choices/1/undecided",
            "questions": "/question-analysis",
            "a question": "/question-analysis/purpose",
            "essays": "/essays",
            "an essay with a copied passage": "/essays?show=copied",
            **POOLS,
            **SESSIONS,
            # The lists themselves: tests/browser/test_marking.py.
            "attendance": "/marking",
            **EMPLOYED,
            **MATRIX,
            "certificates": "/certificates/cohorts/1",
            "somebody's certificate": "/certificates/cohorts/1/people/3",
            "who waits": "/insight/people?stage=waiting",
        },
    ),
    Visit(
        "admin-marit",
        {
            "start": "/",
            "inbox": "/moderation",
            "everything in it": "/moderation?show=all",
            "nobody found": "/moderation?q=nobody",
            "approving together": "/moderation/bulk",
            **ADMINISTRATION,
        },
    ),
    Visit("admin-marit", ADMINISTRATION, language="nb"),
)


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_pages_that_only_need_to_be_opened(stage: Stage, enter: Enter, visit: Visit) -> None:
    person = enter(visit.sub)
    person.watch.expected += visit.complaints
    address = person.open(f"{stage.course}-training" if visit.link == "training" else visit.link, visit.language)
    found = {}
    for name, path in visit.pages.items():
        person.page.goto(address + path)
        found[name] = problems(person.page)
    assert found == {name: [] for name in visit.pages}


def test_pages_without_a_visit(stage: Stage, enter: Enter) -> None:
    person = enter("la-oda")
    person.watch.expected += ["status of 401", "status of 400", "status of 404"]
    found = {}
    for path in (
        "/",
        "/l/unknown/",
        "/lti/login",
        "/nothing",
        "/digest/unknown",
        "/admin",
        "/admin?notice=left",
        "/check-in",
    ):
        person.page.goto(stage.tool + path)
        found[path] = problems(person.page)
    assert found == {path: [] for path in found}


def test_the_page_that_ends_e_mails(stage: Stage, enter: Enter) -> None:
    with closing(sqlite3.connect(stage.database, timeout=20)) as database:
        values = "'the-key', '[]', '2026-01-01 00:00:00.000000', 0, '2026-01-01 00:00:00.000000'"
        database.execute(
            "INSERT INTO digest (person_id, key, said, due_at, failures, created_at) "
            f"SELECT id, {values} FROM person WHERE subject = 'la-oda'"
        )
        database.commit()
    page = enter("la-oda").page
    page.goto(f"{stage.tool}/digest/the-key")
    assert problems(page) == []
    page.get_by_role("button", name="Send me no more e-mails").click()
    expect(page.locator("h1")).to_have_text("You get no more of these e-mails")
    assert problems(page) == []


def test_a_test_with_questions_left_out(enter: Enter) -> None:
    person = enter("la-sindre")
    page, address = person.page, person.open()
    page.goto(f"{address}/modules/om1/test")
    page.locator("main form button").first.click()
    expect(page.locator("fieldset").first).to_be_visible()
    assert problems(page) == []
    page.locator('button[value="submit"]').click()
    expect(page.locator(".problem-summary")).to_be_visible()
    assert problems(page) == []


def test_an_essay_that_is_too_short_and_its_preview(enter: Enter) -> None:
    person = enter("la-leila")
    person.watch.expect("status of 422")
    page, address = person.page, person.open()
    page.goto(f"{address}/modules/om1/essay")
    assert problems(page) == []
    page.locator('button[value="preview"]').click()
    expect(page.locator("#preview")).to_be_visible()
    assert problems(page) == []
    page.locator('button[value="submit"]').click()
    expect(page.locator(".problem-summary")).to_be_visible()
    assert problems(page) == []


def test_an_evaluation_that_is_not_begun_and_one_that_is_incomplete(enter: Enter) -> None:
    priya = enter("la-priya")
    address = priya.open()
    priya.page.goto(f"{address}/modules/om1/evaluations")
    open_task(priya.page, 0)
    assert problems(priya.page) == []
    thuy = enter("la-thuy")
    thuy.watch.expect("status of 422")
    address = thuy.open()
    thuy.page.goto(f"{address}/modules/om1/evaluations")
    open_task(thuy.page, 1)
    assert problems(thuy.page) == []
    thuy.page.locator('button[value="submit"]').click()
    expect(thuy.page.locator(".problem-summary")).to_be_visible()
    assert problems(thuy.page) == []
    thuy.page.locator('button[value="preview"]').click()
    expect(thuy.page.locator("h1")).to_have_text("Preview of your evaluation")
    assert problems(thuy.page) == []


def test_an_evaluation_once_its_author_has_read_it(enter: Enter) -> None:
    nils = enter("la-nils")
    address = nils.open()
    nils.page.goto(f"{address}/modules/om1/received")
    nils.page.get_by_role("button", name="Read evaluation").first.click()
    expect(nils.page.locator("dl.evaluation, .evaluation").first).to_be_visible()
    assert problems(nils.page) == []
    amina = enter("la-amina")
    address = amina.open()
    amina.page.goto(f"{address}/modules/om1/evaluations")
    open_task(amina.page, 0)
    expect(amina.page.locator("form textarea")).to_have_count(0)
    assert problems(amina.page) == []


def open_task(page: Page, number: int) -> None:
    page.locator(".tasks a").nth(number).click()
    page.wait_for_url("**/evaluations/*")
    expect(page.locator("footer.foot")).to_be_visible()


def test_a_learner_as_the_instructor_sees_them(enter: Enter) -> None:
    solveig = enter("instructor-solveig")
    page, address = solveig.page, solveig.open("tdt4100-om1")
    page.goto(f"{address}/gradebook")
    page.get_by_role("link", name="Nils Ánte Sara").click()
    expect(page.locator("h1")).to_have_text("Nils Ánte Sara")
    assert problems(page) == []


def test_an_evaluation_as_the_coordinator_sees_it(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page, address = henrik.page, henrik.open()
    page.goto(f"{address}/moderation")
    page.locator("tbody [data-line]").first.click()
    page.wait_for_url(re.compile(r"/moderation/[^?]+"))
    expect(page.locator("footer.foot")).to_be_visible()
    assert problems(page) == []


def test_a_list_of_people_before_it_is_taken_over(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page, address = henrik.page, henrik.open()
    page.goto(f"{address}/employment/1/lists")
    people = "Name;Position;Hours\nKari Nordmann;Professor;80\nOla Li;LA;many\n"
    file: FilePayload = {"name": "people.csv", "mimeType": "text/csv", "buffer": people.encode()}
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("button", name="Take the list over")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Mistakes").click()
    expect(page.get_by_text("“many” is no number of hours")).to_be_visible()
    assert problems(page) == []


LMS_PAGES = {
    "la-amina": ("/", "/courses", "/courses/tdt4100", "/courses/tdt4100/gradebook", "/nothing"),
    "instructor-solveig": (
        "/courses/tdt4100",
        "/courses/tdt4100/deep-linking?tool=demo-client",
        "/courses/tdt4100/gradebook",
        "/courses/tma4100",
    ),
}


@pytest.mark.parametrize("sub", LMS_PAGES)
def test_pages_of_the_demo_lms(stage: Stage, enter: Enter, sub: str) -> None:
    person = enter(sub)
    person.watch.expected += ["status of 403", "status of 404"]
    person.sign_in()
    found = {}
    for path in LMS_PAGES[sub]:
        person.page.goto(stage.lms + path)
        found[path] = problems(person.page)
    person.open_in_frame("tdt4100-om1", "tdt4100")
    speak(person.frame)
    found["activity"] = problems(person.page)
    assert found == {path: [] for path in found}


def test_pages_of_the_demo_lms_that_connect_tools(stage: Stage, enter: Enter) -> None:
    marit = enter("admin-marit")
    marit.watch.expect("status of 400")
    marit.sign_in()
    marit.page.get_by_role("link", name="Tools").click()
    expect(marit.page.locator("h1")).to_have_text("Tools")
    assert problems(marit.page) == []
    marit.page.get_by_label("Registration address").fill("somewhere")
    marit.page.get_by_role("button", name="Connect").click()
    expect(marit.page.get_by_role("alert")).to_be_visible()
    assert problems(marit.page) == []
