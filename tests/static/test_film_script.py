"""A video comes into its place when somebody asks for it, and not before."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.chromium import apart
from tests.home.test_material import FILMED, offer
from tests.static.conftest import Desk

HOST = "https://www.youtube-nocookie.com"


def test_nothing_is_asked_of_the_host_of_a_video_before_the_click(lina: Desk) -> None:
    asked: list[str] = []
    lina.context.on("request", lambda request: asked.append(request.url))
    lina.context.route(f"{HOST}/**", lambda route: route.fulfill(content_type="text/html", body="<p>Playing</p>"))
    reading = apart(offer, lina.cast, FILMED)
    page = lina.tab(f"{lina.open_visit()}{reading}")
    button = page.get_by_role("button", name="Play the video here")
    expect(button).to_be_visible()
    assert not [url for url in asked if not url.startswith(lina.base_url)]
    button.click()
    expect(page.frame_locator("iframe[title='In the loop']").get_by_text("Playing")).to_be_visible()
    assert [url for url in asked if url.startswith(HOST)] == [f"{HOST}/embed/dQw4w9WgXcQ"]
