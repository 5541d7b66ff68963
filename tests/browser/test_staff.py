"""What an instructor and a coordinator see of the work of others."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from lti_tool.demo_lms.seed_work import essay_text, evaluation_texts
from tests.browser.conftest import Enter


def first_words(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:60]


def table_row(page: Page, name: str, state: str) -> None:
    """Wait for the worker, which sends while the page is looked at."""
    row = page.get_by_role("row", name=name)
    for _look in range(50):
        if state in (row.text_content() or ""):
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(row).to_contain_text(state)


def test_an_instructor_sees_a_score_arrive_and_sends_it_again(enter: Enter) -> None:
    solveig = enter("instructor-solveig")
    page, address = solveig.page, solveig.open("tdt4100-om1")
    page.goto(f"{address}/gradebook")
    table_row(page, "Nils Ánte Sara", "Sent")
    page.get_by_role("row", name="Nils Ánte Sara").get_by_role("button", name="Resend").click()
    expect(page.locator(".notice")).to_have_text("The score is on its way to the course's gradebook.")
    table_row(page, "Nils Ánte Sara", "Sent")
    page.goto(f"{solveig.stage.lms}/courses/tdt4100/gradebook")
    expect(page.get_by_role("row", name="Nils Ánte Sara").locator(".score")).to_have_text("100")


def test_an_instructor_reads_a_learner_of_the_course_and_whom_nobody_sees_is_not_there(enter: Enter) -> None:
    solveig = enter("instructor-solveig")
    page, address = solveig.page, solveig.open("tdt4100-om1")
    page.goto(f"{address}/gradebook")
    expect(page.get_by_role("table")).not_to_contain_text("Jonas Lie")
    page.get_by_role("link", name="Elif Kaya").click()
    expect(page.locator("article, .prose").first).to_contain_text(first_words(essay_text("la-elif")))


def test_a_coordinator_reads_an_evaluation_beside_its_essay(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page, address = henrik.page, henrik.open()
    page.goto(f"{address}/moderation")
    page.get_by_role("row", name="Eirik Lunde").filter(has_text="Amina Yusuf").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(first_words(essay_text("la-eirik")))
    expect(page.locator("main")).to_contain_text(first_words(evaluation_texts("la-eirik")[0]["overall"]))


def test_an_instructor_is_no_coordinator(enter: Enter) -> None:
    solveig = enter("instructor-solveig")
    address = solveig.open("tdt4100-om1")
    answer = solveig.page.goto(f"{address}/gradebook")
    assert answer is not None
    assert answer.status == 200
    assert solveig.page.request.get(f"{address}/moderation").status == 403
