"""The essay: second tabs, dropped connections, and visits that end."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import Enter
from tests.browser.stage import SAVED, Person, Stage, open_profile, speak
from tests.browser.test_journey import BLOCKED
from tests.chromium import forget_what_was_said


def essay_in(person: Person) -> Page:
    address = person.open()
    person.page.goto(f"{address}/modules/om1/essay")
    return person.page


def essay(page: Page) -> str:
    return page.get_by_label("Your essay").input_value()


def write(page: Page, text: str) -> None:
    forget_what_was_said(page)
    page.get_by_label("Your essay").fill(text)


def says(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".autosave")).to_have_text(text)


def test_two_tabs_show_both_texts_and_overwrite_neither(enter: Enter) -> None:
    leila = enter("la-leila")
    leila.watch.expect("status of 409")
    first = essay_in(leila)
    leila.page = leila.context.new_page()
    second = essay_in(leila)
    write(first, "Written in the first tab.")
    says(first, SAVED)
    write(second, "Written in the second tab.")
    expect(second.locator("#conflict")).to_be_visible()
    expect(second.locator("#other-text")).to_have_value("Written in the first tab.")
    assert essay(second) == "Written in the second tab."
    second.get_by_role("button", name="Keep mine").click()
    expect(second.locator("#conflict")).to_be_hidden()
    says(second, SAVED)
    second.reload()
    assert essay(second) == "Written in the second tab."


def test_a_dropped_connection_keeps_the_text_and_saves_it_later(enter: Enter) -> None:
    sindre = enter("la-sindre")
    sindre.watch.expect("ERR_INTERNET_DISCONNECTED")
    page = essay_in(sindre)
    sindre.context.set_offline(True)
    write(page, "Written in a tunnel.")
    expect(page.locator(".autosave")).to_contain_text("Not saved: no connection. Your text is kept on this device")
    sindre.context.set_offline(False)
    says(page, SAVED)
    page.reload()
    assert essay(page) == "Written in a tunnel."


def test_a_visit_that_ends_keeps_the_text_on_the_device(stage: Stage, enter: Enter) -> None:
    sindre = enter("la-sindre")
    sindre.watch.expect("status of 401")
    page = essay_in(sindre)
    stage.end_visits()
    write(page, "Eight hours later.")
    expect(page.locator(".autosave")).to_contain_text("your visit has ended. Your text is kept on this device")
    page = essay_in(sindre)
    expect(page.get_by_label("Your essay")).to_have_value("Eight hours later.")
    says(page, SAVED)


def test_where_a_frame_may_store_nothing_the_page_says_to_copy_the_text(
    stage: Stage, playwright: Playwright, present: list[Person], tmp_path: Path
) -> None:
    context = open_profile(playwright, tmp_path / "profile", BLOCKED)
    try:
        sindre = Person(stage, context, "la-sindre")
        present.append(sindre)
        sindre.watch.expect("status of 401")
        sindre.sign_in()
        frame = sindre.open_in_frame(f"{stage.course}-om1")
        speak(frame)
        frame.get_by_role("link", name="Reflection essay").click()
        expect(frame.get_by_label("Your essay")).to_be_visible()
        stage.end_visits()
        frame.get_by_label("Your essay").fill("Nowhere to go.")
        expect(frame.locator(".autosave")).to_contain_text("Copy your text before you leave the page.")
    finally:
        context.close()
