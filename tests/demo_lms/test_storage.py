"""Messages between the windows of the LMS and of a tool, in a real browser: storage, capabilities, height."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.demo_lms.harness import Demo
from tests.demo_lms.site import Site

ACTIVITY = "/courses/tdt4100/activities/tdt4100-om1"

# Sends a message to a window and collects everything that comes back until the answer to a last, harmless message.
ASK = """
async ([where, message]) => {
  const around = window.opener ?? window.parent;
  const heard = [];
  const asked = where === "_parent" ? around : around.frames[where];
  const end = `end-${Math.random()}`;
  await new Promise((resolve) => {
    addEventListener("message", function hear({ data, origin }) {
      if (data?.message_id === end) {
        removeEventListener("message", hear);
        resolve();
      } else heard.push([data, origin]);
    });
    asked.postMessage(message, "*");
    asked.postMessage({ subject: "lti.fetch_nothing", message_id: end }, "*");
  });
  return heard;
}
"""


@dataclass
class Window:
    """A tool's window and the LMS's page that it belongs to."""

    page: Page
    tool: Frame

    def ask(self, where: str, message: Any) -> list[Any]:
        answers: list[Any] = self.tool.evaluate(ASK, [where, message])
        return answers

    def answer(self, where: str, subject: str, **fields: Any) -> dict[str, Any]:
        heard = self.ask(where, {"subject": subject, "message_id": "m1", **fields})
        assert len(heard) == 1, heard
        body: dict[str, Any] = heard[0][0]
        assert (body.pop("subject"), body.pop("message_id")) == (f"{subject}.response", "m1")
        return body


@pytest.fixture
def window(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """The behaviour is the test's parameter."""
    site.behave(**getattr(request, "param", {}))
    context = chromium.new_context()
    page = context.new_page()
    context.request.post(f"{site.lms_url}/sign-in", form={"person": "la-ingrid"})
    page.goto(site.lms_url + ACTIVITY)
    page.frame_locator("iframe.tool").locator("title").wait_for(state="attached")
    frame = page.frame("tool")
    assert frame is not None
    yield Window(page, frame)
    context.close()


def test_the_login_is_told_where_the_storage_is(site: Site, window: Window) -> None:
    query = parse_qs(urlsplit(window.tool.url).query)
    assert query["lti_storage_target"] == ["lti_storage"]


@pytest.mark.parametrize(("storage", "target"), [("frame", "lti_storage"), ("parent", "_parent"), ("none", None)])
def test_the_login_names_a_frame_the_parent_or_nothing(demo: Demo, storage: str, target: str | None) -> None:
    demo.behave(storage=storage)
    opened = demo.browser("la-ingrid").get("/launch/tdt4100-om1").location
    assert parse_qs(urlsplit(opened).query).get("lti_storage_target") == (target and [target])


@pytest.mark.parametrize(
    ("window", "storage"),
    [
        ({"storage": "frame"}, [{"frame": "lti_storage"}] * 2),
        ({"storage": "parent"}, [{}] * 2),
        ({"storage": "none"}, []),
    ],
    indirect=["window"],
    ids=["frame", "parent", "none"],
)
def test_the_page_says_what_it_can_do(window: Window, storage: list[dict[str, str]]) -> None:
    subjects = ["lti.put_data", "lti.get_data"][: len(storage)]
    assert window.answer("_parent", "lti.capabilities") == {
        "supported_messages": [
            {"subject": "lti.capabilities"},
            {"subject": "lti.frameResize"},
            {"subject": "lti.scrollToTop"},
            *({"subject": subject, **where} for subject, where in zip(subjects, storage, strict=True)),
        ]
    }


@pytest.mark.parametrize(
    ("window", "where"),
    [({"storage": "frame"}, "lti_storage"), ({"storage": "parent"}, "_parent")],
    indirect=["window"],
    ids=["frame", "parent"],
)
def test_what_is_put_is_got_until_it_is_forgotten(window: Window, where: str) -> None:
    assert window.answer(where, "lti.get_data", key="state") == {"key": "state", "value": None}
    assert window.answer(where, "lti.put_data", key="state", value="ø 1") == {"key": "state", "value": "ø 1"}
    assert window.answer(where, "lti.get_data", key="state") == {"key": "state", "value": "ø 1"}
    window.answer(where, "lti.put_data", key="state", value=None)
    assert window.answer(where, "lti.get_data", key="state")["value"] is None


