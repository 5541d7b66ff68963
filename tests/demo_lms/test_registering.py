"""The page on which an administrator looks on as a tool registers itself, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.demo_lms.site import Site

CLOSE = "({ subject: 'org.imsglobal.lti.close' })"


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site.lms_url}/tools")
    page.get_by_label("Registration address").fill(f"{site.tool_url}/register?invitation=abc")
    page.get_by_role("button", name="Connect").click()
    page.frame_locator("#registration").locator("title").wait_for(state="attached")
    yield page
    context.close()


def tool_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if frame.parent_frame)


def test_the_tool_is_opened_in_a_frame_of_the_page(page: Page, site: Site) -> None:
    assert tool_frame(page).url.startswith(f"{site.tool_url}/register?invitation=abc&openid_configuration=http")


def test_when_the_tool_says_that_it_is_done_the_list_is_back(page: Page, site: Site) -> None:
    tool_frame(page).evaluate(f"parent.postMessage({CLOSE}, '*')")
    page.wait_for_url(f"{site.lms_url}/tools")


def test_nobody_else_can_say_so(page: Page, site: Site) -> None:
    page.evaluate(f"postMessage({CLOSE}, '*')")
    tool_frame(page).evaluate("parent.postMessage({ subject: 'org.imsglobal.lti.open' }, '*')")
    tool_frame(page).evaluate("parent.postMessage(null, '*')")
    page.evaluate("new Promise((resolve) => { addEventListener('message', resolve); postMessage('last', '*'); })")
    assert page.url == f"{site.lms_url}/tools/registrations"


def test_a_tool_in_a_window_of_its_own_is_closed(page: Page, site: Site) -> None:
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in a new window").click()
    popup.value.wait_for_load_state()
    with popup.value.expect_event("close"):
        popup.value.evaluate(f"opener.postMessage({CLOSE}, '*')")
    page.wait_for_url(f"{site.lms_url}/tools")
