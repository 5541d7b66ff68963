"""A visit's pages tell the platform how high they are, where it offers to make its frame so."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Frame, Page

from tests.static.conftest import Platform
from tests.static.framing import HONEST, SILENT, FramingPlatform, capabilities

OFFERED = capabilities({"subject": "lti.frameResize"})
ASKED = "new Set(heard.filter((said) => said.subject === 'lti.capabilities').map((said) => said.message_id)).size"
HEIGHT = "Math.ceil(document.body.getBoundingClientRect().height)"


def open_visit(lms: FramingPlatform, answer: str) -> tuple[Page, Frame]:
    lms.course, lms.storage = answer, HONEST
    page, frame = lms.open_tool()
    frame.wait_for_url("**/l/**")
    return page, frame


def heights(page: Page, kind: type) -> list[int]:
    told: list[Any] = [message for message in FramingPlatform.heard(page) if isinstance(message, kind)]
    read: list[dict[str, Any]] = [json.loads(message) if isinstance(message, str) else message for message in told]
    return [message["height"] for message in read if message["subject"] == "lti.frameResize"]


def wait_for_heights(page: Page, number: int) -> None:
    page.wait_for_function(f"heard.filter((said) => typeof said === 'string').length >= {number}")


def test_the_height_is_told_once_for_each_change_to_pages_of_every_kind(platform: Platform) -> None:
    page, frame = open_visit(platform(), OFFERED)
    first = frame.evaluate(f"document.fonts.ready.then(() => {HEIGHT})")
    page.wait_for_function(f"heard.some((said) => said.height === {first})")
    begun = len(heights(page, str))
    assert first < 600, "the frame's own height is no measure"
    frame.evaluate("document.querySelector('main').style.paddingBottom = '1234.3px'")
    wait_for_heights(page, begun + 1)
    second = frame.evaluate(HEIGHT)
    assert second > first
    frame.evaluate("document.body.style.width = 'calc(100% - 1px)'")
    frame.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    frame.evaluate("document.querySelector('main').style.paddingBottom = '0.2px'")
    wait_for_heights(page, begun + 2)
    third = frame.evaluate(HEIGHT)
    assert heights(page, dict) == heights(page, str)
    assert heights(page, str)[begun - 1 :] == [first, second, third]


def test_a_platform_that_does_not_offer_it_is_told_nothing(platform: Platform) -> None:
    page, frame = open_visit(platform(), capabilities({"subject": "lti.put_data"}))
    page.wait_for_function("heard.at(-1)?.subject === 'lti.capabilities'")
    page.clock.run_for(5000)
    frame.evaluate("document.querySelector('main').style.paddingBottom = '1234px'")
    assert heights(page, dict) == []
    assert not frame.evaluate("document.documentElement.matches('.framed')")


def test_silence_is_no_offer(platform: Platform) -> None:
    page, frame = open_visit(platform(), SILENT)
    page.clock.run_for(5000)
    assert heights(page, dict) == []
    assert not frame.evaluate("document.documentElement.matches('.framed')")


def asked(page: Page) -> int:
    """How many questions, however often each was repeated."""
    return int(page.evaluate(ASKED))


def test_each_page_begins_at_its_top_where_the_platform_scrolls(platform: Platform) -> None:
    page, frame = open_visit(platform(), capabilities({"subject": "lti.scrollToTop"}))
    page.wait_for_function("heard.filter((said) => said.subject === 'lti.scrollToTop').length === 1")
    before = asked(page)
    frame.goto(frame.url + "#main")
    frame.evaluate("location.reload()")
    page.wait_for_function(f"{ASKED} > {before}")
    frame.wait_for_load_state()
    assert asked(page) == before + 1, "an address with a place in the page leads there: only the height is of interest"
