"""Connecting a platform by hand: guides, the form with what is known filled in, and its mistakes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.administration.guides import GUIDES, site_in
from lti_tool.lti.actions import NewPlatform, add_platform
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform, ToolKey
from tests.cast import Browser, Cast, let_go
from tests.conftest import BASE_URL
from tests.lti.platform import LearningPlatform
from tests.meeting import meeting

FORM = {
    "name": "Moodle at Example",
    "issuer": "https://moodle.test",
    "client_id": "abc",
    "auth_url": "https://moodle.test/mod/lti/auth.php",
    "token_url": "https://moodle.test/mod/lti/token.php",
    "jwks_url": "https://moodle.test/mod/lti/certs.php",
    "token_audience": "",
    "deployment_ids": "7",
}
CANVAS = {
    "issuer": "https://canvas.instructure.com",
    "auth_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
}
# What is typed or chosen first, and what follows from it.
STARTS: dict[str, tuple[str, dict[str, str]]] = {
    "canvas": ("production", {**CANVAS, "token_url": "https://sso.canvaslms.com/login/oauth2/token"}),
    "blackboard": (
        "fe3ebd13-39a4",
        {
            "issuer": "https://blackboard.com",
            "client_id": "fe3ebd13-39a4",
            "auth_url": "https://developer.blackboard.com/api/v1/gateway/oidcauth",
            "token_url": "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
            "jwks_url": "https://developer.blackboard.com/api/v1/management/applications/fe3ebd13-39a4/jwks.json",
        },
    ),
    "moodle": ("moodle.test/", {name: FORM[name] for name in ("issuer", "auth_url", "token_url", "jwks_url")}),
    "desire2learn": (
        "https://learn.test",
        {
            "issuer": "https://learn.test",
            "auth_url": "https://learn.test/d2l/lti/authenticate",
            "jwks_url": "https://learn.test/d2l/.well-known/jwks",
            "token_audience": "https://api.brightspace.com/auth/token",
        },
    ),
    "sakai": ("https://sakai.test", {"auth_url": "https://sakai.test/imsoidc/lti13/oidc_auth", "token_url": ""}),
    "openedx": ("https://edx.test", {"auth_url": "https://edx.test/api/lti_consumer/v1/launch/", "jwks_url": ""}),
}


@pytest.fixture
def operator(cast: Cast) -> Browser:
    return cast.operate()


def value_of(page: str, field: str) -> str:
    found = re.search(rf'<input[^>]*name="{field}"[^>]*value="([^"]*)"', page)
    assert found, field
    return found.group(1)


def platforms(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Platform.id))) or 0


def test_every_platform_has_its_guide(operator: Browser) -> None:
    page = operator.get("platforms/new").text
    for key, guide in GUIDES.items():
        assert f"platforms/new/{key}" in page
        assert str(guide.name) in page


@pytest.mark.parametrize("product", GUIDES)
def test_a_guide_shows_our_values_whole_and_selectable(operator: Browser, product: str) -> None:
    page = operator.get(f"platforms/new/{product}").text
    ours = re.findall(r"<code id=\"ours-\d+\">([^<]+)</code>", page)
    assert f"{BASE_URL}/lti/launch" in ours
    if product == "canvas":
        assert f"{BASE_URL}/lti/config/canvas.json" in ours
    else:
        assert {f"{BASE_URL}/lti/login", f"{BASE_URL}/lti/jwks"} <= set(ours)
    assert ("By one address" in page) == (product != "openedx")


def test_blackboards_portal_is_told_all_it_asks_for(operator: Browser) -> None:
    page = operator.get("platforms/new/blackboard").text
    for asked in ("Domain(s)", "Login Initiation URL", "Tool Redirect URL(s)", "Tool JWKS URL", "Signing Algorithm"):
        assert asked in page
    for told in ("tool.test", "RS256"):
        assert f">{told}</code>" in page


@pytest.mark.parametrize("product", STARTS)
def test_addresses_are_filled_in_from_what_is_known(operator: Browser, product: str) -> None:
    start, expected = STARTS[product]
    page = operator.get(f"platforms/new/{product}", query_string={"start": start})
    assert page.status_code == 200
    assert {name: value_of(page.text, name) for name in expected} == expected
    assert value_of(page.text, "name") == GUIDES[product].name


def test_before_a_choice_is_made_the_addresses_are_those_of_the_canvas_in_use(operator: Browser) -> None:
    page = operator.get("platforms/new/canvas").text
    assert {name: value_of(page, name) for name in CANVAS} == CANVAS
    assert value_of(operator.get("platforms/new/moodle").text, "issuer") == ""


@pytest.mark.parametrize("environment", ["beta", "test"])
def test_test_and_beta_canvas_have_addresses_of_their_own(operator: Browser, environment: str) -> None:
    page = operator.get(f"platforms/new/canvas?start={environment}").text
    assert value_of(page, "issuer") == f"https://canvas.{environment}.instructure.com"
    assert value_of(page, "jwks_url") == f"https://sso.{environment}.canvaslms.com/api/lti/security/jwks"


@pytest.mark.parametrize(
    ("product", "start"),
    [
        ("moodle", ""),
        ("moodle", "ftp://moodle.test"),
        ("moodle", "https://"),
        ("moodle", "https://[moodle"),
        ("moodle", "https://moodle.test:0"),
        ("moodle", "https://user@moodle.test"),
        ("moodle", "https://moodle.test/?x=1"),
        ("moodle", "my moodle"),
        ("canvas", "elsewhere"),
        ("blackboard", "a/../b"),
        ("blackboard", ""),
    ],
)
def test_an_answer_that_makes_no_sense_is_said_and_kept(operator: Browser, product: str, start: str) -> None:
    answer = operator.get(f"platforms/new/{product}", query_string={"start": start})
    assert answer.status_code == 422
    assert '<a href="#start">' in answer.text
    if product != "canvas":
        assert value_of(answer.text, "start") == start
    assert value_of(answer.text, "issuer") == ""


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("moodle.test", "https://moodle.test"),
        (" https://moodle.test/sub/ ", "https://moodle.test/sub"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("https://møødle.test", None),
        ("", None),
    ],
)
def test_sites_are_read_as_people_type_them(typed: str, site: str | None) -> None:
    assert site_in(typed) == site


def test_what_the_platform_told_is_registered(operator: Browser, session: Session) -> None:
    answer = operator.post("platforms/new/moodle", FORM)
    session.rollback()
    platform = session.scalars(select(Platform).where(Platform.client_id == "abc")).one()
    assert answer.headers["Location"].endswith(f"/platforms/{platform.id}?notice=connected")
    assert (platform.name, platform.token_url, platform.token_audience) == (FORM["name"], FORM["token_url"], None)
    assert [(d.deployment_id, d.status) for d in platform.deployments] == [("7", DeploymentStatus.APPROVED)]
    assert session.scalar(select(func.count(ToolKey.id))) == 1, "we can sign from now on"


def test_a_launch_works_right_after(app: Flask, operator: Browser, client: FlaskClient) -> None:
    lms = LearningPlatform(app, issuer="https://other.test", client_id="none")
    typed = {"issuer": lms.issuer, "client_id": "abc", "auth_url": lms.auth_url, "deployment_ids": lms.deployment_id}
    assert operator.post("platforms/new/other", {**FORM, **typed}).status_code == 303
    lms.client_id = "abc"
    assert lms.launch(client).status_code == 303


def test_the_deployment_may_come_with_the_first_launch(operator: Browser, session: Session) -> None:
    assert operator.post("platforms/new/moodle", {**FORM, "deployment_ids": ""}).status_code == 303
    session.rollback()
    assert session.scalar(select(func.count(Deployment.id)).where(Deployment.status == DeploymentStatus.APPROVED)) == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "name must be"),
        ({"client_id": " "}, "client id must be"),
        ({"client_id": "x" * 256}, "client id must be"),
        ({"issuer": "moodle.test"}, "issuer must be an address"),
        ({"issuer": "https://moodle.test/" + "x" * 300}, "at most 255"),
        ({"auth_url": "http://moodle.test/auth"}, "begins with https://"),
        ({"token_url": "https://moodle.test/#x"}, "token URL must be"),
        ({"jwks_url": "\x00"}, "key set URL must be"),
        ({"deployment_ids": "x" * 256}, "deployment id must be"),
        ({"token_audience": "\x7f"}, "token audience must be"),
        ({"issuer": "https://lms.test", "client_id": "client-1"}, "registered already"),
    ],
)
def test_a_mistake_is_said_at_its_field_the_rest_is_kept_and_nothing_is_stored(
    operator: Browser, session: Session, wrong: dict[str, Any], says: str
) -> None:
    before = platforms(session)
    answer = operator.post("platforms/new/moodle", {**FORM, **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'<a href="#{list(wrong)[-1]}">' in answer.text
    for name in FORM.keys() - wrong.keys():
        assert value_of(answer.text, name) == FORM[name]
    assert platforms(session) == before
    assert session.scalar(select(func.count(ToolKey.id))) == 0


def test_of_two_who_register_it_at_once_the_second_is_told(cast: Cast, session: Session) -> None:
    browser = cast.operate()
    assert browser.form_token
    new = NewPlatform(
        "Moodle", FORM["issuer"], FORM["client_id"], FORM["auth_url"], FORM["token_url"], FORM["jwks_url"]
    )

    def first(session: Session) -> None:
        add_platform(session, new, development=False)

    let_go()
    second = meeting(cast.app, first, lambda: browser.post("platforms/new/moodle", FORM))
    assert second.status_code == 422
    assert "registered already" in second.text
    assert platforms(session) == 2


@pytest.mark.parametrize("product", ["nothing", "Moodle", "%2e%2e"])
def test_a_platform_nobody_has_written_a_guide_for(operator: Browser, product: str) -> None:
    assert operator.get(f"platforms/new/{product}").status_code == 404
    assert operator.post(f"platforms/new/{product}", FORM).status_code == 404
    assert operator.post(f"platforms/new/{product}/invitation", {"note": "x"}).status_code == 404


def test_a_page_of_its_own_name_can_be_typed_into_every_field(operator: Browser) -> None:
    script = "<script>alert(1)</script>"
    answer = operator.post("platforms/new/moodle", {**dict.fromkeys(FORM, script)})
    assert script not in answer.text
