"""The login that a platform begins."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.database import db
from lti_tool.lti.models import Platform
from tests.lti.checks import Refusals, row_counts
from tests.lti.platform import LearningPlatform


@pytest.mark.parametrize("method", ["GET", "POST"], ids=["c41", "c42"])
def test_c41_c42_get_and_post(app: Flask, lms: LearningPlatform, client: FlaskClient, method: str) -> None:
    before = row_counts(app)
    handshake = lms.begin(client, method)
    assert handshake.url.startswith("https://lms.test/auth?")
    assert handshake.parameters == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": "https://tool.test/lti/launch",
        "login_hint": "hint-1",
        "lti_message_hint": "message-1",
        "state": handshake.state,
        "nonce": handshake.nonce,
    }
    assert row_counts(app) == before, "a login writes nothing"


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("value", [None, ""])
def test_c43_something_missing(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, name: str, value: str | None
) -> None:
    for method in ("GET", "POST"):
        refusals.check(lms.login(client, method, **{name: value}), f"login-{name}-missing")


def test_c44_unknown_issuer_or_client(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.login(client, iss="https://unknown.test"), "registration-unknown")
    refusals.check(lms.login(client, iss="https://unknown.test", client_id=None), "registration-unknown")
    answer = lms.login(client, client_id="client-9")
    refusals.check(answer, "registration-unknown")
    assert "not connected" in answer.text


@pytest.mark.parametrize("client_id", [None, ""])
def test_c45_no_client_id_where_the_issuer_has_one_registration(
    lms: LearningPlatform, client: FlaskClient, client_id: str | None
) -> None:
    assert lms.begin(client, client_id=client_id).parameters["client_id"] == "client-1"


def test_c45_no_client_id_where_the_issuer_has_several(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    second = LearningPlatform(app, client_id="client-2")
    refusals.expect_rows()
    refusals.check(lms.login(client, client_id=None), "registration-ambiguous")
    assert second.begin(client).parameters["client_id"] == "client-2"


@pytest.mark.parametrize(
    "hint",
    [
        '{"cmid":12,"launchid":"ltilaunch12_345"}',
        "a+b c%20d&e=f#g?h/i;j,k",
        "æøå 中文 🙂",
        "%7B%22a%22%3A1%7D%00",
        " spaces \t\r\n ",
        "x" * 2000,
    ],
)
def test_c46_message_hint_echoed_byte_for_byte(lms: LearningPlatform, client: FlaskClient, hint: str) -> None:
    for method in ("GET", "POST"):
        url = lms.begin(client, method, lti_message_hint=hint, login_hint=f"l{hint}").url
        sent = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))
        assert sent["lti_message_hint"] == hint
        assert sent["login_hint"] == f"l{hint}"


def test_c46_no_message_hint(lms: LearningPlatform, client: FlaskClient) -> None:
    assert "lti_message_hint" not in lms.begin(client, lti_message_hint=None).parameters


@pytest.mark.parametrize("address", ["https://lms.test/auth?tenant=5", "https://lms.test/auth?a=1&b=2%3F"])
def test_c47_authorisation_address_with_a_query(
    app: Flask, lms: LearningPlatform, client: FlaskClient, address: str
) -> None:
    with app.app_context():
        db.session.query(Platform).update({"auth_url": address})
        db.session.commit()
    handshake = lms.begin(client)
    assert handshake.url.startswith(f"{address}&scope=openid&")
    assert handshake.url.count("?") == 1
    answer = lms.post(client, state=handshake.state, id_token=lms.token(handshake.nonce))
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "uri", ["https://evil.test/", "http://tool.test/", "//tool.test/", "https://tool.test.evil.test/", "x", "https://["]
)
def test_a_target_link_elsewhere_is_refused(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, uri: str
) -> None:
    refusals.check(lms.login(client, target_link_uri=uri), "login-target_link_uri-elsewhere")


def test_the_default_port_is_the_same_origin(lms: LearningPlatform, client: FlaskClient) -> None:
    lms.begin(client, target_link_uri="https://tool.test:443/path?x=1")


@pytest.mark.parametrize("name", ["iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri"])
def test_values_that_no_platform_sends_are_refused(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, name: str
) -> None:
    for value in ("x" * 2501, "a\x00b"):
        refusals.check(lms.login(client, **{name: value}), f"login-{name}-unusable")


def test_a_parameter_given_twice_is_refused(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    sent = {**lms.login_parameters(), "iss": [lms.issuer, "https://evil.test"]}
    refusals.check(client.post("/lti/login", data=sent, base_url=lms.base_url), "iss-repeated")


def test_a_login_is_read_from_the_body_when_posted(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    answer = client.post("/lti/login", query_string=lms.login_parameters(), base_url=lms.base_url)
    refusals.check(answer, "login-iss-missing")


def test_wrong_methods_and_sizes(lms: LearningPlatform, client: FlaskClient) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.open("/lti/login", method=method, base_url=lms.base_url).status_code == 405
    assert lms.login(client, login_hint="x" * 300_000).status_code == 413
