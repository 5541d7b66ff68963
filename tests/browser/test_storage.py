"""Launches in the LMS's page where the tool's cookies are kept back: its storage proves the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Playwright, Route, expect

from tests.browser.conftest import Behave, Enter
from tests.browser.eye import problems, violations
from tests.browser.stage import Person, Stage, open_profile


def no_cookies_in_frames(stage: Stage) -> dict[str, object]:
    """A browser that keeps every cookie of the tool back while the LMS's page is around it, partitioned or not."""
    pair = f"{stage.tool},{stage.lms}"
    return {"profile": {"content_settings": {"exceptions": {"cookies": {pair: {"setting": 2}}}}}}


@pytest.fixture(scope="module")
def keeping_back(
    stage: Stage, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser that keeps every cookie of the tool back within the LMS's page."""
    context = open_profile(playwright, tmp_path_factory.mktemp("storage") / "profile", no_cookies_in_frames(stage))
    yield context
    context.close()


@pytest.fixture
def sindre(stage: Stage, keeping_back: BrowserContext, present: list[Person]) -> Iterator[Person]:
    """A person at that browser, which knows nobody yet."""
    person = Person(stage, keeping_back, "la-sindre")
    present.append(person)
    person.sign_in()
    yield person
    # The page that it began with stays: without any it would end.
    for page in keeping_back.pages[1:]:
        page.close()
    keeping_back.clear_cookies()


def lose_the_logins_cookie(context: BrowserContext) -> None:
    def on_the_way_to_the_platform(route: Route) -> None:
        context.clear_cookies(domain="localhost")
        route.continue_()

    context.route(re.compile(r"/auth\?"), on_the_way_to_the_platform)


def expect_new_window_to_work(person: Person, frame: FrameLocator) -> None:
    button = frame.locator('form[action="/lti/login"] button')
    expect(button).to_be_visible()
    assert violations(next(frame for frame in person.page.frames if "/lti/launch" in frame.url)) == []
    with person.context.expect_page() as opened:
        button.click()
    expect(opened.value.locator(".next-step")).to_be_visible()
    assert opened.value.url.startswith(f"{person.stage.tool}/l/")
    expect(opened.value.locator("footer.foot")).to_contain_text("Sindre Aasen")


@pytest.mark.parametrize("storage", ["frame", "parent"])
@pytest.mark.parametrize("mood", ["honest", "noisy"])
def test_c120_c121_c123_the_storage_proves_a_browser_that_lost_the_logins_cookie(
    stage: Stage, enter: Enter, behave: Behave, storage: str, mood: str
) -> None:
    behave(storage=storage, storage_mood=mood)
    amina = enter("la-amina")
    amina.sign_in()
    lose_the_logins_cookie(amina.context)
    posted: list[str] = []
    amina.page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    frame = amina.open_in_frame(f"{stage.course}-om1")
    expect(frame.locator("footer.foot")).to_contain_text("Amina Yusuf")
    assert posted.count(f"{stage.tool}/lti/launch") == 2, "once without and once with the proof"


@pytest.mark.parametrize("storage", ["frame", "parent"])
def test_with_every_cookie_blocked_the_storage_leads_to_a_new_window(
    sindre: Person, stage: Stage, behave: Behave, storage: str
) -> None:
    behave(storage=storage)
    frame = sindre.open_in_frame(f"{stage.course}-om1")
    expect(frame.get_by_text("so you cannot go on here")).to_be_visible()
    expect_new_window_to_work(sindre, frame)


@pytest.mark.parametrize(
    ("storage", "mood"),
    [("none", "honest"), ("frame", "silent"), ("frame", "error"), ("frame", "hostile"), ("parent", "hostile")],
)
def test_c123_c124_c125_c126_without_an_honest_storage_the_way_on_is_a_new_window(
    sindre: Person, stage: Stage, behave: Behave, storage: str, mood: str
) -> None:
    behave(storage=storage, storage_mood=mood)
    sindre.watch.expect("status of 403")
    settled = 200 if mood in {"silent", "error"} else 403
    with sindre.page.expect_response(lambda answer: "/lti/launch" in answer.url and answer.status == settled):
        frame = sindre.open_in_frame(f"{stage.course}-om1")
    expect_new_window_to_work(sindre, frame)


@pytest.mark.parametrize(("storage", "mood"), [("frame", "error"), ("frame", "silent"), ("none", "honest")])
def test_c125_with_cookies_no_storage_is_needed(
    stage: Stage, enter: Enter, behave: Behave, storage: str, mood: str
) -> None:
    behave(storage=storage, storage_mood=mood)
    nils = enter("la-nils")
    nils.sign_in()
    frame = nils.open_in_frame(f"{stage.course}-om1")
    expect(frame.locator("footer.foot")).to_contain_text("Nils")


def test_where_the_script_does_not_run_the_login_goes_on_by_a_link(stage: Stage, enter: Enter) -> None:
    nils = enter("la-nils")
    nils.watch.expect("Failed to load resource")
    nils.sign_in()
    nils.context.route("**/platform_storage.js", lambda route: route.abort())
    nils.page.goto(f"{stage.lms}/launch/{stage.course}-om1?target=window")
    link = nils.page.get_by_role("link", name="Continue")
    expect(link).to_be_visible()
    assert problems(nils.page) == []
    link.click()
    expect(nils.page.locator("footer.foot")).to_contain_text("Nils")


def test_the_frame_takes_the_height_of_the_page(stage: Stage, enter: Enter) -> None:
    nils = enter("la-nils")
    nils.sign_in()
    frame = nils.open_in_frame(f"{stage.course}-om1")
    expect(frame.locator("html.framed")).to_be_visible()
    for padding in ("1.4px", "2000px", "10px"):
        height = frame.locator("main").evaluate(
            """(main, padding) => {
              main.style.paddingBottom = padding;
              return Math.ceil(document.body.getBoundingClientRect().height);
            }""",
            padding,
        )
        expect(nils.page.locator("iframe.tool")).to_have_css("height", f"{height}px")
