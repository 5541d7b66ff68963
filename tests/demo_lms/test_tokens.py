"""Access tokens: what the assertion of the tool must be, and what a token opens."""

import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
import requests
import time_machine

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.keys import KeysUnavailableError, ToolKeys
from lti_tool.demo_lms.state import now
from tests.demo_lms.harness import LMS_URL, Demo, FakeTool, new_key, score


def refused(demo: Demo, assertion: str) -> str:
    answer = demo.ask_token(client_assertion=assertion)
    assert answer.status_code == 401, answer.text
    assert answer.get_json()["error"] == "invalid_client"
    return str(answer.get_json()["error_description"])


def test_a_proper_assertion_gets_a_token_for_an_hour(demo: Demo) -> None:
    answer = demo.ask_token(f"{v.SCOPE_SCORE} {v.SCOPE_MEMBERSHIPS}")
    body = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(body.pop("access_token")) > 30
    assert body == {"token_type": "Bearer", "expires_in": 3600, "scope": f"{v.SCOPE_SCORE} {v.SCOPE_MEMBERSHIPS}"}


def test_the_audience_may_be_one_of_several_and_the_deployment_may_be_left_out(demo: Demo) -> None:
    claims = {**demo.tool.claims(), "aud": ["https://other.example", f"{LMS_URL}/token"]}
    del claims[v.DEPLOYMENT_ID]
    assert demo.ask_token(client_assertion=demo.tool.assertion(claims)).status_code == 200


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "iat", "exp", "jti"])
def test_an_assertion_without_a_claim_is_refused(demo: Demo, name: str) -> None:
    claims = demo.tool.claims()
    del claims[name]
    assert name in refused(demo, demo.tool.assertion(claims))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody-else"},
        {"sub": "somebody-else"},
        {"aud": LMS_URL},
        {"aud": "https://other.example/token"},
        {"exp": int(time.time()) - 60},
        {"iat": int(time.time()) + 86_400},
        {"iat": int(time.time()) - 7200},
        {"iat": "yesterday"},
        {"jti": 7},
        {v.DEPLOYMENT_ID: "2"},
    ],
    # Without the moments: every process of a parallel run must give a test the same name.
    ids=lambda changes: "".join(changes).rsplit("/", 1)[-1],
)
def test_an_assertion_with_a_wrong_claim_is_refused(demo: Demo, changes: dict[str, Any]) -> None:
    refused(demo, demo.tool.assertion({**demo.tool.claims(), **changes}))


def test_an_assertion_signed_by_somebody_else_is_refused(demo: Demo) -> None:
    forged = jwt.encode(demo.tool.claims(), new_key(), "RS256", headers={"kid": demo.tool.kid})
    assert "ignature" in refused(demo, forged)


def test_an_assertion_without_a_signature_is_refused(demo: Demo) -> None:
    refused(demo, jwt.encode(demo.tool.claims(), "", "none", headers={"kid": demo.tool.kid}))


def test_an_assertion_without_kid_is_refused(demo: Demo) -> None:
    assert "no kid" in refused(demo, demo.tool.assertion(None, kid=None))


@pytest.mark.parametrize("assertion", ["", "no.token", "a.b.c"])
def test_an_assertion_that_is_no_token_is_refused(demo: Demo, assertion: str) -> None:
    refused(demo, assertion)


def test_an_assertion_is_good_once(demo: Demo) -> None:
    assertion = demo.tool.assertion()
    assert demo.ask_token(client_assertion=assertion).status_code == 200
    assert "used before" in refused(demo, assertion)


def test_the_keys_of_the_tool_are_fetched_once_and_again_for_an_unknown_kid(demo: Demo) -> None:
    demo.ask_token()
    demo.ask_token()
    assert demo.tool.fetches == 1
    demo.tool.rotate("second")
    assert demo.ask_token().status_code == 200
    assert demo.tool.fetches == 2


def test_cached_keys_are_not_fetched_again_before_their_time(demo: Demo) -> None:
    demo.behave(tool_jwks_cache_seconds=600)
    assert demo.ask_token().status_code == 200
    demo.tool.rotate("second")
    assert "not in the JWKS" in refused(demo, demo.tool.assertion())
    assert demo.tool.fetches == 1
    with time_machine.travel(now() + timedelta(seconds=601)):
        assert demo.ask_token().status_code == 200
    assert demo.tool.fetches == 2


