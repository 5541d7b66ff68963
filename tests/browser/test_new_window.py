"""Where a browser gives the tool no cookie at all within the LMS's page, a window of its own is the way on."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.browser.stage import Person, Stage, open_profile


def no_cookies_in_frames(stage: Stage) -> dict[str, object]:
    """A browser that keeps every cookie of the tool back while the LMS's page is around it, partitioned or not."""
    pair = f"{stage.tool},{stage.lms}"
    return {"profile": {"content_settings": {"exceptions": {"cookies": {pair: {"setting": 2}}}}}}


def test_without_any_cookie_in_the_frame_the_way_on_is_a_new_window(
    stage: Stage, playwright: Playwright, present: list[Person], tmp_path: Path
) -> None:
    context = open_profile(playwright, tmp_path / "profile", no_cookies_in_frames(stage))
    try:
        person = Person(stage, context, "la-sindre")
        present.append(person)
        person.watch.expect("status of 403")
        person.sign_in()
        frame = person.open_in_frame(f"{stage.course}-om1")
        with context.expect_page() as opened:
            frame.locator('form[action="/lti/login"] button').click()
        expect(opened.value.locator(".next-step")).to_be_visible()
        assert opened.value.url.startswith(f"{stage.tool}/l/")
        expect(opened.value.locator("footer.foot")).to_contain_text("Sindre Aasen")
    finally:
        context.close()
