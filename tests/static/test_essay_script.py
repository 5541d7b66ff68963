"""The essay's page with script: no keystroke is lost to a dropped connection, an ended visit or a second tab."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from lti_tool.database import db, now
from lti_tool.people.models import LaunchSession
from tests.reflection.writing import ANOTHER, LONG_ENOUGH, draft, submitted
from tests.static.conftest import Desk, later, lose_the_connection, settled

SAVED = re.compile(r"^Saved \d\d:\d\d$")
TASK_LIST = re.compile(r"/modules/om1(\?.*)?$")


@pytest.fixture
def write(lina: Desk) -> Callable[[], Page]:
    """Open the essay in a new tab of a new visit."""
    return lambda: lina.tab(lina.open_visit() + "modules/om1/essay")


def status(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".autosave")).to_have_text(text)


def essay(page: Page, text: str) -> None:
    expect(page.get_by_label("Your essay")).to_have_value(text)


def type_on(page: Page, text: str) -> None:
    page.get_by_label("Your essay").press_sequentially(text)


def held(page: Page, routes: list[Route]) -> Route:
    """The first request that a route has caught, once there is one."""
    for _ in range(1000):
        if routes:
            break
        page.evaluate("0")
    return routes[0]


def end_visits(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(LaunchSession).values(expires_at=now() - timedelta(seconds=1)))
        db.session.commit()


def test_a_pause_in_writing_saves(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    type_on(page, "First thoughts")
    later(page)
    status(page, SAVED)
    assert lina.stored(draft) == ("First thoughts", 1)
    type_on(page, ", second")
    later(page)
    expect(page.locator("[data-words]")).to_have_text("3")
    page.reload()
    essay(page, "First thoughts, second")


def test_the_words_are_counted_while_writing(write: Callable[[], Page]) -> None:
    page = write()
    expect(page.locator("[data-verdict]")).to_have_text("Too few words.")
    page.get_by_label("Your essay").fill(LONG_ENOUGH)
    expect(page.locator("[data-words]")).to_have_text("30")
    expect(page.locator("[data-verdict]")).to_have_text("The length is right.")
    page.get_by_label("Your essay").fill(f"{LONG_ENOUGH} " * 3)
    expect(page.locator("[data-verdict]")).to_have_text("Too many words.")


def test_without_a_connection_the_text_stays_on_the_device_and_is_sent_when_it_is_back(
    lina: Desk, write: Callable[[], Page]
) -> None:
    page = write()
    lina.context.set_offline(True)
    type_on(page, "Written in a tunnel")
    later(page)
    status(page, re.compile("^Not saved: no connection. Your text is kept on this device"))
    assert lina.stored(draft) is None
    lina.context.set_offline(False)
    later(page, 4)
    status(page, SAVED)
    assert lina.stored(draft) == ("Written in a tunnel", 1)


def test_a_server_that_is_down_is_tried_again_without_another_keystroke(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    page.route("**/essay/draft", lambda route: route.fulfill(status=503))
    type_on(page, "Patience")
    later(page)
    status(page, re.compile("^Not saved: no connection"))
    page.unroute("**/essay/draft")
    later(page, 4)
    status(page, SAVED)
    assert lina.stored(draft) == ("Patience", 1)


def test_text_of_a_tab_that_was_closed_without_a_connection_is_put_back(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    lose_the_connection(page)
    type_on(page, "Not lost")
    page.close()
    page = write()
    essay(page, "Not lost")
    status(page, "Text that had not been saved was found on this device and put back.")
    later(page)
    status(page, SAVED)
    assert lina.stored(draft) == ("Not lost", 1)


def test_text_written_after_the_visit_ended_is_put_back_in_the_next_visit(
    lina: Desk, write: Callable[[], Page]
) -> None:
    page = write()
    type_on(page, "Before.")
    later(page)
    status(page, SAVED)
    lina.stored(end_visits)
    type_on(page, " After.")
    later(page)
    status(page, re.compile("^Not saved: your visit has ended. Your text is kept on this device."))
    type_on(page, " And later.")
    page.close()
    essay(write(), "Before. After. And later.")


def test_an_answer_that_is_lost_on_the_way_is_no_conflict(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()

    def save_but_lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/essay/draft", save_but_lose_the_answer)
    type_on(page, "Sent twice")
    later(page)
    status(page, re.compile("^Not saved: no connection"))
    assert lina.stored(draft) == ("Sent twice", 1)
    type_on(page, " and once more")
    page.unroute("**/essay/draft")
    with page.expect_response(lambda answer: "once more" in (answer.request.post_data or "")):
        later(page, 5)
    status(page, SAVED)
    expect(page.get_by_text("There are two texts")).to_be_hidden()
    assert lina.stored(draft) == ("Sent twice and once more", 2)


def test_a_page_that_was_overtaken_by_the_last_save_shows_what_was_saved(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    before = lina.context.request.get(page.url).text()
    type_on(page, "Just in time")
    later(page)
    status(page, SAVED)
    page.route("**/essay", lambda route: route.fulfill(body=before, content_type="text/html"), times=1)
    page.reload()
    essay(page, "Just in time")


def test_saved_text_does_not_stay_on_the_device(write: Callable[[], Page]) -> None:
    page = write()
    type_on(page, "Private")
    assert "Private" in page.evaluate("JSON.stringify(localStorage)")
    later(page)
    status(page, SAVED)
    assert "Private" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_second_tab_is_shown_both_texts_and_may_keep_its_own(lina: Desk, write: Callable[[], Page]) -> None:
    first, second = write(), write()
    type_on(first, "From the first")
    later(first)
    status(first, SAVED)
    type_on(second, "From the second")
    later(second)
    expect(second.locator("#other-text")).to_have_value("From the first")
    essay(second, "From the second")
    type_on(second, " tab")
    later(second)
    assert lina.stored(draft) == ("From the first", 1)
    second.get_by_role("button", name="Keep mine").click()
    status(second, SAVED)
    assert lina.stored(draft) == ("From the second tab", 2)


def test_a_second_tab_may_take_the_other_text(lina: Desk, write: Callable[[], Page]) -> None:
    first, second = write(), write()
    type_on(first, "From the first")
    later(first)
    status(first, SAVED)
    type_on(second, "From the second")
    later(second)
    second.get_by_role("link", name="Take the other text").click()
    essay(second, "From the first")
    type_on(second, " tab")
    later(second)
    status(second, SAVED)
    assert lina.stored(draft) == ("From the first tab", 2)


def test_an_unresolved_conflict_survives_a_reload_with_both_texts(lina: Desk, write: Callable[[], Page]) -> None:
    first, second = write(), write()
    type_on(first, "From the first")
    later(first)
    status(first, SAVED)
    type_on(second, "From the second")
    later(second)
    expect(second.get_by_text("There are two texts")).to_be_visible()
    second.reload()
    expect(second.locator("#other-text")).to_have_value("From the first")
    essay(second, "From the second")
    assert lina.stored(draft) == ("From the first", 1)


def test_text_kept_on_the_device_does_not_overwrite_what_was_saved_elsewhere_since(
    lina: Desk, write: Callable[[], Page]
) -> None:
    first, second = write(), write()
    lose_the_connection(second)
    second.get_by_label("Your essay").fill(ANOTHER)
    second.close()
    type_on(first, "Saved since")
    later(first)
    status(first, SAVED)
    third = write()
    essay(third, ANOTHER)
    expect(third.locator("#other-text")).to_have_value("Saved since")
    third.get_by_role("button", name="Submit essay").click()
    expect(third.get_by_text("There are two texts")).to_be_visible()
    assert lina.stored(submitted) is None
    assert lina.stored(draft) == ("Saved since", 1)


def test_a_tab_leaves_alone_what_another_open_tab_has_not_saved_yet(lina: Desk, write: Callable[[], Page]) -> None:
    first = write()
    lina.context.set_offline(True)
    type_on(first, "Still writing")
    lina.context.set_offline(False)
    second = write()
    expect(second.get_by_text("There are two texts")).to_be_hidden()
    type_on(second, "Another thought")
    essay(second, "Another thought")


def test_submitting_in_a_conflict_asks_again_and_overwrites_nothing(lina: Desk, write: Callable[[], Page]) -> None:
    first, second = write(), write()
    type_on(first, "From the first")
    later(first)
    status(first, SAVED)
    second.get_by_label("Your essay").fill(LONG_ENOUGH)
    second.get_by_role("button", name="Submit essay").click()
    expect(second.get_by_text("There are two texts")).to_be_visible()
    assert lina.stored(submitted) is None
    assert lina.stored(draft) == ("From the first", 1)
    settled(second)
    second.get_by_role("button", name="Keep mine").click()
    status(second, SAVED)
    assert lina.stored(draft) == (LONG_ENOUGH, 2)


def test_submitting_right_after_typing_does_not_meet_its_own_autosave(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    waiting: list[Route] = []
    page.route("**/essay/draft", lambda route: waiting.append(route))  # noqa: PLW0108 Playwright marks the handler
    page.get_by_label("Your essay").fill(LONG_ENOUGH)
    later(page)
    # The server has saved, but its answer is still on the way when the form is sent.
    save = held(page, waiting)
    answer = save.fetch()
    page.get_by_label("Your essay").press("End")
    type_on(page, " more")
    page.get_by_role("button", name="Submit essay").click(no_wait_after=True)
    save.fulfill(response=answer)
    page.wait_for_url(TASK_LIST)
    assert lina.stored(submitted) == f"{LONG_ENOUGH} more"


def test_leaving_the_page_sends_what_is_left(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    type_on(page, "On the way out")
    page.get_by_role("link", name="Giving feedback").click()
    page.wait_for_url(TASK_LIST)
    # Playwright does not see requests that outlive their page, so look at what arrives.
    for _ in range(50):
        if lina.stored(draft):
            break
        page.reload()
    assert lina.stored(draft) == ("On the way out", 1)


def test_a_text_that_is_too_short_to_submit_is_saved_as_a_draft(lina: Desk, write: Callable[[], Page]) -> None:
    page = write()
    type_on(page, "Too short")
    page.get_by_role("button", name="Submit essay").click()
    expect(page.get_by_role("alert")).to_contain_text("Write at least 20 words; there are 2 now.")
    settled(page)
    later(page)
    status(page, SAVED)
    assert lina.stored(draft) == ("Too short", 1)
