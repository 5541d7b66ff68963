"""A platform registers itself: what is asked of it, what it is told, what is kept, what the page says."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.lti.dynamic_registration.configuration import read_configuration
from lti_tool.lti.dynamic_registration.offer import TOOL_CONFIGURATION
from lti_tool.lti.dynamic_registration.scopes import WANTED
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform, RegistrationInvitation, ToolKey
from lti_tool.lti.services.grades import LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_tool.lti.services.roster import ROSTER_SCOPE
from tests.lti.checks import Refusals
from tests.lti.dynamic_registration.registrar import ADDRESS, LMS, TOKEN, Registrar
from tests.lti.platform import LearningPlatform


def deployments(session: Session) -> dict[str, DeploymentStatus]:
    session.rollback()
    found = {row.deployment_id: row.status for row in session.scalars(select(Deployment))}
    session.rollback()
    return found


def test_c109_the_configuration_is_fetched_with_the_platforms_token(registrar: Registrar, client: FlaskClient) -> None:
    assert registrar.register(client).status_code == 200
    asked, told = registrar.seen
    assert (asked.method, asked.url, told.method, told.url) == ("GET", ADDRESS, "POST", f"{LMS}/register")
    assert asked.headers["Authorization"] == told.headers["Authorization"] == f"Bearer {TOKEN}"
    assert told.headers["Content-Type"] == "application/json"


def test_c110_without_a_token_there_is_no_bearer(registrar: Registrar, client: FlaskClient) -> None:
    assert registrar.register(client, registration_token=None).status_code == 200
    assert [("Authorization" in request.headers) for request in registrar.seen] == [False, False]


def test_the_tool_introduces_itself(registrar: Registrar, client: FlaskClient) -> None:
    registrar.register(client)
    told = registrar.seen[1].body
    assert told | {TOOL_CONFIGURATION: None} == {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": "https://tool.test/lti/login",
        "redirect_uris": ["https://tool.test/lti/launch"],
        "client_name": "Learning assistant training",
        "client_name#nb": told["client_name#nb"],
        "client_name#nn": told["client_name#nn"],
        "jwks_uri": "https://tool.test/lti/jwks",
        "logo_uri": "https://tool.test/static/img/icon.svg",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(WANTED),
        TOOL_CONFIGURATION: None,
    }
    assert told["client_name#nb"] != told["client_name"]
    tool = told[TOOL_CONFIGURATION]
    assert (tool["domain"], tool["target_link_uri"]) == ("tool.test", "https://tool.test/lti/launch")
    assert [message["type"] for message in tool["messages"]] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert {message["target_link_uri"] for message in tool["messages"]} == {"https://tool.test/lti/launch"}
    assert "email" not in tool["claims"]
    assert not [name for name in tool if "canvas" in name]


def test_all_that_is_promised_is_there(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    session.execute(delete(ToolKey))
    session.commit()
    registrar.register(client)
    told = registrar.seen[1].body
    assert client.get("/lti/jwks").get_json()["keys"], "there is a key before the platform asks for it"
    assert client.get(told["logo_uri"].removeprefix("https://tool.test")).status_code == 200
    for address in (told["initiate_login_uri"], *told["redirect_uris"]):
        assert client.post(address.removeprefix("https://tool.test")).status_code == 400


def test_the_review_of_submissions_is_offered_where_it_is_known(registrar: Registrar, client: FlaskClient) -> None:
    registrar.become("x", messages_supported=[{"type": "LtiSubmissionReviewRequest"}])
    registrar.register(client)
    types = [message["type"] for message in registrar.seen[1].body[TOOL_CONFIGURATION]["messages"]]
    assert types == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest", "LtiSubmissionReviewRequest"]


def test_canvas_is_told_of_placements_it_knows_and_of_privacy(registrar: Registrar, client: FlaskClient) -> None:
    known = ["course_navigation", "link_selection", "editor_button"]
    registrar.become("canvas", messages_supported=[{"type": "LtiDeepLinkingRequest", "placements": known}])
    registrar.register(client)
    tool = registrar.seen[1].body[TOOL_CONFIGURATION]
    assert tool["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
    assert tool["https://canvas.instructure.com/lti/tool_id"] == "lti-tool"
    link, deep = tool["messages"]
    assert (link["placements"], deep["placements"]) == (["course_navigation"], ["link_selection"])
    assert link["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False


def test_the_registration_is_kept_and_the_invitation_spent(
    registrar: Registrar, client: FlaskClient, session: Session
) -> None:
    registrar.register(client)
    platform = session.scalars(select(Platform)).one()
    assert (platform.name, platform.issuer, platform.client_id, platform.product) == (
        "lms.test",
        LMS,
        "tool-1",
        "moodle",
    )
    assert (platform.auth_url, platform.token_url, platform.jwks_url, platform.token_audience) == (
        f"{LMS}/auth",
        f"{LMS}/token",
        f"{LMS}/jwks",
        None,
    )
    invitation = session.scalars(select(RegistrationInvitation)).one()
    assert (invitation.platform_id, invitation.used_at is not None) == (platform.id, True)


@pytest.mark.parametrize("place", ["inside", "outside", "as a number"])
def test_c116_an_installation_that_the_answer_names_is_approved(
    registrar: Registrar, client: FlaskClient, session: Session, place: str
) -> None:
    named: Any = 7 if place == "as a number" else "7"
    registrar.given[TOOL_CONFIGURATION] = {"deployment_id": named} if place == "inside" else {}
    registrar.given |= {} if place == "inside" else {"deployment_id": named}
    page = registrar.register(client)
    assert deployments(session) == {"7": DeploymentStatus.APPROVED}
    assert "waits for approval" not in page.text


def test_c116_without_one_the_first_launch_asks_for_approval(
    registrar: Registrar, client: FlaskClient, session: Session, app: Flask
) -> None:
    del registrar.given[TOOL_CONFIGURATION]
    page = registrar.register(client)
    assert "waits for approval" in page.text
    assert deployments(session) == {}
    lms = LearningPlatform(app, client_id="tool-1")
    assert lms.launch(client, changes={"deployment_id": "new"}).status_code == 403
    assert deployments(session) == {"new": DeploymentStatus.PENDING}


def test_a_registered_platform_opens_the_tool(registrar: Registrar, client: FlaskClient, app: Flask) -> None:
    registrar.register(client)
    lms = LearningPlatform(app, client_id="tool-1")
    lms.deployment_id = "7"
    assert lms.launch(client).status_code == 303


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (SCORE_SCOPE, "the gradebook stays empty"),
        (LINE_ITEM_SCOPE, "no columns"),
        (RESULT_SCOPE, "What teachers change"),
        (ROSTER_SCOPE, "only once they have opened"),
    ],
)
def test_c115_what_was_not_granted_is_told_in_words(
    registrar: Registrar, client: FlaskClient, scope: str, said: str
) -> None:
    registrar.given["scope"] = " ".join(wanted for wanted in WANTED if wanted != scope)
    page = registrar.register(client)
    assert "did not allow" in page.text
    assert said in page.text
    assert page.text.count("<li>") == 3, "Moodle's two steps and this"


@pytest.mark.parametrize("scope", [" ".join(WANTED), list(WANTED), None])
def test_c115_nothing_is_missing_where_all_is_granted_or_nothing_said(
    registrar: Registrar, client: FlaskClient, scope: Any
) -> None:
    registrar.given["scope"] = scope
    assert "did not allow" not in registrar.register(client).text


@pytest.mark.parametrize(
    ("product", "said"),
    [
        ("moodle", "“Activate”"),
        ("canvas", "“Install”"),
        ("desire2learn", "Manage Extensibility"),
        ("BlackboardLearn", "LTI Tool Providers"),
        ("sakai", "External Tools"),
        ("other", "lists it as waiting"),
        (None, "lists it as waiting"),
    ],
)
def test_the_page_says_what_is_still_to_be_done_there(
    registrar: Registrar, client: FlaskClient, product: str, said: str
) -> None:
    registrar.become(product)
    assert said in registrar.register(client).text


@pytest.mark.parametrize(
    ("product", "server", "audience"),
    [
        ("desire2learn", None, "https://api.brightspace.com/auth/token"),
        ("desire2learn", "https://other.test/token", "https://api.brightspace.com/auth/token"),
        ("other", "https://lms.test/authority", "https://lms.test/authority"),
        ("other", f"{LMS}/token", None),
        ("canvas", "canvas.instructure.com", None),
    ],
)
def test_tokens_are_asked_for_in_the_name_of_the_right_audience(
    registrar: Registrar, product: str, server: str | None, audience: str | None
) -> None:
    registrar.become(product)
    registrar.configuration["authorization_server"] = server
    assert read_configuration(registrar.configuration, ADDRESS).token_audience == audience


def test_the_audience_is_kept(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    registrar.become("desire2learn")
    registrar.register(client)
    assert session.scalars(select(Platform.token_audience)).one() == "https://api.brightspace.com/auth/token"


def test_what_moodle_once_wrote_is_understood(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    told = {"product_family_code": "moodle", "messages_supported": ["LtiResourceLink", "LtiDeepLinkingRequest"]}
    del registrar.configuration[f"{list(registrar.configuration)[-1]}"]
    registrar.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration "] = told
    registrar.register(client)
    assert session.scalars(select(Platform.product)).one() == "moodle"


def test_c117_the_page_closes_itself_through_the_platform(registrar: Registrar, client: FlaskClient) -> None:
    page = registrar.register(client)
    assert "static/js/close.js" in page.text
    assert "data-close" in page.text
    assert "close this page now" in page.text, "without script"
    assert "org.imsglobal.lti.close" in client.get("/static/js/close.js").text


def test_c118_a_repeat_updates_the_registration(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    registrar.register(client)
    platform = session.scalars(select(Platform)).one()
    platform.name = "Our Moodle"
    session.commit()
    registrar.configuration["token_endpoint"] = f"{LMS}/token2"
    registrar.become("")
    registrar.given[TOOL_CONFIGURATION] = {"deployment_id": "8"}
    page = registrar.register(client)
    assert "up to date" in page.text
    session.expire_all()
    platform = session.scalars(select(Platform)).one()
    assert (platform.name, platform.token_url, platform.product) == ("Our Moodle", f"{LMS}/token2", "moodle")
    assert deployments(session) == {"7": DeploymentStatus.APPROVED, "8": DeploymentStatus.APPROVED}


def test_c118_a_repeat_approves_what_waits_and_leaves_closed_what_was_closed(
    registrar: Registrar, client: FlaskClient, session: Session
) -> None:
    registrar.register(client)
    for before, after in (("PENDING", "APPROVED"), ("INACTIVE", "INACTIVE")):
        session.scalars(select(Deployment)).one().status = DeploymentStatus[before]
        session.commit()
        page = registrar.register(client)
        assert deployments(session) == {"7": DeploymentStatus[after]}
        assert ("waits for approval" in page.text) == (after == "INACTIVE")


def test_c118_another_client_id_is_another_registration(
    registrar: Registrar, client: FlaskClient, session: Session
) -> None:
    registrar.register(client)
    registrar.given["client_id"] = "tool-2"
    assert "The tool is registered" in registrar.register(client).text
    assert set(session.scalars(select(Platform.client_id))) == {"tool-1", "tool-2"}


def test_a_canvas_site_is_named_after_its_account(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    registrar.become("canvas", **{"https://canvas.instructure.com/lti/account_name": "Testing University"})
    registrar.register(client)
    assert session.scalars(select(Platform.name)).one() == "Testing University"


def test_the_log_knows_neither_token_nor_code(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    page = registrar.open(client, code)
    registrar.configuration["issuer"] = None
    refusals.check(registrar.press(client, page), "configuration: issuer")
    told = " ".join(str(vars(record)) for record in caplog.records)
    assert TOKEN not in told
    assert code not in told
