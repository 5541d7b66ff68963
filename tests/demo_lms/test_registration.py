"""Tools that register themselves: the administrator's page, what the tool learns and says, and what it then may do."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.state import now
from tests.demo_lms.harness import CLIENT_ID, LMS_URL, Demo, FormReader, seen

ADDRESS = "http://localhost:7777/register?invitation=abc"
OTHER = "http://localhost:7777"
ADMINISTRATOR = "admin-marit"


def body(**changes: Any) -> dict[str, Any]:
    """What another tool says of itself; fields set to None are left out."""
    told = {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{OTHER}/login",
        "redirect_uris": [f"{OTHER}/launch", f"{OTHER}/second"],
        "client_name": "Other tool",
        "jwks_uri": f"{OTHER}/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": f"openid {v.SCOPE_SCORE} {v.SCOPE_MEMBERSHIPS} https://example.org/everything",
        v.TOOL_CONFIGURATION: configuration(),
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


def configuration(**changes: Any) -> dict[str, Any]:
    told = {
        "domain": "localhost:7777",
        "description": "Does something else.",
        "target_link_uri": f"{OTHER}/start",
        "custom_parameters": {"language": "$Person.locale"},
        "claims": ["iss", "sub"],
        "messages": [
            {"type": "LtiResourceLinkRequest"},
            {"type": "LtiDeepLinkingRequest", "target_link_uri": f"{OTHER}/choose", "custom_parameters": {"a": "b"}},
            {"type": "LtiSomethingElse"},
        ],
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


@dataclass
class Registering:
    """An administrator at the page of tools, and a tool that wants in."""

    demo: Demo
    administrator: FlaskClient

    def begin(self, address: str = ADDRESS, **fields: str) -> dict[str, str]:
        """The query the tool is opened with."""
        answer = self.administrator.post("/tools/registrations", data={"address": address, **fields})
        assert answer.status_code == 200, answer.text
        found = re.search(r'id="registration" class="tool" src="([^"]*)"', answer.text)
        assert found
        query = urlsplit(found[1].replace("&amp;", "&")).query
        return {name: values[0] for name, values in parse_qs(query).items()}

    def configuration(self, token: str | None) -> TestResponse:
        return self.demo.browser().get("/.well-known/openid-configuration", headers=_bearer(token))

    def post(self, token: str | None, told: Any) -> TestResponse:
        return self.demo.browser().post("/register", json=told, headers=_bearer(token))

    def register(self, **changes: Any) -> dict[str, Any]:
        answer = self.post(self.begin().get("registration_token"), body(**changes))
        assert answer.status_code == 200, answer.text
        registered: dict[str, Any] = answer.get_json()
        return registered

    def activate(self, client_id: str) -> None:
        assert self.administrator.post(f"/tools/{client_id}/activate").location == "/tools"

    def page(self) -> str:
        return seen(self.administrator.get("/tools").text)


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


@pytest.fixture
def registering(demo: Demo) -> Registering:
    return Registering(demo, demo.browser(ADMINISTRATOR))


def test_the_page_of_tools_lists_the_one_that_came_along(registering: Registering) -> None:
    assert "Active Training tool" in registering.page()
    assert f"Client ID {CLIENT_ID} Deployment ID 1" in registering.page()


@pytest.mark.parametrize("sub", [ADMINISTRATOR, None])
def test_administrators_and_those_who_are_nobody_yet_manage_tools(demo: Demo, sub: str | None) -> None:
    assert demo.browser(sub).get("/tools").status_code == 200


@pytest.mark.parametrize("sub", ["la-ingrid", "instructor-solveig"])
def test_others_do_not(demo: Demo, sub: str) -> None:
    browser = demo.browser(sub)
    assert browser.get("/tools").status_code == 403
    assert browser.post("/tools/registrations", data={"address": ADDRESS}).status_code == 403
    assert browser.post(f"/tools/{CLIENT_ID}/activate").status_code == 403
    assert 'href="/tools"' not in browser.get("/courses").text


def test_the_tool_is_opened_with_the_configuration_and_a_token(registering: Registering) -> None:
    query = registering.begin()
    assert len(query.pop("registration_token")) > 30
    assert query == {"invitation": "abc", "openid_configuration": f"{LMS_URL}/.well-known/openid-configuration"}


def test_its_page_may_be_framed_although_it_is_unknown_yet(registering: Registering) -> None:
    answer = registering.administrator.post("/tools/registrations", data={"address": ADDRESS})
    assert f"frame-src 'self' {OTHER} http://localhost:9001;" in answer.headers["Content-Security-Policy"]
    assert 'target="_blank" rel="opener"' in answer.text


@pytest.mark.parametrize(
    "address", ["", "somewhere", "ftp://tool.example/", "javascript:alert(1)", "https://", "http://[", "https://a b"]
)
def test_what_is_no_address_is_said_and_kept(registering: Registering, address: str) -> None:
    answer = registering.administrator.post("/tools/registrations", data={"address": address})
    assert answer.status_code == 400
    assert "The tool could not be connected." in answer.text
    assert f'value="{address}"' in answer.text
    assert 'href="#address"' in answer.text


def test_the_configuration_names_every_endpoint_and_what_is_supported(registering: Registering) -> None:
    told = registering.configuration(registering.begin()["registration_token"]).get_json()
    platform = told.pop(v.PLATFORM_CONFIGURATION)
    assert told["issuer"] == LMS_URL
    assert told["authorization_endpoint"] == f"{LMS_URL}/auth"
    assert told["token_endpoint"] == f"{LMS_URL}/token"
    assert told["jwks_uri"] == f"{LMS_URL}/jwks"
    assert told["registration_endpoint"] == f"{LMS_URL}/register"
    assert set(told["scopes_supported"]) == {"openid", *v.SCOPES}
    assert platform["product_family_code"] == "demo-lms"
    assert {message["type"] for message in platform["messages_supported"]} == set(v.MESSAGE_TYPES)


@pytest.mark.parametrize("token", [None, "made-up"])
def test_without_a_token_there_is_neither_configuration_nor_registration(
    registering: Registering, token: str | None
) -> None:
    for answer in (registering.configuration(token), registering.post(token, body())):
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_token")


def test_a_token_ends_after_its_hour(registering: Registering) -> None:
    token = registering.begin()["registration_token"]
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert registering.post(token, body()).status_code == 401


def test_a_token_is_good_for_one_registration(registering: Registering) -> None:
    token = registering.begin()["registration_token"]
    assert registering.post(token, body()).status_code == 200
    assert registering.post(token, body()).status_code == 401
    assert registering.configuration(token).status_code == 401


def test_a_token_survives_a_registration_that_was_refused(registering: Registering) -> None:
    token = registering.begin()["registration_token"]
    assert registering.post(token, body(client_name="")).status_code == 400
    assert registering.post(token, body()).status_code == 200


def test_a_platform_without_tokens_gives_none_and_wants_none(registering: Registering) -> None:
    registering.demo.behave(registration_token=False)
    assert "registration_token" not in registering.begin()
    assert registering.configuration(None).status_code == 200
    assert registering.post(None, body()).status_code == 200


def test_the_answer_says_what_was_registered(registering: Registering) -> None:
    told = registering.register()
    assert told["client_id"] != CLIENT_ID
    assert told["client_name"] == "Other tool"
    assert told["scope"].split() == [v.SCOPE_SCORE, v.SCOPE_MEMBERSHIPS]
    assert told[v.TOOL_CONFIGURATION]["deployment_id"] not in {"", "1"}
    assert told[v.TOOL_CONFIGURATION]["target_link_uri"] == f"{OTHER}/start"
    kinds = [message["type"] for message in told[v.TOOL_CONFIGURATION]["messages"]]
    assert kinds == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


def test_every_registration_has_ids_of_its_own(registering: Registering) -> None:
    first, second = registering.register(), registering.register()
    assert first["client_id"] != second["client_id"]
    assert first[v.TOOL_CONFIGURATION]["deployment_id"] != second[v.TOOL_CONFIGURATION]["deployment_id"]


@pytest.mark.parametrize(
    ("where", "inside", "on_top"),
    [("tool_configuration", True, False), ("top_level", False, True), ("absent", False, False)],
)
def test_the_deployment_stands_where_the_habit_has_it(
    registering: Registering, where: str, inside: bool, on_top: bool
) -> None:
    registering.demo.behave(registered_deployment=where)
    told = registering.register()
    assert ("deployment_id" in told[v.TOOL_CONFIGURATION], "deployment_id" in told) == (inside, on_top)


def test_scopes_can_be_withheld(registering: Registering) -> None:
    registering.demo.behave(withheld_scopes=["score"])
    told = registering.register()
    assert told["scope"] == v.SCOPE_MEMBERSHIPS
    assert "May see who is in a course" in registering.page()


def test_the_platform_can_refuse_every_registration(registering: Registering) -> None:
    registering.demo.behave(registration_status=403)
    answer = registering.post(registering.begin()["registration_token"], body())
    assert answer.status_code == 403
    assert answer.get_json()["error_description"] == "This learning platform takes no tools at the moment."


@pytest.mark.parametrize(
    "changes",
    [
        {"application_type": "native"},
        {"response_types": ["code"]},
        {"grant_types": ["implicit"]},
        {"initiate_login_uri": None},
        {"initiate_login_uri": "/login"},
        {"redirect_uris": []},
        {"redirect_uris": f"{OTHER}/launch"},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"client_name": None},
        {"client_name": "x" * 256},
        {"jwks_uri": None},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"scope": ["openid"]},
        {v.TOOL_CONFIGURATION: None},
        {v.TOOL_CONFIGURATION: configuration(domain=None)},
        {v.TOOL_CONFIGURATION: configuration(domain="localhost")},
        {v.TOOL_CONFIGURATION: configuration(target_link_uri=None)},
        {v.TOOL_CONFIGURATION: configuration(claims=None)},
        {v.TOOL_CONFIGURATION: configuration(messages=[{"target_link_uri": OTHER}])},
    ],
    ids=lambda changes: str(changes).rsplit("/", 1)[-1][:60],
)
def test_a_registration_that_breaks_a_rule_is_refused_and_kept_out(
    registering: Registering, changes: dict[str, Any]
) -> None:
    answer = registering.post(registering.begin()["registration_token"], body(**changes))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")
    assert "Other tool" not in registering.page()


def test_only_json_is_a_registration(registering: Registering) -> None:
    headers = _bearer(registering.begin()["registration_token"])
    assert registering.demo.browser().post("/register", data=body(), headers=headers).status_code == 415


def test_a_new_tool_is_pending_until_it_is_activated(registering: Registering) -> None:
    client_id = registering.register()["client_id"]
    teacher = registering.demo.browser("instructor-solveig")
    assert "Pending Other tool Does something else." in registering.page()
    assert "Add from Other tool" not in teacher.get("/courses/tdt4100").text
    assert teacher.get(f"/courses/tdt4100/deep-linking?tool={client_id}").status_code == 404
    assert teacher.get(f"/launch/tdt4100/deep-linking/{client_id}").status_code == 404
    registering.activate(client_id)
    assert "Active Other tool" in registering.page()
    assert "Add from Other tool" in teacher.get("/courses/tdt4100").text


def test_a_pending_tool_gets_no_access_token(registering: Registering) -> None:
    tool = registering.demo.tool
    told = registering.register()
    claims = {
        **tool.claims(),
        "iss": told["client_id"],
        "sub": told["client_id"],
        v.DEPLOYMENT_ID: told[v.TOOL_CONFIGURATION]["deployment_id"],
    }
    refused = registering.demo.ask_token(client_assertion=tool.assertion(claims))
    assert "not activated" in refused.get_json()["error_description"]
    registering.activate(told["client_id"])
    scopes = f"{v.SCOPE_SCORE} {v.SCOPE_LINE_ITEM}"
    granted = registering.demo.ask_token(scopes, client_assertion=tool.assertion(claims))
    assert granted.get_json()["scope"] == v.SCOPE_SCORE


def test_its_launches_carry_its_own_ids_targets_and_parameters(registering: Registering) -> None:
    told = registering.register()
    registering.activate(told["client_id"])
    demo, teacher = registering.demo, registering.demo.browser("instructor-solveig")
    asked = demo.authorisation_request(teacher, f"tdt4100/deep-linking/{told['client_id']}")
    form = FormReader(demo.authorise(teacher, {**asked, "redirect_uri": f"{OTHER}/second"}).text)
    claims = demo.verified(form.fields["id_token"], told["client_id"])
    assert form.action == f"{OTHER}/second"
    assert claims[v.DEPLOYMENT_ID] == told[v.TOOL_CONFIGURATION]["deployment_id"]
    assert claims[v.TARGET_LINK_URI] == f"{OTHER}/choose"
    assert claims[v.CUSTOM] == {"language": "$Person.locale", "a": "b"}
    assert claims[v.AGS_ENDPOINT]["scope"] == [v.SCOPE_SCORE]


def test_a_launch_of_one_tool_is_not_given_to_another(registering: Registering) -> None:
    told = registering.register()
    registering.activate(told["client_id"])
    demo, browser = registering.demo, registering.demo.browser("la-ingrid")
    asked = demo.authorisation_request(browser, "tdt4100-om1")
    stolen = {**asked, "client_id": told["client_id"], "redirect_uri": f"{OTHER}/launch"}
    assert FormReader(demo.authorise(browser, stolen).text).fields["error"] == "unauthorized_client"


def test_a_tool_that_knows_no_choosing_is_added_at_once(registering: Registering) -> None:
    told = registering.register(**{v.TOOL_CONFIGURATION: configuration(messages=[])})
    registering.activate(told["client_id"])
    teacher = registering.demo.browser("instructor-solveig")
    assert "Add Other tool" in teacher.get("/courses/tdt4100").text
    answer = teacher.post("/courses/tdt4100/links", data={"tool": told["client_id"]})
    assert answer.location == "/courses/tdt4100"
    assert "Other tool Does something else." in seen(teacher.get("/courses/tdt4100").text)


def test_line_items_of_one_tool_are_hidden_from_another(registering: Registering) -> None:
    demo, told = registering.demo, registering.register(scope=" ".join(v.SCOPES))
    registering.activate(told["client_id"])
    ours = demo.line_item()
    deployment = told[v.TOOL_CONFIGURATION]["deployment_id"]
    claims = {**demo.tool.claims(), "iss": told["client_id"], "sub": told["client_id"], v.DEPLOYMENT_ID: deployment}
    asked = demo.ask_token(" ".join(v.SCOPES), client_assertion=demo.tool.assertion(claims))
    other = _bearer(asked.get_json()["access_token"])
    container = ours.rpartition("/")[0].removeprefix(LMS_URL)
    listed = demo.browser().get(container, headers={**other, "Accept": v.LINE_ITEMS_TYPE})
    assert listed.get_json() == []
    item = ours.removeprefix(LMS_URL)
    assert demo.browser().get(item, headers={**other, "Accept": v.LINE_ITEM_TYPE}).status_code == 404
    linked = {"label": "Mine", "scoreMaximum": 1, "resourceLinkId": "tdt4100-om1"}
    made = demo.browser().post(container, json=linked, content_type=v.LINE_ITEM_TYPE, headers=other)
    assert made.status_code == 404
    members = "/api/lti/courses/tdt4100/memberships?rlid=tdt4100-om1"
    assert demo.browser().get(members, headers={**other, "Accept": v.MEMBERSHIPS_TYPE}).status_code == 404


def test_registering_anew_keeps_the_ids_and_the_state(registering: Registering) -> None:
    told = registering.register()
    registering.activate(told["client_id"])
    query = registering.begin(again=told["client_id"])
    renamed = registering.post(query["registration_token"], body(client_name="Renamed tool")).get_json()
    assert renamed["client_id"] == told["client_id"]
    assert renamed[v.TOOL_CONFIGURATION]["deployment_id"] == told[v.TOOL_CONFIGURATION]["deployment_id"]
    assert "Active Renamed tool" in registering.page()
    assert "Other tool" not in registering.page()


def test_only_a_known_tool_can_be_registered_anew_or_activated(registering: Registering) -> None:
    answer = registering.administrator.post("/tools/registrations", data={"address": ADDRESS, "again": "nothing"})
    assert answer.status_code == 400
    assert registering.administrator.post("/tools/nothing/activate").status_code == 404


def test_what_a_tool_calls_itself_is_text(registering: Registering) -> None:
    registering.register(client_name="<script>alert(1)</script>")
    assert "<script>alert" not in registering.administrator.get("/tools").text