def test_it_answers_to_the_origin_that_asked_and_with_its_own(site: Site, window: Window) -> None:
    heard = window.ask("lti_storage", {"subject": "lti.get_data", "message_id": "m1", "key": "state"})
    assert [origin for _data, origin in heard] == [site.lms_url]


@pytest.mark.parametrize("window", [{"storage": "parent"}], indirect=True, ids=["parent"])
def test_a_page_that_is_no_tool_is_told_that_its_origin_is_wrong(window: Window) -> None:
    answer = window.page.evaluate(
        "new Promise((resolve) => {"
        "  addEventListener('message', ({ data }) => data.subject.endsWith('.response') && resolve(data));"
        "  postMessage({ subject: 'lti.get_data', message_id: 'm1', key: 'state' });"
        "})"
    )
    assert (answer["message_id"], answer.get("error", {}).get("code")) == ("m1", "wrong_origin")


def test_what_is_wrong_is_answered_with_an_error(window: Window) -> None:
    for subject, fields, code in (
        ("lti.close_window", {}, "unsupported_subject"),
        ("lti.frameResize", {"height": 500}, "unsupported_subject"),
        ("lti.put_data", {"value": "v"}, "bad_request"),
        ("lti.put_data", {"key": "", "value": "v"}, "bad_request"),
        ("lti.put_data", {"key": 7, "value": "v"}, "bad_request"),
        ("lti.put_data", {"key": "k", "value": {"a": 1}}, "bad_request"),
        ("lti.get_data", {}, "bad_request"),
        ("lti.put_data", {"key": "k", "value": "x" * 4096}, "storage_exhaustion"),
    ):
        body = window.answer("lti_storage", subject, **fields)
        assert body.keys() == {"error"}, (subject, fields)
        assert body["error"]["code"] == code, (subject, fields)
        assert body["error"]["message"], (subject, fields)


def test_a_message_without_an_id_is_a_bad_request(window: Window) -> None:
    [(data, _origin)] = window.ask("lti_storage", {"subject": "lti.get_data", "key": "k"})
    assert data["error"]["code"] == "bad_request"


def test_what_is_no_request_is_not_answered(window: Window) -> None:
    messages: list[Any] = [None, "text", 7, [], {"subject": 7}, {"subject": "lti.get_data.response"}]
    for message in messages:
        assert window.ask("lti_storage", message) == [], message


def test_a_tool_has_room_for_five_hundred_keys(window: Window) -> None:
    window.tool.evaluate(
        "for (let key = 0; key < 499; key += 1)"
        "  parent.frames.lti_storage.postMessage("
        "    { subject: 'lti.put_data', message_id: 'm', key: `${key}`, value: 'v' }, '*')"
    )
    window.ask("lti_storage", {"subject": "lti.put_data", "message_id": "m", "key": "499", "value": "v"})
    assert window.answer("lti_storage", "lti.get_data", key="499")["value"] == "v"
    assert window.answer("lti_storage", "lti.put_data", key="500", value="v")["error"]["code"] == "storage_exhaustion"
    assert window.answer("lti_storage", "lti.get_data", key="500")["value"] is None


@pytest.mark.parametrize("window", [{"storage_mood": "silent"}], indirect=True, ids=["silent"])
def test_a_silent_storage_says_nothing(window: Window) -> None:
    message = {"message_id": "m1", "key": "k", "value": "v"}
    assert window.ask("lti_storage", {**message, "subject": "lti.put_data"}) == []
    assert window.ask("_parent", {**message, "subject": "lti.capabilities"}) == []


