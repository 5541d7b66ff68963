"""The coordinator reads essays with the keyboard, and returns one."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems


def test_essays_are_read_and_returned_with_the_keyboard(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page, address = henrik.page, henrik.open()
    page.goto(f"{address}/essays")
    page.get_by_role("link", name="Read them one after the other").click()
    page.wait_for_url(re.compile(r"/essays/[^/?]+$"))
    first = page.url
    assert problems(page) == []
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first and "/essays/" in url)
    page.goto(first)
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first and "/essays/" in url)
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="What happens then")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Leave it as it is").click()
    page.wait_for_url(re.compile(r"/essays/[^/?]+$"))
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use single keys on this device").uncheck()
    page.get_by_role("button", name="Close").click()
    here = page.url
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    assert page.url == here
