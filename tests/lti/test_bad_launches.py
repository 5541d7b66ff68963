"""Launches that must not be let in: a clear page, a reason in the log, nothing written."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.database import db
from lti_tool.http import OutgoingError
from lti_tool.lti.models import Deployment, DeploymentStatus
from tests.lti.checks import Refusals
from tests.lti.platform import LearningPlatform, key_pair, public_pem, tampered


def test_c01_header_without_kid(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, kid=None), "kid-missing")


def test_c02_kid_not_in_the_key_set(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, kid="unheard-of"), "kid-unknown")
    assert lms.fetches == 1


@pytest.mark.parametrize("version", ["11.3", "1.3", "", 1.3])
def test_c03_wrong_version(lms: LearningPlatform, client: FlaskClient, refusals: Refusals, version: Any) -> None:
    refusals.check(lms.launch(client, changes={"version": version}), "incorrect-version-expected-1-3-0")


def test_c04_no_version(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["version"]), "incorrect-version-expected-1-3-0")


def test_c05_not_an_lti_message(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    answer = lms.post(client, state=handshake.state, id_token=lms.sign({"name": "badltilaunch"}))
    refusals.check(answer, "claims-invalid: aud, deployment_id, exp, iat, iss, nonce, roles, sub, target_link_uri")


def test_c05_json_instead_of_a_form(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    answer = client.post("/lti/launch", json={"name": "badltilaunch"}, base_url=lms.base_url)
    refusals.check(answer, "state-missing")


@pytest.mark.parametrize("claim", ["aud", "iss", "sub", "deployment_id", "roles"])
def test_c06_each_required_claim_removed(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, claim: str
) -> None:
    refusals.check(lms.launch(client, without=[claim]), f"claims-invalid: {claim}")


def test_c07_timestamps_long_past(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"iat": 11111, "exp": 22222}), "token-ExpiredSignatureError")


def test_c07_expired_beyond_the_leeway(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"exp": int(time.time()) - 30}), "token-ExpiredSignatureError")


def test_c08_no_message_type(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["message_type"]), "message-type-missing")


@pytest.mark.parametrize("kind", ["LtiStartProctoring", "LtiContextLaunchRequest", "badmessage"])
def test_c08_message_types_not_on_offer(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, kind: str
) -> None:
    answer = lms.launch(client, changes={"message_type": kind})
    refusals.check(answer, "message-type-unsupported")
    assert "not supported" in answer.text


def test_c09_no_roles(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["roles"]), "claims-invalid: roles")


@pytest.mark.parametrize("roles", ["Instructor", None, {}, [1], ["Learner", None], "http://x#Learner"])
def test_c09_roles_that_are_no_list_of_text(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, roles: Any
) -> None:
    refusals.check(lms.launch(client, changes={"roles": roles}), "claims-invalid: roles")


def test_c10_no_deployment_id(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["deployment_id"]), "claims-invalid: deployment_id")


@pytest.mark.parametrize("link", [{}, {"title": "no id"}, {"id": ""}, {"id": None}, {"id": 5}, [], "link-1", 1])
def test_c11_resource_link_without_id(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, link: Any
) -> None:
    refusals.check(lms.launch(client, changes={"resource_link": link}), "claims-invalid: resource_link")


def test_c11_no_resource_link(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["resource_link"]), "resource-link-missing")
    refusals.check(lms.launch(client, changes={"resource_link": None}), "resource-link-missing")


@pytest.mark.parametrize("subject", ["", None, 7])
def test_c12_anonymous(lms: LearningPlatform, client: FlaskClient, refusals: Refusals, subject: Any) -> None:
    refusals.check(lms.launch(client, without=["sub"]), "claims-invalid: sub")
    refusals.check(lms.launch(client, changes={"sub": subject}), "claims-invalid: sub")


def test_c13_tampered_body(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    token = tampered(lms.token(handshake.nonce), sub="ingrid")
    refusals.check(lms.post(client, state=handshake.state, id_token=token), "token-InvalidSignatureError")


@pytest.mark.parametrize("name", ["none", "None", "NONE"])
def test_c14_algorithm_none(lms: LearningPlatform, client: FlaskClient, refusals: Refusals, name: str) -> None:
    handshake = lms.begin(client)
    token = jwt.encode(lms.claims(handshake.nonce), "", algorithm="none", headers={"kid": lms.kid})
    header = jwt.utils.base64url_encode(b'{"alg":"%s","kid":"key-1"}' % name.encode()).decode()
    token = f"{header}.{token.split('.')[1]}."
    refusals.check(lms.post(client, state=handshake.state, id_token=token), "token-InvalidAlgorithmError")


def test_c15_hs256_keyed_with_our_view_of_the_public_key(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    handshake = lms.begin(client)
    signer = jwt.get_algorithm_by_name("HS256")
    head, body, _ = lms.token(handshake.nonce).split(".")
    head = jwt.utils.base64url_encode(b'{"alg":"HS256","kid":"key-1"}').decode()
    mac = signer.sign(f"{head}.{body}".encode(), public_pem(key_pair("first")))
    token = f"{head}.{body}.{jwt.utils.base64url_encode(mac).decode()}"
    refusals.check(lms.post(client, state=handshake.state, id_token=token), "token-InvalidAlgorithmError")


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_c16_other_algorithms(lms: LearningPlatform, client: FlaskClient, refusals: Refusals, algorithm: str) -> None:
    refusals.check(lms.launch(client, alg=algorithm), "token-InvalidAlgorithmError")


def test_c17_unknown_issuer(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"iss": "https://unknown.test"}), "registration-unknown")


def test_c18_issuer_other_than_the_logins(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    # Both are registered, both sign with the same key.
    answer = lms.launch(client, changes={"iss": "https://lms.test", "aud": "client-2"})
    refusals.check(answer, "registration-unknown")


def test_c18_another_registration_than_the_logins(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    other = LearningPlatform(app, issuer="https://other.test", client_id="client-2")
    refusals.expect_rows()
    answer = lms.launch(client, changes={"iss": other.issuer, "aud": other.client_id})
    refusals.check(answer, "registration-not-of-this-login")


@pytest.mark.parametrize("audience", ["somebody-else", ["somebody-else"]])
def test_c19_wrong_audience(lms: LearningPlatform, client: FlaskClient, refusals: Refusals, audience: Any) -> None:
    refusals.check(lms.launch(client, changes={"aud": audience}), "registration-unknown")


@pytest.mark.parametrize("audience", ["", [], [""], None, 5, {}, ["client-1", 5]])
def test_c19_audience_of_a_wrong_shape(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, audience: Any
) -> None:
    answer = lms.launch(client, changes={"aud": audience})
    refusals.check(answer, "azp-missing" if audience == [] else "claims-invalid: aud")


def test_c20_an_untrusted_audience_beside_us(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    answer = lms.launch(client, changes={"aud": ["client-1", "https://evil.test"], "azp": "client-1"})
    refusals.check(answer, "audience-untrusted")


def test_c21_several_audiences_without_azp(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"aud": ["client-1", "client-2"]}), "azp-missing")


def test_c22_azp_is_somebody_else(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"azp": "client-2"}), "azp-not-an-audience")
    answer = lms.launch(client, changes={"aud": ["client-1", "client-2"], "azp": "client-2"})
    refusals.check(answer, "registration-unknown")


def test_c23_no_expiry(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["exp"]), "claims-invalid: exp")


def test_c24_no_time_of_issue(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["iat"]), "claims-invalid: iat")


def test_c24_issued_in_the_future(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"iat": int(time.time()) + 300}), "token-ImmatureSignatureError")


def test_c25_no_nonce(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["nonce"]), "claims-invalid: nonce")


def test_c26_nonce_never_issued(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"nonce": "made-up"}), "invalid-nonce")


def test_c27_nonce_replayed(app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    token = lms.token(handshake.nonce)
    cookie = handshake.response.headers["Set-Cookie"].split(";")[0].split("=", 1)
    assert lms.post(client, state=handshake.state, id_token=token).status_code == 303
    refusals.expect_rows()
    # The thief even has the login's cookie.
    client.set_cookie(cookie[0], cookie[1], domain="tool.test")
    refusals.check(lms.post(client, state=handshake.state, id_token=token), "nonce-replayed")
    other = lms.token(handshake.nonce, changes={"sub": "ingrid"})
    refusals.check(lms.post(client, state=handshake.state, id_token=other), "nonce-replayed")


def test_c28_nonce_of_another_state(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    first, second = lms.begin(client), lms.begin(client)
    answer = lms.post(client, state=first.state, id_token=lms.token(second.nonce))
    refusals.check(answer, "invalid-nonce")


def test_c29_no_state(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    refusals.check(lms.post(client, id_token=lms.token(handshake.nonce)), "state-missing")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("state-unknown", "state-malformed"),
        ("state-eJw.AAAA", "state-forged"),
        ("state-", "state-malformed"),
        ("state-é.é", "state-malformed"),
        ("something", "state-missing"),
    ],
)
def test_c29_unknown_state(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, state: str, reason: str
) -> None:
    handshake = lms.begin(client)
    refusals.check(lms.post(client, state=state, id_token=lms.token(handshake.nonce)), reason)


def test_c29_state_of_another_secret(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    body, mac = handshake.state.split(".")
    other = f"{body}.{'A' if mac[0] != 'A' else 'B'}{mac[1:]}"
    refusals.check(lms.post(client, state=other, id_token=lms.token(handshake.nonce)), "state-forged")


def test_c30_unknown_deployment_is_kept_once_as_pending(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    refusals.expect_rows(deployment=1)
    for _ in range(2):
        answer = lms.launch(client, changes={"deployment_id": "new"})
        refusals.check(answer, "deployment-pending", status=403)
        assert "administrator has not approved it" in answer.text
    assert status_of(app, "new") is DeploymentStatus.PENDING


def test_c30_an_unverified_launch_names_no_deployment(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    refusals.check(lms.launch(client, changes={"deployment_id": "new"}, key="second"), "token-InvalidSignatureError")
    answer = lms.launch(client, changes={"deployment_id": "new", "version": "1"})
    refusals.check(answer, "incorrect-version-expected-1-3-0")


def test_c30_inactive_deployment(app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    with app.app_context():
        db.session.query(Deployment).update({"status": DeploymentStatus.INACTIVE})
        db.session.commit()
    refusals.check(lms.launch(client), "deployment-inactive", status=403)


def status_of(app: Flask, deployment_id: str) -> DeploymentStatus:
    with app.app_context():
        return db.session.query(Deployment).filter_by(deployment_id=deployment_id).one().status


def test_c31_no_target_link(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, without=["target_link_uri"]), "claims-invalid: target_link_uri")


def test_c32_target_link_other_than_the_logins(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    answer = lms.launch(client, changes={"target_link_uri": f"{lms.base_url}/elsewhere"})
    refusals.check(answer, "target-link-uri-not-of-this-login")


@pytest.mark.parametrize(
    "uri", ["https://evil.test/", "http://tool.test/", "https://tool.test:8443/", "tool.test", "/"]
)
def test_c33_target_link_not_on_our_origin(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, uri: str
) -> None:
    refusals.check(lms.launch(client, changes={"target_link_uri": uri}), "target-link-uri-elsewhere")


@pytest.mark.parametrize(
    ("error", "logged"),
    [("login_required", "login_required"), ("Lina <b>", "other"), ("access_denied", "access_denied")],
)
def test_c34_the_platform_posts_an_error(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, error: str, logged: str
) -> None:
    handshake = lms.begin(client)
    answer = lms.post(client, state=handshake.state, error=error, error_description="<script>alert(1)</script>")
    refusals.check(answer, f"platform-error-{logged}")
    assert "did not sign you in" in answer.text
    assert "alert" not in answer.text


@pytest.mark.parametrize(
    ("jwks", "reason"),
    [
        (OutgoingError("answered 503", retry=True, status=503), "jwks-unavailable: answered 503"),
        (OutgoingError("the answer is not JSON", retry=False), "jwks-unavailable: the answer is not JSON"),
        ({}, "jwks-invalid: no list of keys"),
        ([], "jwks-invalid: no list of keys"),
        ("keys", "jwks-invalid: no list of keys"),
        ({"keys": "none"}, "jwks-invalid: no list of keys"),
    ],
)
def test_c35_key_set_out_of_order(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, jwks: Any, reason: str
) -> None:
    lms.jwks = jwks
    answer = lms.launch(client)
    refusals.check(answer, reason)
    assert "public keys cannot be read" in answer.text


@pytest.mark.parametrize(
    "keys", [[], [None], [{}], [{"kid": "key-1"}], [{"kid": "key-1", "kty": "RSA", "n": 1, "e": []}]]
)
def test_c35_key_set_without_a_usable_key(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, keys: Any
) -> None:
    lms.jwks = {"keys": keys}
    refusals.check(lms.launch(client), "kid-unknown")


def test_a_token_that_is_not_valid_yet(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    refusals.check(lms.launch(client, changes={"nbf": int(time.time()) + 300}), "token-ImmatureSignatureError")


def test_a_token_with_an_extension_that_must_be_understood(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    refusals.check(lms.launch(client, crit=["https://example.edu/unknown"]), "token-InvalidAlgorithmError")


def test_a_signature_that_is_no_base64(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    token = lms.token(handshake.nonce).rsplit(".", 1)[0] + ".a"
    refusals.check(lms.post(client, state=handshake.state, id_token=token), "token-InvalidSignatureError")
