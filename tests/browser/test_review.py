"""A coordinator goes through the inbox with the keyboard alone: approves, returns, undoes."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter


def test_the_keyboard_alone_leads_through_the_inbox(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page = henrik.page
    page.goto(henrik.open() + "/moderation")
    page.wait_for_load_state()
    rows = page.locator("tbody tr").count()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/moderation/[^?]+"))
    first = heading(page)
    page.keyboard.press("n")
    expect(page.locator("h1")).not_to_have_text(first)
    page.wait_for_load_state()
    page.keyboard.press("p")
    expect(page.locator("h1")).to_have_text(first)
    page.wait_for_load_state()

    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text="Approved")).to_be_focused()
    expect(page.locator("h1")).not_to_have_text(first)
    undo(page, first)

    page.keyboard.press("r")
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.type("an r and a v are letters here")
    expect(page.locator("[data-armed]")).to_contain_text("Return to the evaluator")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Returned to its evaluator")).to_be_focused()
    undo(page, first)
    expect(page.locator(".history")).to_contain_text("an r and a v are letters here")

    page.goto(page.url.split("/moderation")[0] + "/moderation")
    expect(page.locator("tbody tr")).to_have_count(rows)


def test_single_keys_can_be_turned_off(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page = henrik.page
    page.goto(henrik.open() + "/moderation")
    page.locator('tbody a[href*="/moderation/"]').first.click()
    page.wait_for_url(re.compile(r"/moderation/[^?]+"))
    page.wait_for_load_state()
    before = heading(page)
    page.keyboard.press("?")
    page.get_by_label("Use single keys on this device").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("n")
    page.reload()
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("h1")).to_have_text(before)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use single keys on this device").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    expect(page.locator("h1")).not_to_have_text(before)


def heading(page: Page) -> str:
    page.wait_for_load_state()
    return page.locator("h1").inner_text()


def undo(page: Page, first: str) -> None:
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_role("status").filter(has_text="Undone.")).to_be_focused()
    expect(page.locator("h1")).to_have_text(first)
    page.wait_for_load_state()
