"""A coordinator sees whose essay is short, takes it, puts it back, takes it again and writes its evaluation."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems
from tests.browser.stage import Learner, Stage

# Nobody plays her evaluator in the browser tests, so it is never begun.
EVALUATOR = "la-eirik"
# Stands on the page anyway, for a module in which nobody else has handed in.
ALONE = "la-nils"


def let_an_evaluation_lapse(stage: Stage) -> str:
    """As if its time were over; returns the name of whose essay it was about."""
    with closing(sqlite3.connect(stage.database, timeout=20)) as database:
        found = database.execute(
            "SELECT e.id, e.evaluator_id, e.author_id, writer.name FROM evaluation e"
            " JOIN pool_author giver ON giver.id = e.evaluator_id"
            " JOIN participation part ON part.id = giver.participation_id JOIN person p ON p.id = part.person_id"
            " JOIN pool_author taker ON taker.id = e.author_id"
            " JOIN participation written ON written.id = taker.participation_id"
            " JOIN person writer ON writer.id = written.person_id"
            " WHERE p.subject = ? AND e.status = 'open' AND writer.subject <> ? LIMIT 1",
            (EVALUATOR, ALONE),
        )
        evaluation_id, evaluator_id, author_id, name = found.fetchone()
        database.execute("DELETE FROM evaluation WHERE id = ?", (evaluation_id,))
        database.execute("UPDATE pool_author SET lapsed = lapsed + 1 WHERE id = ?", (evaluator_id,))
        database.execute("UPDATE pool_author SET to_receive = to_receive + 1 WHERE id = ?", (author_id,))
        database.commit()
    return str(name)


def take(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_label("Reason").fill("Nobody else comes this term.")
    page.get_by_role("button", name="I evaluate it myself").click()
    expect(page.locator(".notice")).to_have_text("Done. The list says how it stands now.")


def test_a_coordinator_takes_an_essay_that_is_short_and_evaluates_it(stage: Stage, enter: Enter) -> None:
    name = let_an_evaluation_lapse(stage)
    henrik = enter("coordinator-henrik")
    henrik.watch.expect("status of 422")
    page, address = henrik.page, henrik.open()
    page.goto(f"{address}/shortages")
    expect(page.locator("section", has=page.get_by_role("link", name=name))).to_contain_text("lacks one evaluator")
    expect(page.locator("section", has=page.get_by_role("link", name="Eirik Lunde"))).to_contain_text("Time ran out")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name="I evaluate it myself").click()
    expect(page.locator(".problem-summary")).to_be_focused()
    assert problems(page) == []
    page.goto(f"{address}/shortages")
    take(page, name)
    page.get_by_role("button", name="Undo").click()
    take(page, name)
    assert problems(page) == []
    page.get_by_role("link", name="Write the evaluation").click()
    learner = Learner(page)
    learner.evaluate("la-oda", 0)
    learner.press("Submit evaluation")
    expect(page.locator("#arranged + ul")).to_contain_text("Submitted")
    page.goto(f"{address}/pools?q={name.split()[0]}")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("row", name="Henrik Dahl")).to_contain_text("Submitted")
    assert problems(page) == []