def test_cached_keys_that_the_tool_withdrew_are_good_until_their_time_is_over(demo: Demo) -> None:
    demo.behave(tool_jwks_cache_seconds=600)
    demo.ask_token()
    claims, old = demo.tool.claims(), demo.tool.keys["first"]
    demo.tool.rotate("second")
    del demo.tool.keys["first"]
    signed = jwt.encode(claims, old, "RS256", headers={"kid": "first"})
    assert demo.ask_token(client_assertion=signed).status_code == 200
    with time_machine.travel(now() + timedelta(seconds=601)):
        late = {**demo.tool.claims()}
        signed = jwt.encode(late, old, "RS256", headers={"kid": "first"})
        assert "not in the JWKS" in refused(demo, signed)


def test_a_kid_the_tool_does_not_publish_is_refused(demo: Demo) -> None:
    assert "not in the JWKS" in refused(demo, demo.tool.assertion(None, kid="unheard-of"))


def _down(_url: str) -> Any:
    raise requests.ConnectionError("nobody there")


@pytest.mark.parametrize("fetch", [_down, lambda _url: {}, lambda _url: {"keys": []}, lambda _url: []])
def test_keys_that_cannot_be_read_are_reported_as_unavailable(fetch: Any) -> None:
    with pytest.raises(KeysUnavailableError):
        ToolKeys(fetch).find("http://localhost/jwks", "any")


def test_a_tool_whose_keys_cannot_be_fetched_gets_no_token(demo: Demo) -> None:
    assertion = demo.tool.assertion()
    demo.tool.keys.clear()
    assert "could not be read" in refused(demo, assertion)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"client_assertion_type": "something"}, "invalid_request"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"scope": "https://example.org/everything"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
    ids=str,
)
def test_a_request_that_is_not_the_agreed_grant_is_refused(demo: Demo, changes: dict[str, Any], error: str) -> None:
    answer = demo.ask_token(**changes)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


def test_a_request_that_is_not_form_encoded_is_refused(demo: Demo) -> None:
    answer = demo.browser().post("/token", json={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_scopes_nobody_may_have_are_left_out_of_the_grant(demo: Demo) -> None:
    answer = demo.ask_token(f"{v.SCOPE_SCORE} https://example.org/everything")
    assert answer.get_json()["scope"] == v.SCOPE_SCORE


def test_the_answer_can_call_itself_html(demo: Demo) -> None:
    demo.behave(token_as_html=True)
    answer = demo.ask_token()
    assert answer.content_type == "text/html; charset=utf-8"
    assert "access_token" in answer.text


@pytest.mark.parametrize("header", [None, "Bearer made-up", "Basic made-up", "Bearer"])
def test_a_service_wants_a_token(demo: Demo, header: str | None) -> None:
    headers = {"Accept": v.MEMBERSHIPS_TYPE, **({"Authorization": header} if header else {})}
    answer = demo.browser().get("/api/lti/courses/tdt4100/memberships", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_after_its_hour(demo: Demo) -> None:
    line_item = demo.line_item()
    demo.token(v.SCOPE_SCORE)
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert demo.post_score(line_item, score(), v.SCOPE_SCORE).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "accept", "scopes"),
    [
        ("GET", "line_items", v.LINE_ITEMS_TYPE, {v.SCOPE_LINE_ITEM, v.SCOPE_LINE_ITEM_READ}),
        ("POST", "line_items", v.LINE_ITEM_TYPE, {v.SCOPE_LINE_ITEM}),
        ("GET", "line_items/1", v.LINE_ITEM_TYPE, {v.SCOPE_LINE_ITEM, v.SCOPE_LINE_ITEM_READ}),
        ("PUT", "line_items/1", v.LINE_ITEM_TYPE, {v.SCOPE_LINE_ITEM}),
        ("DELETE", "line_items/1", v.LINE_ITEM_TYPE, {v.SCOPE_LINE_ITEM}),
        ("POST", "line_items/1/scores", "application/json", {v.SCOPE_SCORE}),
        ("GET", "line_items/1/results", v.RESULTS_TYPE, {v.SCOPE_RESULT_READ}),
        ("GET", "memberships", v.MEMBERSHIPS_TYPE, {v.SCOPE_MEMBERSHIPS}),
    ],
)
def test_each_service_opens_to_its_own_scopes_only(
    demo: Demo, method: str, path: str, accept: str, scopes: set[str]
) -> None:
    for scope in v.SCOPES:
        answer = demo.call(method, f"/api/lti/courses/tdt4100/{path}", scope, headers={"Accept": accept})
        assert (answer.status_code != 403) == (scope in scopes), (scope, answer.text)


def test_the_fake_tool_publishes_no_private_key(fake_tool: FakeTool) -> None:
    assert all("d" not in key for key in fake_tool.jwks("")["keys"])
