"""Placing content: what the LMS asks a tool for, how it checks the answer, and the activities that come of it."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
import pytest
import time_machine
from werkzeug.test import TestResponse

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.models import Link
from lti_tool.demo_lms.state import EXTENSION, Lms, now
from tests.demo_lms.harness import CLIENT_ID, LAUNCH_URL, LMS_URL, TOOL_URL, Demo, FormReader, new_key, seen

RETURN = "/courses/tdt4100/deep-linking"
TEACHER = "instructor-solveig"
LINK = {"type": "ltiResourceLink", "title": "Giving feedback", "url": LAUNCH_URL}


@dataclass
class Placing:
    """A teacher who opened the tool to choose, and the tool that answers."""

    demo: Demo
    settings: dict[str, Any] = field(default_factory=dict)

    def ask(self) -> dict[str, Any]:
        claims = self.demo.launch(TEACHER, f"tdt4100/deep-linking/{CLIENT_ID}")
        self.settings = claims[v.DEEP_LINKING_SETTINGS]
        return claims

    def claims(self, *items: Any, **changes: Any) -> dict[str, Any]:
        if not self.settings:
            self.ask()
        issued = int(time.time())
        claims = {
            "iss": CLIENT_ID,
            "aud": LMS_URL,
            "iat": issued,
            "exp": issued + 300,
            "nonce": uuid4().hex,
            v.DEPLOYMENT_ID: "1",
            v.MESSAGE_TYPE: "LtiDeepLinkingResponse",
            v.VERSION: "1.3.0",
            v.DATA: self.settings.get("data"),
            v.CONTENT_ITEMS: list(items),
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def post(self, token: str, sub: str = TEACHER) -> TestResponse:
        return self.demo.browser(sub).post(RETURN, data={"JWT": token})

    def answer(self, *items: Any, **changes: Any) -> TestResponse:
        return self.post(self.demo.tool.assertion(self.claims(*items, **changes)))

    def refused(self, token: str) -> str:
        before = self.links()
        answer = self.post(token)
        assert answer.status_code == 400, answer.text
        text = seen(answer.text)
        assert "nothing was added" in text
        assert self.links() == before
        return text

    def links(self) -> list[str]:
        lms: Lms = self.demo.app.extensions[EXTENSION]
        with lms.store.reading() as session:
            return [link.id for link in session.query(Link).where(Link.course_key == "tdt4100").order_by(Link.position)]

    def course(self, sub: str = TEACHER) -> str:
        return self.demo.browser(sub).get("/courses/tdt4100").text


@pytest.fixture
def placing(demo: Demo) -> Placing:
    return Placing(demo)


def test_a_teacher_finds_the_button_on_the_course_page_and_the_tool_behind_it(demo: Demo) -> None:
    browser = demo.browser(TEACHER)
    assert "Add from Training tool" in browser.get("/courses/tdt4100").text
    page = browser.get(f"{RETURN}?tool={CLIENT_ID}").text
    assert f'src="/launch/tdt4100/deep-linking/{CLIENT_ID}"' in page


def test_students_neither_see_the_button_nor_get_behind_it(demo: Demo) -> None:
    browser = demo.browser("la-ingrid")
    assert "Add from" not in browser.get("/courses/tdt4100").text
    for address in (f"{RETURN}?tool={CLIENT_ID}", f"/launch/tdt4100/deep-linking/{CLIENT_ID}"):
        assert browser.get(address).status_code == 403
    assert browser.post(RETURN).status_code == 403
    assert browser.post("/courses/tdt4100/links", data={"tool": CLIENT_ID}).status_code == 403


def test_a_tool_that_is_not_there_cannot_be_chosen_from(demo: Demo) -> None:
    browser = demo.browser(TEACHER)
    assert browser.get(f"{RETURN}?tool=nothing").status_code == 404
    assert browser.get("/launch/tdt4100/deep-linking/nothing").status_code == 404


def test_the_request_says_what_may_come_back_and_where_to(placing: Placing) -> None:
    claims = placing.ask()
    assert claims[v.MESSAGE_TYPE] == "LtiDeepLinkingRequest"
    assert claims["sub"] == TEACHER
    assert claims[v.TARGET_LINK_URI] == LAUNCH_URL
    assert claims[v.CONTEXT]["id"] == "tdt4100"
    assert claims[v.AGS_ENDPOINT].keys() == {"scope", "lineitems"}
    assert v.RESOURCE_LINK not in claims
    settings = dict(claims[v.DEEP_LINKING_SETTINGS])
    assert settings.pop("data")
    assert settings == {
        "deep_link_return_url": LMS_URL + RETURN,
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "auto_create": False,
    }


def test_the_request_can_ask_for_something_else(placing: Placing) -> None:
    placing.demo.behave(
        accept_types=["html", "link"],
        accept_targets=["window"],
        accept_multiple=False,
        accept_lineitem=False,
        auto_create=True,
        deep_linking_data=False,
    )
    assert placing.ask()[v.DEEP_LINKING_SETTINGS] == {
        "deep_link_return_url": LMS_URL + RETURN,
        "accept_types": ["html", "link"],
        "accept_presentation_document_targets": ["window"],
        "accept_multiple": False,
        "accept_lineitem": False,
        "auto_create": True,
    }


def test_what_was_chosen_becomes_activities_at_the_end_of_the_course(placing: Placing) -> None:
    before = placing.links()
    answer = placing.answer(LINK, {**LINK, "title": "My training"})
    assert answer.status_code == 200
    assert seen(answer.text) == "Added to the course Giving feedback My training Back to TDT4100"
    added = placing.links()[len(before) :]
    assert len(added) == 2
    assert placing.links()[: len(before)] == before
    assert all(f"/courses/tdt4100/activities/{link}" in placing.course("la-ingrid") for link in added)


def test_an_activity_has_everything_the_tool_said_of_it(placing: Placing) -> None:
    placing.answer(
        {
            **LINK,
            "url": f"{TOOL_URL}/modules/om1",
            "text": "Read, <b>write</b>, evaluate.",
            "thumbnail": {"url": f"{TOOL_URL}/om1.png", "width": 90, "height": 90},
            "iframe": {"width": 800, "height": 900},
            "custom": {"module": "om1", "page": "$Context.id"},
            "available": {"startDateTime": "2026-11-20T08:00:00Z", "endDateTime": "2026-12-20T08:00:00Z"},
            "submission": {"endDateTime": "2026-12-01T22:59:00.5+01:00"},
            "lineItem": {"label": "Module one", "scoreMaximum": 50, "resourceId": "om1", "tag": "grade"},
        }
    )
    link = placing.links()[-1]
    page = placing.course()
    assert "Read, &lt;b&gt;write&lt;/b&gt;, evaluate." in page
    assert f'src="{TOOL_URL}/om1.png" alt=""' in page
    assert "Graded, 50 points, to be handed in by Tue 1 Dec" in page
    assert "Open from Fri 20 Nov" in page
    frame = placing.demo.browser("la-ingrid").get(f"/courses/tdt4100/activities/{link}").text
    assert 'class="tool sized"' in frame
    assert 'width="800" height="900"' in frame
    claims = placing.demo.launch("la-ingrid", link)
    assert claims[v.TARGET_LINK_URI] == f"{TOOL_URL}/modules/om1"
    assert claims[v.CUSTOM] == {"module": "om1", "page": "$Context.id"}
    item = placing.demo.call("GET", claims[v.AGS_ENDPOINT]["lineitem"], headers={"Accept": v.LINE_ITEM_TYPE}).get_json()
    assert item.pop("id") == claims[v.AGS_ENDPOINT]["lineitem"]
    assert item == {
        "label": "Module one",
        "scoreMaximum": 50,
        "resourceId": "om1",
        "tag": "grade",
        "resourceLinkId": link,
        "endDateTime": "2026-12-01T21:59:00.500000+00:00",
    }


def test_an_activity_of_which_nothing_is_said_opens_the_tool_at_its_start(placing: Placing) -> None:
    placing.answer({"type": "ltiResourceLink"})
    link = placing.links()[-1]
    claims = placing.demo.launch("la-ingrid", link)
    assert claims[v.TARGET_LINK_URI] == LAUNCH_URL
    assert claims[v.RESOURCE_LINK]["title"] == "Training tool"
    assert v.CUSTOM not in claims
    assert "lineitem" not in claims[v.AGS_ENDPOINT]


def test_the_initiation_names_the_target_of_the_activity(placing: Placing) -> None:
    placing.answer({**LINK, "url": f"{TOOL_URL}/modules/om1"})
    opened = placing.demo.browser("la-ingrid").get(f"/launch/{placing.links()[-1]}").location
    assert parse_qs(urlsplit(opened).query)["target_link_uri"] == [f"{TOOL_URL}/modules/om1"]


def test_an_activity_that_wants_a_window_gets_a_button_and_no_frame(placing: Placing) -> None:
    placing.answer({**LINK, "window": {"width": 900}})
    link = placing.links()[-1]
    page = placing.demo.browser("la-ingrid").get(f"/courses/tdt4100/activities/{link}").text
    assert f'href="/launch/{link}?target=window" target="_blank" rel="opener"' in page
    assert 'id="tool"' not in page
    assert 'name="lti_storage"' in page
    assert "Opens in a new window" in placing.course()


def test_a_line_item_without_a_label_is_called_like_its_activity(placing: Placing) -> None:
    placing.answer({**LINK, "title": "Unique title", "lineItem": {"scoreMaximum": 3}})
    assert "Unique title of 3" in seen(placing.demo.browser(TEACHER).get("/courses/tdt4100/gradebook").text)


@pytest.mark.parametrize("items", [[], None], ids=["empty", "absent"])
def test_choosing_nothing_is_told_kindly(placing: Placing, items: Any) -> None:
    before = placing.links()
    answer = placing.answer(**{v.CONTENT_ITEMS: items})
    assert answer.status_code == 200
    assert "You chose nothing, so the course is as it was." in answer.text
    assert placing.links() == before


def test_what_the_tool_says_is_shown_as_text(placing: Placing) -> None:
    answer = placing.answer(LINK, **{v.MSG: "<i>Done</i>.", v.ERROR_MSG: "One is missing."})
    assert "The tool says: &lt;i&gt;Done&lt;/i&gt;." in answer.text
    assert "The tool reports a problem: One is missing." in answer.text


def test_the_way_back_leaves_the_frame(placing: Placing) -> None:
    for answer in (placing.answer(LINK), placing.answer(), placing.post("no token")):
        assert 'href="/courses/tdt4100" target="_top"' in answer.text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "somebody-else"}, "iss is not the client_id"),
        ({"iss": None}, "iss is not the client_id"),
        ({"aud": "https://other.example"}, "Audience"),
        ({"aud": f"{LMS_URL}/token"}, "Audience"),
        ({"aud": None}, "aud"),
        ({"iat": None}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"exp": None}, "exp"),
        ({"exp": 22222}, "expired"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ""}, "nonce must be text"),
        ({"nonce": 7}, "nonce must be text"),
        ({v.DEPLOYMENT_ID: "2"}, "deployment_id must be 1"),
        ({v.DEPLOYMENT_ID: None}, "deployment_id must be 1"),
        ({v.MESSAGE_TYPE: "LtiDeepLinkingRequest"}, "message_type must be LtiDeepLinkingResponse"),
        ({v.MESSAGE_TYPE: None}, "message_type must be LtiDeepLinkingResponse"),
        ({v.VERSION: "1.3"}, "version must be 1.3.0"),
        ({v.VERSION: None}, "version must be 1.3.0"),
        ({v.DATA: None}, "data must be what the request said"),
        ({v.DATA: "made-up"}, "data must be what the request said"),
        ({v.DATA: 7}, "data must be what the request said"),
        ({v.CONTENT_ITEMS: {"type": "ltiResourceLink"}}, "content_items must be a list"),
        ({v.CONTENT_ITEMS: ["text"]}, "an object with a type"),
        ({v.CONTENT_ITEMS: [{"title": "No type"}]}, "an object with a type"),
        ({v.CONTENT_ITEMS: [{"type": "html", "html": "<p>"}]}, "Items of the type html were not asked for"),
        ({v.CONTENT_ITEMS: [{**LINK, "url": "https://other.example/"}]}, "is not an address of the tool"),
        ({v.CONTENT_ITEMS: [{**LINK, "url": f"{TOOL_URL}.other.example/"}]}, "is not an address of the tool"),
        ({v.CONTENT_ITEMS: [{**LINK, "url": "javascript:alert(1)"}]}, "number 1: url:"),
        ({v.CONTENT_ITEMS: [LINK, {**LINK, "title": 7}]}, "number 2: title:"),
        ({v.CONTENT_ITEMS: [{**LINK, "custom": {"a": 1}}]}, "number 1: custom.a:"),
        ({v.CONTENT_ITEMS: [{**LINK, "thumbnail": {"url": "om1.png"}}]}, "number 1: thumbnail.url:"),
        ({v.CONTENT_ITEMS: [{**LINK, "iframe": {"height": "tall"}}]}, "number 1: iframe.height:"),
        ({v.CONTENT_ITEMS: [{**LINK, "lineItem": {"label": "No maximum"}}]}, "number 1: lineItem.scoreMaximum:"),
        ({v.CONTENT_ITEMS: [{**LINK, "lineItem": {"scoreMaximum": 0}}]}, "number 1: lineItem.scoreMaximum:"),
        ({v.CONTENT_ITEMS: [{**LINK, "available": {"startDateTime": "tomorrow"}}]}, "available.startDateTime:"),
        ({v.MSG: 7}, "msg must be text"),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_each_mistake_is_a_readable_refusal(placing: Placing, changes: dict[str, Any], reason: str) -> None:
    assert reason in placing.refused(placing.demo.tool.assertion(placing.claims(LINK, **changes)))


def test_an_answer_that_lives_for_more_than_an_hour_is_refused(placing: Placing) -> None:
    claims = placing.claims(LINK, exp=int(time.time()) + 7200)
    assert "not be more than an hour after iat" in placing.refused(placing.demo.tool.assertion(claims))


@pytest.mark.parametrize("token", ["", "no.token", "a.b.c"])
def test_what_is_no_token_is_refused(placing: Placing, token: str) -> None:
    placing.refused(token)


def test_the_signature_counts(placing: Placing) -> None:
    claims = placing.claims(LINK)
    forged = jwt.encode(claims, new_key(), "RS256", headers={"kid": placing.demo.tool.kid})
    assert "ignature" in placing.refused(forged)
    placing.refused(jwt.encode(claims, "", "none", headers={"kid": placing.demo.tool.kid}))
    assert "no kid" in placing.refused(placing.demo.tool.assertion(claims, kid=None))
    assert "not in the JWKS" in placing.refused(placing.demo.tool.assertion(claims, kid="unheard-of"))


def test_an_answer_is_taken_once(placing: Placing) -> None:
    token = placing.demo.tool.assertion(placing.claims(LINK))
    assert placing.post(token).status_code == 200
    assert "taken already" in placing.refused(token)


def test_an_answer_to_a_request_of_more_than_an_hour_ago_is_refused(placing: Placing) -> None:
    placing.ask()
    with time_machine.travel(now().timestamp() + 3700):
        assert "not older than an hour" in placing.refused(placing.demo.tool.assertion(placing.claims(LINK)))


def test_an_answer_belongs_to_the_teacher_and_the_course_that_asked(placing: Placing) -> None:
    placing.demo.change_member("coordinator-henrik", roles=["Instructor"])
    token = placing.demo.tool.assertion(placing.claims(LINK))
    assert placing.post(token, "coordinator-henrik").status_code == 400
    other = placing.demo.browser("stranger-astrid").post("/courses/tma4100/deep-linking", data={"JWT": token})
    assert other.status_code == 400
    assert "data must be" in other.text


@pytest.mark.parametrize(
    ("habit", "items", "reason"),
    [
        ({"accept_multiple": False}, [LINK, LINK], "Only one item"),
        ({"accept_lineitem": False}, [{**LINK, "lineItem": {"scoreMaximum": 1}}], "Line items were not asked for"),
        ({"accept_targets": ["iframe"]}, [{**LINK, "window": {"width": 9}}], "The target window was not offered"),
        ({"accept_targets": ["window"]}, [{**LINK, "iframe": {"width": 9}}], "The target iframe was not offered"),
        ({"accept_types": ["html"]}, [LINK], "Items of the type ltiResourceLink"),
    ],
    ids=str,
)
def test_more_than_was_asked_for_is_refused(placing: Placing, habit: Any, items: Any, reason: str) -> None:
    placing.demo.behave(**habit)
    assert reason in placing.refused(placing.demo.tool.assertion(placing.claims(*items)))


def test_what_was_asked_for_and_has_no_place_is_left_out_and_said(placing: Placing) -> None:
    placing.demo.behave(accept_types=["html", "ltiResourceLink"])
    answer = placing.answer(LINK, {"type": "html", "html": "<p>"})
    assert "1 of what you chose is of a kind" in seen(answer.text)


def test_where_the_request_had_no_data_the_answer_has_none(placing: Placing) -> None:
    placing.demo.behave(deep_linking_data=False)
    assert placing.answer(LINK).status_code == 200
    assert "data must be left out" in placing.refused(placing.demo.tool.assertion(placing.claims(LINK, **{v.DATA: ""})))


def test_without_the_cookie_the_answer_is_first_posted_again_from_the_lms(placing: Placing) -> None:
    token = placing.demo.tool.assertion(placing.claims(LINK))
    form = FormReader(placing.demo.browser().post(RETURN, data={"JWT": token}).text)
    assert (form.action, form.fields) == (RETURN, {"JWT": token, "repost": "1"})
    assert placing.demo.browser(TEACHER).post(form.action, data=form.fields).status_code == 200
    assert placing.demo.browser().post(form.action, data=form.fields).status_code == 302


def test_what_the_tool_says_on_the_way_back_is_shown_in_the_course(demo: Demo) -> None:
    said = {"lti_msg": "<b>Saved</b>", "lti_errormsg": "Not sent"}
    page = demo.browser("la-ingrid").get("/courses/tdt4100", query_string=said).text
    assert "&lt;b&gt;Saved&lt;/b&gt;" in page
    assert "Not sent" in page
