"""The platform's storage in a browser that keeps the tool's cookies back, against platforms of every kind."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.static.conftest import Platform
from tests.static.framing import HONEST, SILENT, TURNED_LIAR, capabilities

VISIT = re.compile(r"/l/[^/]+/$")
# An error counts even beside the right value.
ERROR = """
  if (asked === "lti.put_data") kept[event.data.key] = event.data.value;
  const error = { code: "storage_exhaustion", message: "full" };
  if (asked !== "lti.capabilities") say(event, { key: event.data.key, value: kept[event.data.key], error });
"""
FORGED = 'say(event, { key: event.data.key, value: "forged" });'
FORGED_TO_TOOL = FORGED.replace("});", "}, frames.tool);")
# What must not be believed: another message's answer, another subject's, and what is no answer.
LIES = """
  const lie = { key: event.data.key, value: "forged" };
  say(event, { ...lie, instead: { message_id: "another" } });
  say(event, { ...lie, instead: { message_id: undefined } });
  say(event, { ...lie, instead: { subject: "lti.other.response" } });
  event.source.postMessage(JSON.stringify(lie), "*");
  event.source.postMessage(null, "*");
"""


def expect_visit(frame: Frame | Page) -> None:
    expect(frame.locator("footer.foot")).to_contain_text("Lina Testperson")
    assert VISIT.search(frame.url)


def expect_way_out(page: Page, frame: Frame, lost: set[str]) -> None:
    """A new window is offered, which signs in by itself."""
    button = frame.locator('form[action="/lti/login"] button')
    expect(button).to_be_visible()
    expect(frame.locator("#waiting")).not_to_be_visible()
    lost.clear()
    with page.context.expect_page() as opened:
        button.click()
    expect_visit(opened.value)


def wait_in_vain(page: Page, frame: Frame) -> None:
    """Let the time-outs of login and launch pass, where time is `still`."""
    for step in ("login", "launch"):
        frame.wait_for_url(f"**/lti/{step}*")
        expect(frame.locator("#waiting")).to_be_visible()
        page.clock.run_for(5000)


def test_c120_put_then_get_in_a_named_frame(platform: Platform) -> None:
    lms = platform()
    lms.storage = HONEST
    page, frame = lms.open_tool()
    expect_visit(frame)
    storage = page.frame("storage")
    assert storage is not None
    put, get = lms.heard(storage)
    assert (put["subject"], get["subject"]) == ("lti.put_data", "lti.get_data")
    assert put["key"] == get["key"]
    assert put["message_id"] != get["message_id"]
    assert "value" not in get


def test_c121_parent(platform: Platform) -> None:
    lms = platform("_parent")
    lms.course = HONEST
    _page, frame = lms.open_tool()
    expect_visit(frame)


def test_c119_the_frame_that_the_capabilities_name(platform: Platform) -> None:
    lms = platform("gone")
    lms.course = capabilities(
        {"subject": "lti.put_data", "frame": "storage"}, {"subject": "lti.get_data", "frame": "storage"}
    )
    lms.storage = HONEST
    _page, frame = lms.open_tool()
    expect_visit(frame)


@pytest.mark.parametrize(
    "answer",
    [
        capabilities(),
        capabilities({"subject": "lti.get_data", "frame": "location"}, {"subject": "lti.put_data", "frame": "length"}),
        'say(event, { supported_messages: "none" });',
        "say(event, {});",
    ],
    ids=["nothing", "no frames", "no list", "no answer"],
)
def test_c119_capabilities_that_lead_nowhere_do_no_harm(platform: Platform, answer: str) -> None:
    lms = platform()
    lms.course, lms.storage = answer, HONEST
    _page, frame = lms.open_tool()
    expect_visit(frame)


def test_c122_a_frame_of_another_origin_is_told_nothing(platform: Platform, lost: set[str]) -> None:
    lms = platform()
    lms.storage, lms.storage_origin, lms.still = HONEST, "https://other.test", True
    lms.course = capabilities({"subject": "lti.put_data", "frame": "storage"})
    page, frame = lms.open_tool()
    wait_in_vain(page, frame)
    expect_way_out(page, frame, lost)
    storage = page.frame("storage")
    assert storage is not None
    assert lms.heard(storage) == []


def test_c123_lies_are_ignored_and_the_true_answer_counts(platform: Platform) -> None:
    lms = platform()
    lms.storage = LIES + HONEST
    _page, frame = lms.open_tool()
    expect_visit(frame)


def test_c123_lies_alone_are_ignored(platform: Platform, lost: set[str]) -> None:
    lms = platform()
    lms.storage, lms.still = LIES, True
    page, frame = lms.open_tool()
    wait_in_vain(page, frame)
    expect_way_out(page, frame, lost)


def test_c123_an_answer_from_another_window_is_ignored(platform: Platform, lost: set[str]) -> None:
    """The course's page hears of the question and answers in the storage's place, from the right origin even."""
    lms = platform()
    lms.storage, lms.still = 'parent.postMessage(event.data, "*");', True
    lms.course = f"if (event.source === frames.storage) {FORGED_TO_TOOL}"
    page, frame = lms.open_tool()
    wait_in_vain(page, frame)
    expect_way_out(page, frame, lost)


def test_c123_an_answer_from_another_origin_is_ignored(platform: Platform, lost: set[str]) -> None:
    lms = platform()
    lms.storage = HONEST.replace("lti.get_data", "nothing") + TURNED_LIAR
    page, frame = lms.open_tool()
    expect_way_out(page, frame, lost)


def test_c124_an_error_leads_to_the_new_window(platform: Platform, lost: set[str]) -> None:
    lms = platform()
    lms.course, lms.storage = capabilities(), ERROR
    page, frame = lms.open_tool()
    expect_way_out(page, frame, lost)


def test_c124_what_was_not_kept_leads_to_the_new_window(platform: Platform, lost: set[str]) -> None:
    lms = platform()
    lms.course, lms.storage = capabilities(), HONEST.replace("kept[event.data.key] = event.data.value;", "")
    page, frame = lms.open_tool()
    expect_way_out(page, frame, lost)


@pytest.mark.parametrize("storage", [SILENT, ""], ids=["silent", "absent"])
def test_c125_silence_leads_to_the_new_window(platform: Platform, lost: set[str], storage: str) -> None:
    lms = platform()
    lms.storage, lms.still = storage, True
    page, frame = lms.open_tool()
    wait_in_vain(page, frame)
    expect_way_out(page, frame, lost)


def test_c125_with_its_cookie_the_launch_needs_no_answer(platform: Platform, lost: set[str]) -> None:
    lost.clear()
    lms = platform()
    lms.still = True
    page, frame = lms.open_tool()
    expect(frame.locator("#waiting")).to_be_visible()
    page.clock.run_for(5000)
    expect_visit(frame)


def test_c125_a_frame_that_loads_late_is_asked_again(platform: Platform) -> None:
    lms = platform("late")
    lms.storage, lms.still = HONEST, True
    page, frame = lms.open_tool()
    expect(frame.locator("#waiting")).to_be_visible()
    page.evaluate("document.querySelector('iframe').contentWindow.name = 'late'")
    page.evaluate("document.querySelector('iframe').name = 'late'")
    page.clock.run_for(500)
    expect_visit(frame)


def test_c126_a_value_that_was_not_kept_is_refused(platform: Platform, lost: set[str]) -> None:
    lms = platform()
    lms.storage = FORGED
    page, frame = lms.open_tool()
    expect_way_out(page, frame, lost)


@pytest.mark.parametrize("target", ["storage", "_parent"])
def test_c127_storage_through_the_opener(platform: Platform, target: str) -> None:
    lms = platform(target)
    lms.course = lms.storage = HONEST
    page = lms.open_course()
    with page.context.expect_page() as opened:
        page.evaluate("url => { open(url); }", lms.login_url)
    expect_visit(opened.value)


def test_a_window_that_nobody_opened_goes_on_at_once(platform: Platform, lost: set[str]) -> None:
    lost.clear()
    lms = platform()
    page = lms.context.new_page()
    page.goto(lms.login_url)
    expect_visit(page)


def test_a_visit_whose_cookie_is_kept_back_goes_on_in_a_new_window(platform: Platform, lost: set[str]) -> None:
    lost.add("visit-")
    lms = platform()
    lms.storage = HONEST
    page, frame = lms.open_tool()
    expect(frame.get_by_role("heading", name="One more step")).to_be_focused()
    expect_way_out(page, frame, lost)


def test_in_a_frame_without_an_origin_the_ways_on_are_a_link_and_a_new_window(
    platform: Platform, lost: set[str]
) -> None:
    lms = platform()
    lms.sandbox = "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox"
    lms.storage = HONEST
    page, frame = lms.open_tool()
    frame.get_by_role("link", name="Continue").click()
    expect_way_out(page, frame, lost)


def test_without_script_the_ways_on_are_a_link_and_a_new_window(platform: Platform, lost: set[str]) -> None:
    page, frame = platform(java_script_enabled=False).open_tool()
    frame.get_by_role("link", name="Continue").click()
    frame.get_by_role("button", name="Go on").click()
    lost.clear()
    with page.context.expect_page() as opened:
        frame.get_by_role("button", name="Open in a new window").click()
    opened.value.get_by_role("button", name="Go on").click()
    expect_visit(opened.value)
