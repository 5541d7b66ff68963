"""The page of a registration in the platform's frame or window: it tells the platform that it may close it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser.eye import problems
from tests.chromium import PATIENCE, apart
from tests.lti.dynamic_registration.registrar import ADDRESS, LMS, TOKEN, Registrar

_PAGE = """<!doctype html><title>LMS</title>
<script>const heard = []; addEventListener("message", (event) => heard.push([event.origin, event.data]));</script>
<iframe name="tool" width="800" height="900"></iframe>"""
Open = Callable[..., BrowserContext]


@pytest.fixture
def registrar(served_app: Flask) -> Iterator[Registrar]:
    held = served_app.extensions["registration_exchange"]
    yield Registrar(served_app)
    served_app.extensions["registration_exchange"] = held


@pytest.fixture
def browsing(chromium: Browser) -> Iterator[Open]:
    """Browsers for which the platform is at hand."""
    opened: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        context = chromium.new_context(**options)
        context.grant_permissions(["local-network-access"])
        context.set_default_timeout(PATIENCE)
        context.route(f"{LMS}/**", lambda route: route.fulfill(content_type="text/html", body=_PAGE))
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


def address(registrar: Registrar) -> str:
    sent = {"openid_configuration": ADDRESS, "registration_token": TOKEN}
    return f"{registrar.base_url}/lti/register/{apart(registrar.invite)}?{urlencode(sent)}"


def register(page: Page | Frame) -> None:
    page.get_by_role("button", name="Register the tool").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The tool is registered")


def test_c117_the_frame_is_closed_by_the_platform(registrar: Registrar, browsing: Open) -> None:
    page = browsing().new_page()
    page.goto(f"{LMS}/tools")
    frame = page.frame("tool")
    assert frame is not None
    frame.goto(address(registrar))
    register(frame)
    assert TOKEN not in frame.url
    expect(frame.get_by_text("close this page now")).to_be_hidden()
    frame.get_by_role("button", name="back to the learning platform").click()
    page.wait_for_function("heard.length")
    assert page.evaluate("heard") == [[registrar.base_url, {"subject": "org.imsglobal.lti.close"}]]


def test_c117_a_window_of_its_own_is_closed_by_whoever_opened_it(registrar: Registrar, browsing: Open) -> None:
    page = browsing().new_page()
    page.goto(f"{LMS}/tools")
    with page.expect_popup() as opened:
        page.evaluate("window.open", address(registrar))
    register(opened.value)
    opened.value.get_by_role("button", name="back to the learning platform").click()
    page.wait_for_function("heard.length")
    assert page.evaluate("heard[0][1].subject") == "org.imsglobal.lti.close"


@pytest.mark.parametrize("script", [True, False])
def test_where_nobody_listens_the_page_is_closed_by_hand(registrar: Registrar, browsing: Open, script: bool) -> None:
    page = browsing(java_script_enabled=script).new_page()
    page.goto(address(registrar))
    register(page)
    expect(page.get_by_text("close this page now")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_each_page_of_a_registration_can_be_used_by_everybody(
    registrar: Registrar, browsing: Open, language: str
) -> None:
    page = browsing(locale=language).new_page()
    whole = address(registrar)
    page.goto(whole.partition("?")[0])
    assert problems(page) == []
    page.goto(f"{registrar.base_url}/lti/register?{whole.partition('?')[2]}")
    page.locator("#invitation").fill("wrong")
    page.locator("button").click()
    expect(page.locator(".problem-summary")).to_be_focused()
    page.locator("summary").click()
    assert problems(page) == []
    page.goto(whole)
    registrar.given["scope"] = ""
    page.locator("button").click()
    expect(page.locator("ol li").first).to_be_visible()
    assert problems(page) == []
