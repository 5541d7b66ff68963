"""A coordinator improves a module while people are in the middle of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems
from tests.browser.stage import SAVED
from tests.chromium import forget_what_was_said

NEWS = "Fresh from the press."
READING = "/authoring/om1/edit/reading/en"


@pytest.fixture
def coordinator(enter: Enter) -> tuple[Page, str]:
    henrik = enter("coordinator-henrik")
    henrik.watch.expect("status of 409")
    return henrik.page, henrik.open()


def type_at_the_end(page: Page, text: str) -> None:
    forget_what_was_said(page)
    page.locator("#t-reading").press("Control+End")
    page.keyboard.insert_text(f"\n\n{text}")


def test_who_has_begun_keeps_the_old_text_and_a_newcomer_meets_the_new_one(
    enter: Enter, coordinator: tuple[Page, str]
) -> None:
    page, address = coordinator
    page.goto(address + READING)
    type_at_the_end(page, f"**{NEWS}**")
    expect(page.locator(".writing-preview strong", has_text=NEWS)).to_be_visible()
    expect(page.locator(".autosave")).to_have_text(SAVED)
    assert problems(page) == []
    page.goto(f"{address}/authoring/om1/publish")
    expect(page.get_by_text("Reading: changed")).to_be_visible()
    assert problems(page) == []
    page.get_by_label("What is new, in your words").fill("A last sentence.")
    page.get_by_role("button", name="Publish version").click()
    expect(page.locator(".notice")).to_contain_text("Published.")
    for sub, link, times in (("la-oda", None, 0), ("stranger-jonas", "tma4100-om1", 1)):
        reader = enter(sub)
        reader.page.goto(f"{reader.open(link)}/modules/om1/reading")
        expect(reader.page.locator(".prose")).to_be_visible()
        expect(reader.page.get_by_text(NEWS)).to_have_count(times)
    # So that other tests meet the module as it was.
    page.locator("#version-1").get_by_role("button", name="Offer it again").click()
    expect(page.locator(".notice")).to_contain_text("It is offered again.")


def test_two_tabs_show_both_texts_and_the_writer_chooses(coordinator: tuple[Page, str]) -> None:
    page, address = coordinator
    page.goto(address + READING)
    other = page.context.new_page()
    other.goto(address + READING)
    type_at_the_end(other, "From the other tab.")
    expect(other.locator(".autosave")).to_have_text(SAVED)
    type_at_the_end(page, "From this tab.")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("[data-others]")).to_contain_text("From the other tab.")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator(".autosave")).to_have_text(SAVED)
    other.close()
    page.reload()
    expect(page.locator("#t-reading")).to_contain_text("From this tab.")
    expect(page.locator("#t-reading")).not_to_contain_text("From the other tab.")
