"""Launches: the login the LMS starts, its authorisation endpoint, the token that reaches the tool, and the keys."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.cast import programme_course
from lti_tool.demo_lms.state import now
from tests.demo_lms.harness import CLIENT_ID, LAUNCH_URL, LMS_URL, TOOL_URL, Demo, FormReader

LINK = "tdt4100-om1"


def test_opening_a_link_sends_the_person_to_the_login_of_the_tool(demo: Demo) -> None:
    answer = demo.browser("la-ingrid").get(f"/launch/{LINK}")
    address = urlsplit(answer.location)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert answer.location.startswith(f"{TOOL_URL}/lti/login?")
    assert query.pop("lti_message_hint")
    assert query == {
        "iss": LMS_URL,
        "login_hint": "la-ingrid",
        "target_link_uri": LAUNCH_URL,
        "client_id": CLIENT_ID,
        "lti_deployment_id": "1",
        "lti_storage_target": "lti_storage",
    }


def test_nobody_opens_a_link_without_being_somebody(demo: Demo) -> None:
    assert demo.browser().get(f"/launch/{LINK}").location == f"/?next=/launch/{LINK}"


def test_nobody_opens_a_link_of_a_course_they_are_not_in(demo: Demo) -> None:
    assert demo.browser("stranger-jonas").get(f"/launch/{LINK}").status_code == 403


def test_a_link_that_does_not_exist_is_not_found(demo: Demo) -> None:
    assert demo.browser("la-ingrid").get("/launch/nothing").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_proper_request_is_answered_with_a_form_that_posts_token_and_state_to_the_tool(
    demo: Demo, method: str
) -> None:
    browser = demo.browser("la-ingrid")
    answer = demo.authorise(browser, demo.authorisation_request(browser, LINK), method)
    form = FormReader(answer.text)
    assert answer.status_code == 200
    assert form.action == LAUNCH_URL
    assert form.fields.keys() == {"id_token", "state"}
    assert form.fields["state"] == "a-state"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_says_who_opened_which_link_of_which_course(demo: Demo) -> None:
    claims = demo.launch("la-ingrid", LINK)
    assert claims["sub"] == "la-ingrid"
    assert claims["nonce"] == "a-nonce"
    assert claims["name"] == "Ingrid Solberg"
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert claims[v.MESSAGE_TYPE] == "LtiResourceLinkRequest"
    assert claims[v.VERSION] == "1.3.0"
    assert claims[v.DEPLOYMENT_ID] == "1"
    assert claims[v.TARGET_LINK_URI] == LAUNCH_URL
    assert claims[v.RESOURCE_LINK]["id"] == LINK
    assert claims[v.CONTEXT]["id"] == "tdt4100"
    assert claims[v.CUSTOM] == {"module": "om1"}
    assert claims[v.ROLES] == [v.CONTEXT_ROLE + "Learner", v.INSTITUTION_ROLE + "Student"]


@pytest.mark.parametrize(
    ("sub", "link", "roles"),
    [
        ("instructor-solveig", LINK, {v.CONTEXT_ROLE + "Instructor"}),
        (
            "admin-marit",
            f"{programme_course(now().date()).key}-om1",
            {v.CONTEXT_ROLE + "Administrator", v.INSTITUTION_ROLE + "Administrator", v.SYSTEM_ROLE + "Administrator"},
        ),
    ],
)
def test_staff_arrive_with_the_roles_they_have(demo: Demo, sub: str, link: str, roles: set[str]) -> None:
    assert roles <= set(demo.launch(sub, link)[v.ROLES])


@pytest.mark.parametrize(("sub", "locale"), [("la-ingrid", "nb"), ("la-priya", "en")])
def test_the_tool_is_told_the_language_of_the_person(demo: Demo, sub: str, locale: str) -> None:
    assert demo.launch(sub, LINK)[v.LAUNCH_PRESENTATION]["locale"] == locale


@pytest.mark.parametrize(("query", "target"), [({}, "iframe"), ({"target": "window"}, "window")])
def test_the_tool_is_told_where_it_is_shown(demo: Demo, query: dict[str, str], target: str) -> None:
    presentation = demo.launch("la-ingrid", LINK, **query)[v.LAUNCH_PRESENTATION]
    assert presentation["document_target"] == target
    assert presentation["return_url"] == f"{LMS_URL}/courses/tdt4100"


def test_a_graded_link_names_its_line_item_and_the_scopes(demo: Demo) -> None:
    endpoint = demo.launch("la-ingrid", LINK)[v.AGS_ENDPOINT]
    assert endpoint["lineitems"] == f"{LMS_URL}/api/lti/courses/tdt4100/line_items"
    assert endpoint["lineitem"].startswith(endpoint["lineitems"] + "/")
    assert set(endpoint["scope"]) == set(v.AGS_SCOPES)


def test_a_link_without_a_module_has_neither_parameter_nor_line_item(demo: Demo) -> None:
    claims = demo.launch("la-ingrid", "tdt4100-training")
    assert v.CUSTOM not in claims
    assert claims[v.AGS_ENDPOINT].keys() == {"scope", "lineitems"}


def test_a_link_with_two_line_items_names_neither(demo: Demo) -> None:
    claims = demo.launch("la-ingrid", LINK)
    body = {"label": "Second", "scoreMaximum": 10, "resourceLinkId": LINK}
    demo.call("POST", claims[v.AGS_ENDPOINT]["lineitems"], json=body, content_type=v.LINE_ITEM_TYPE)
    assert "lineitem" not in demo.launch("la-ingrid", LINK)[v.AGS_ENDPOINT]


@pytest.mark.parametrize(("claim", "kept"), [("container", {"scope", "lineitems"}), ("absent", None)])
def test_the_line_item_claim_can_be_shortened_or_left_out(demo: Demo, claim: str, kept: set[str] | None) -> None:
    demo.behave(line_item_claim=claim)
    endpoint = demo.launch("la-ingrid", LINK).get(v.AGS_ENDPOINT)
    assert (set(endpoint) if endpoint else None) == kept


def test_roles_can_be_short(demo: Demo) -> None:
    demo.behave(short_roles=True)
    assert demo.launch("instructor-solveig", LINK)[v.ROLES] == ["Instructor"]


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": LAUNCH_URL + "/"},
        {"redirect_uri": LAUNCH_URL + "?a=1"},
        {"redirect_uri": "https://evil.example/lti/launch"},
        {"redirect_uri": None},
        {"client_id": "somebody-else"},
        {"client_id": None},
    ],
    ids=str,
)
def test_an_unknown_tool_or_address_gets_nothing_posted(demo: Demo, changes: dict[str, Any]) -> None:
    browser = demo.browser("la-ingrid")
    answer = demo.authorise(browser, {**demo.authorisation_request(browser, LINK), **changes})
    assert answer.status_code == 400
    assert FormReader(answer.text).action != LAUNCH_URL
    assert "id_token" not in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"login_hint": None}, "invalid_request"),
        ({"lti_message_hint": None}, "invalid_request"),
        ({"lti_message_hint": "made-up"}, "invalid_request"),
        ({"login_hint": "la-amina"}, "login_required"),
    ],
    ids=str,
)
def test_a_request_that_breaks_a_rule_is_answered_with_an_error_post(
    demo: Demo, changes: dict[str, str | None], error: str
) -> None:
    browser = demo.browser("la-ingrid")
    answer = demo.authorise(browser, {**demo.authorisation_request(browser, LINK), **changes})
    form = FormReader(answer.text)
    assert form.action == LAUNCH_URL
    assert form.fields["error"] == error
    assert form.fields["state"] == "a-state"
    assert "id_token" not in form.fields


def test_a_request_without_state_gets_none_back(demo: Demo) -> None:
    browser = demo.browser("la-ingrid")
    answer = demo.authorise(browser, {**demo.authorisation_request(browser, LINK), "state": None})
    assert "state" not in FormReader(answer.text).fields


def test_without_the_cookie_the_request_is_first_posted_again_from_the_lms(demo: Demo) -> None:
    asked = demo.authorisation_request(demo.browser("la-ingrid"), LINK)
    form = FormReader(demo.authorise(demo.browser(), asked).text)
    assert form.action == "/auth"
    assert form.fields == {**asked, "repost": "1"}
    again = demo.authorise(demo.browser("la-ingrid"), dict(form.fields), "POST")
    assert "id_token" in FormReader(again.text).fields


def test_when_nobody_is_signed_in_the_tool_is_told_that_a_login_is_required(demo: Demo) -> None:
    asked = demo.authorisation_request(demo.browser("la-ingrid"), LINK)
    form = FormReader(demo.authorise(demo.browser(), {**asked, "repost": "1"}).text)
    assert (form.action, form.fields["error"]) == (LAUNCH_URL, "login_required")


def test_a_hint_for_a_course_of_others_opens_nothing(demo: Demo) -> None:
    asked = demo.authorisation_request(demo.browser("la-ingrid"), LINK)
    answer = demo.authorise(demo.browser("stranger-jonas"), {**asked, "login_hint": "stranger-jonas"})
    assert FormReader(answer.text).fields["error"] == "access_denied"


@pytest.mark.parametrize("opened", [f"tdt4100/deep-linking/{CLIENT_ID}", "tdt4100/review/{item}/la-amina"])
def test_a_teachers_hint_opens_nothing_for_a_student(demo: Demo, opened: str) -> None:
    path = opened.format(item=demo.line_item().rpartition("/")[2])
    asked = demo.authorisation_request(demo.browser("instructor-solveig"), path)
    answer = demo.authorise(demo.browser("la-ingrid"), {**asked, "login_hint": "la-ingrid"})
    assert FormReader(answer.text).fields["error"] == "access_denied"


def test_what_the_tool_sends_is_escaped_in_the_posting_page(demo: Demo) -> None:
    browser = demo.browser("la-ingrid")
    nasty = '"><script>alert(1)</script>'
    answer = demo.authorise(browser, {**demo.authorisation_request(browser, LINK), "state": nasty})
    assert "<script>alert" not in answer.text
    assert FormReader(answer.text).fields["state"] == nasty


def test_a_new_key_signs_from_now_on_and_the_old_one_still_verifies(demo: Demo) -> None:
    browser = demo.browser("la-ingrid")
    before = FormReader(demo.authorise(browser, demo.authorisation_request(browser, LINK)).text).fields["id_token"]
    assert demo.browser().post("/_/keys", json={}).status_code == 200
    after = FormReader(demo.authorise(browser, demo.authorisation_request(browser, LINK)).text).fields["id_token"]
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    assert demo.verified(before)["sub"] == demo.verified(after)["sub"] == "la-ingrid"


def test_only_public_keys_are_published(demo: Demo) -> None:
    for key in demo.browser().get("/jwks").get_json()["keys"]:
        assert key.keys() == {"kty", "kid", "alg", "use", "n", "e", "key_ops"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
