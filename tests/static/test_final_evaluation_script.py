"""The final evaluation with script: what is chosen and written is saved, and two versions are both shown."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from lti_tool.course_module.evaluation import side_of
from lti_tool.course_module.models import Side
from tests.cast import Cast
from tests.chromium import forget_what_was_said
from tests.course_module.holding import agree, hold_in_courses, subject_in
from tests.static.conftest import Desk, later
from tests.work import done_before

PROMPT = "The development during the term"


def begin(cast: Cast) -> str:
    """Where Lina's is."""
    with done_before(cast) as session:
        hold_in_courses(session)
        agree(session, cast)
    return f"course-module/own/{cast.cohort_id}/{cast.courses['TDT4100']}/evaluation"


def written(cast: Cast) -> tuple[str, str, str]:
    """What is stored of it: a level, the comment on it, and the first text."""
    with done_before(cast) as session:
        answers = side_of(session, subject_in(session, cast), Side.ASSISTANT).answers
    return answers.of("safety").level, answers.of("safety").comment, answers.development


def write(page: Page, text: str) -> None:
    forget_what_was_said(page)
    page.get_by_label(PROMPT).fill(text)
    later(page)


def is_saved(page: Page) -> None:
    expect(page.locator(".autosave")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))


def test_what_is_written_is_saved_and_another_tab_overwrites_nothing(lina: Desk) -> None:
    address = lina.open_visit() + lina.stored(lambda _app: begin(lina.cast))
    first = lina.tab(address)
    first.get_by_label("Secure").first.check()
    first.get_by_text("Comment, if you like").first.click()
    first.get_by_label("Comment: Make it safe to ask").fill("They ask more")
    write(first, "I listen more")
    is_saved(first)
    second = lina.tab(address)
    expect(second.get_by_label("Secure").first).to_be_checked()
    expect(second.get_by_label("Comment: Make it safe to ask")).to_be_visible()
    write(second, "I ask more")
    is_saved(second)
    write(first, "I wait more")
    expect(first.locator("#conflict")).to_contain_text("I ask more")
    first.get_by_role("button", name="Keep mine").click()
    later(first)
    is_saved(first)
    assert lina.stored(lambda _app: written(lina.cast)) == ("secure", "They ask more", "I wait more")