@pytest.mark.parametrize("window", [{"storage_mood": "error"}], indirect=True, ids=["error"])
def test_a_storage_out_of_order_says_so(window: Window) -> None:
    assert window.answer("lti_storage", "lti.get_data", key="k")["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    ("window", "where", "value"),
    [
        ({"storage_mood": "noisy"}, "lti_storage", "true"),
        ({"storage_mood": "hostile"}, "lti_storage", "forged-by-the-platform"),
        ({"storage_mood": "hostile", "storage": "parent"}, "_parent", "forged-by-the-platform"),
    ],
    indirect=["window"],
    ids=["noisy", "hostile", "hostile parent"],
)
def test_a_storage_that_lies_answers_with_foreign_origin_id_and_subject(
    site: Site, window: Window, where: str, value: str
) -> None:
    window.tool.evaluate(
        "window.heard = []; addEventListener('message', ({ data, origin }) => heard.push([data, origin]))"
    )
    message = {"message_id": "m1", "key": "state", "value": "true"}
    window.ask(where, {**message, "subject": "lti.put_data"})
    window.ask(where, {**message, "subject": "lti.get_data"})
    final = {"subject": "lti.get_data.response", "message_id": "m1", "key": "state", "value": value}
    window.tool.wait_for_function(
        "([final, lms]) => heard.some(([data, origin]) => data?.subject === final.subject"
        " && data.message_id === final.message_id && origin === lms)",
        arg=[final, site.lms_url],
    )
    heard = window.tool.evaluate("heard")
    answers = [(data, origin) for data, origin in heard if isinstance(data, dict) and data.get("message_id") == "m1"]
    assert (final, site.lms_url) in answers
    assert ({**final, "value": "forged-by-the-platform"}, "null") in answers
    assert any(data.get("message_id") == "m1x" for data, _origin in heard if isinstance(data, dict))


def test_the_frame_is_given_the_height_it_asks_for(window: Window) -> None:
    assert window.answer("_parent", "lti.frameResize", height=1234) == {"height": 1234}
    assert window.page.locator("iframe.tool").evaluate("frame => frame.getBoundingClientRect().height") == 1234


def test_the_height_stays_within_sane_bounds(window: Window) -> None:
    for asked, given in ((1, 200), (10**9, 20000), ("900", 900), (500.6, 501)):
        assert window.answer("_parent", "lti.frameResize", height=asked) == {"height": given}


def test_a_height_that_is_none_changes_nothing(window: Window) -> None:
    before = window.page.locator("iframe.tool").bounding_box()
    heights: list[Any] = [None, "tall", -5, 0, {}, True]
    for height in heights:
        assert window.answer("_parent", "lti.frameResize", height=height)["error"]["code"] == "bad_request", height
        assert window.page.locator("iframe.tool").bounding_box() == before, height


def test_the_page_around_the_frame_goes_back_to_its_top(window: Window) -> None:
    window.answer("_parent", "lti.frameResize", height=5000)
    window.page.evaluate("scrollTo(0, 2000)")
    assert window.answer("_parent", "lti.scrollToTop") == {}
    assert window.page.evaluate("scrollY") == 0


def test_a_tool_in_a_window_of_its_own_reaches_the_storage_through_its_opener(window: Window) -> None:
    with window.page.expect_popup() as popup:
        window.page.get_by_role("link", name="Open in a new window").click()
    popup.value.wait_for_load_state()
    opened = Window(window.page, popup.value.main_frame)
    opened.answer("lti_storage", "lti.put_data", key="state", value="mine")
    assert opened.answer("lti_storage", "lti.get_data", key="state") == {"key": "state", "value": "mine"}
    assert opened.answer("_parent", "lti.frameResize", height=500)["error"]["code"] == "bad_request"


def test_without_scripts_the_tool_is_shown_all_the_same(site: Site, chromium: Browser) -> None:
    site.behave()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    context.request.post(f"{site.lms_url}/sign-in", form={"person": "la-ingrid"})
    page.goto(site.lms_url + ACTIVITY)
    assert page.locator("iframe.tool:visible").count() == 1
    context.close()


def test_scripts_of_the_page_are_served(demo: Demo) -> None:
    folder = Path(demo.app.static_folder or "")
    for script in folder.glob("*.js"):
        assert demo.browser().get(f"/static/{script.name}").status_code == 200
