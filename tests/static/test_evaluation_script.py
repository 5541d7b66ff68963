"""The evaluator's page with script: nothing chosen or written is lost, and two versions are both shown."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lti_tool.database import db
from lti_tool.peer_review.actions import start_evaluation
from lti_tool.peer_review.models import Evaluation
from tests import work
from tests.cast import Cast
from tests.chromium import forget_what_was_said
from tests.peer_review.giving import tasks_of
from tests.static.conftest import Desk, later, lose_the_connection, settled

SAVED = re.compile(r"^Saved \d\d:\d\d$")


def begin(cast: Cast) -> str:
    """Lina's first evaluation, begun."""
    with work.done_before(cast) as session:
        for name in ("lina", "frode", "amir"):
            work.submit_essay(session, cast.person_id(name))
        public_id = tasks_of(session, cast.person_id("lina"))[0]
        start_evaluation(session, cast.person_id("lina"), public_id)
    return public_id


def draft(app: Flask) -> dict[str, Any]:
    """What is stored of the only evaluation that is begun."""
    with app.app_context():
        return dict(db.session.scalars(select(Evaluation.draft).where(Evaluation.started_at.is_not(None))).one())


@pytest.fixture
def write(lina: Desk) -> Callable[[], Page]:
    """Open the evaluation in a new tab of a new visit."""
    public_id = lina.stored(lambda _app: begin(lina.cast))
    return lambda: lina.tab(lina.open_visit() + f"evaluations/{public_id}")


def status(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".autosave")).to_have_text(text)


def test_a_level_and_a_comment_are_saved_and_there_after_a_reload(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    page.get_by_label("Level 3").first.check()
    page.get_by_label("Why?").nth(1).press_sequentially("You show it well")
    expect(page.locator("#words-comment-c2")).to_have_text("Words: 4 of at least 3.")
    expect(page.locator("#words-comment-c2")).to_have_attribute("data-enough", "")
    later(page)
    status(page, SAVED)
    stored = lina.stored(draft)
    assert stored["criteria"] == {
        "c1": {"level": "l3", "comment": ""},
        "c2": {"level": "", "comment": "You show it well"},
    }
    page.reload()
    expect(page.get_by_label("Level 3").first).to_be_checked()
    expect(page.get_by_label("Why?").nth(1)).to_have_value("You show it well")


def test_the_counter_is_announced_after_a_pause_and_no_more_once_there_is_enough(write: Callable[[], Page]) -> None:
    page = write()
    said, comment = page.locator("[data-announce]"), page.get_by_label("Why?").first
    comment.press_sequentially("You show")
    expect(page.locator("#words-comment-c1")).to_have_text("Words: 2 of at least 3.")
    expect(said).to_be_empty()
    later(page)
    expect(said).to_have_text("Words: 2 of at least 3.")
    comment.press_sequentially(" it")
    later(page)
    expect(said).to_have_text("Words: 3 of at least 3.")
    comment.press_sequentially(" very well")
    later(page)
    expect(page.locator("#words-comment-c1")).to_have_text("Words: 5 of at least 3.")
    expect(said).to_have_text("Words: 3 of at least 3.")


def test_what_a_tab_without_connection_kept_is_put_back(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    lose_the_connection(page)
    page.get_by_label("Level 2").nth(1).check()
    page.get_by_label("Overall?").press_sequentially("Not lost")
    page.close()
    page = write()
    expect(page.get_by_label("Level 2").nth(1)).to_be_checked()
    expect(page.get_by_label("Overall?")).to_have_value("Not lost")
    later(page)
    status(page, SAVED)
    assert lina.stored(draft)["overall"] == "Not lost"


@pytest.mark.parametrize(("choice", "kept"), [("Keep mine", "l1"), ("Take the other version", "l4")])
def test_two_tabs_show_both_versions_with_their_levels(
    lina: Desk, write: Callable[[], Page], choice: str, kept: str
) -> None:
    page, other = write(), write()
    other.get_by_label("Level 4").first.check()
    other.get_by_label("Why?").first.press_sequentially("From the other tab")
    later(other)
    status(other, SAVED)
    page.get_by_label("Level 1").first.check()
    later(page)
    panel = page.locator("#conflict")
    expect(panel).to_contain_text("Criterion 1")
    expect(panel).to_contain_text("Level 4")
    expect(panel).to_contain_text("From the other tab")
    panel.get_by_text(choice).click()
    expect(panel).to_be_hidden()
    expect(page.locator("[name=level-c1]:checked")).to_have_value(kept)
    # Saving goes on after either choice.
    forget_what_was_said(page)
    page.get_by_label("Overall?").fill("Settled")
    later(page)
    status(page, SAVED)
    assert lina.stored(draft)["overall"] == "Settled"
    assert lina.stored(draft)["criteria"]["c1"]["level"] == kept


def test_after_a_conflict_shown_by_the_server_nothing_is_saved_until_one_is_chosen(
    lina: Desk, write: Callable[[], Page]
) -> None:
    page, other = write(), write()
    other.get_by_label("Overall?").fill("Theirs")
    later(other)
    status(other, SAVED)
    page.get_by_label("Overall?").fill("Mine")
    page.locator(".actions").last.get_by_text("Save draft").click()
    expect(page.locator("#conflict")).to_contain_text("Theirs")
    sent: list[str] = []
    settled(page)
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_label("Overall?").fill("Mine and more")
    later(page)
    assert "PUT" not in sent
    assert lina.stored(draft)["overall"] == "Theirs"
    page.get_by_text("Keep mine").click()
    status(page, SAVED)
    assert lina.stored(draft)["overall"] == "Mine and more"
