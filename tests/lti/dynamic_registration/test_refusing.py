"""What a platform may say wrong, and who may not register: a page with words, nothing stored, nobody else asked."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.http import OutgoingError
from lti_tool.lti.dynamic_registration.offer import TOOL_CONFIGURATION
from tests.lti.checks import Refusals
from tests.lti.dynamic_registration.registrar import ADDRESS, LMS, TOKEN, Registrar, refused

# Which host these name depends on whom one asks.
AMBIGUOUS = (
    "https://evil.test\\@lms.test/config",
    "https://lms.test\\@evil.test/config",
    "https://lms.test@evil.test/config",
    "https://evil.test#@lms.test/config",
    "https://lms.test%2eevil.test/config",
    "https://lms.test\t.evil.test/config",
    "https://evil.test /@lms.test",
)


@pytest.mark.parametrize(
    ("address", "issuer"),
    [
        ("https://evil.test/config", LMS),
        ("https://lms.test.evil.test/config", LMS),
        ("https://evil.lms.test/config", LMS),
        ("https://lms.test:8443/config", LMS),
        ("https://evilcanvaslms.com/config", "https://canvas.instructure.com"),
        ("https://school.instructure.com/config", "https://canvas.instructure.com"),
        ("https://school.blackboard.com/config", "https://blackboard.com"),
        ("https://sso.canvaslms.com/config", LMS),
    ],
)
def test_c111_nobody_describes_another_platform(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, address: str, issuer: str
) -> None:
    registrar.moved(issuer)
    answer = registrar.register(client, openid_configuration=address)
    refusals.check(answer, "issuer-mismatch")
    assert [request.url for request in registrar.seen] == [address], "the tool introduced itself to nobody"


@pytest.mark.parametrize(
    ("address", "issuer"),
    [
        ("https://sso.canvaslms.com/api/lti/security/openid-configuration", "https://canvas.instructure.com"),
        ("https://sso.beta.canvaslms.com/api/lti/security/openid-configuration", "https://canvas.beta.instructure.com"),
        ("https://canvas.instructure.com/api/lti/security/openid-configuration", "https://canvas.instructure.com"),
        ("https://developer.blackboard.com/.well-known/openid-configuration", "https://blackboard.com"),
        ("https://lms.test:443/config", LMS),
        ("https://LMS.test/config", "https://lms.test/moodle"),
    ],
)
def test_c111_a_companys_own_host_speaks_for_all_its_customers(
    registrar: Registrar, client: FlaskClient, address: str, issuer: str
) -> None:
    registrar.moved(issuer)
    assert registrar.register(client, openid_configuration=address).status_code == 200


@pytest.mark.parametrize(
    ("address", "behind"),
    [
        ("http://lms.test/config", []),
        ("https://127.0.0.1/config", ["127.0.0.1"]),
        ("https://localhost/config", ["127.0.0.1", "::1"]),
        ("https://metadata.test/config", ["169.254.169.254"]),
        ("https://both.test/config", ["93.184.216.34", "10.0.0.1"]),
        ("https://[::ffff:10.0.0.1]/config", ["::ffff:10.0.0.1"]),
    ],
)
def test_c112_addresses_of_neighbours_are_not_asked(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, address: str, behind: list[str]
) -> None:
    host = address.split("/")[2].strip("[]")
    registrar.addresses[host] = behind
    answer = registrar.register(client, openid_configuration=address)
    assert "private network" in answer.text
    assert (answer.status_code, registrar.seen) == (400, [])
    assert "Reference: " in answer.text


@pytest.mark.parametrize(
    ("endpoint", "behind"),
    [("http://lms.test/register", []), ("https://inside.test/", ["10.0.0.1"]), ("https://[::1]:8080/", ["::1"])],
)
def test_c112_neither_is_a_registration_address_inside(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, endpoint: str, behind: list[str]
) -> None:
    registrar.addresses |= {"inside.test": behind, "::1": behind}
    registrar.configuration["registration_endpoint"] = endpoint
    answer = registrar.register(client)
    assert answer.status_code == 400
    assert [request.method for request in registrar.seen] == ["GET"]


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_c112_plain_http_is_not_kept(registrar: Registrar, client: FlaskClient, refusals: Refusals, name: str) -> None:
    registrar.configuration[name] = "http://lms.test/x"
    field = {"authorization_endpoint": "auth_url", "token_endpoint": "token_url", "jwks_uri": "jwks_url"}[name]
    refusals.check(registrar.register(client), f"platform: {field}")


@pytest.mark.parametrize("value", [None, "", "register", 5, ["https://lms.test/r"], "ftp://lms.test/r", "https://[::1"])
def test_c113_without_a_registration_endpoint_there_is_no_registration(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, value: Any
) -> None:
    registrar.configuration["registration_endpoint"] = value
    refusals.check(registrar.register(client), "configuration: registration_endpoint")


@pytest.mark.parametrize("name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_each_address_must_be_there(registrar: Registrar, client: FlaskClient, refusals: Refusals, name: str) -> None:
    del registrar.configuration[name]
    refusals.check(registrar.register(client), f"configuration: {name}")


@pytest.mark.parametrize("document", [[], "x", None, 5])
def test_a_configuration_is_an_object(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, document: Any
) -> None:
    registrar.configuration = document
    refusals.check(registrar.register(client), "configuration: JSON")


@pytest.mark.parametrize("document", [b"<html>", b"", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_refused(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, document: bytes
) -> None:
    registrar.configuration = document
    answer = registrar.register(client)
    assert "could not be read" in answer.text
    assert answer.status_code == 400


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 500])
def test_c114_a_refusal_of_the_platform_is_shown(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, status: int
) -> None:
    registrar.answer = refused(status, '{"error": "invalid_client_metadata", "error_description": "<b>no</b> scope"}')
    answer = registrar.register(client)
    assert f"answered {status}: invalid_client_metadata: &lt;b&gt;no&lt;/b&gt; scope" in answer.text
    refusals.check(answer, f"registration: answered {status}")


def test_c114_a_refused_configuration_is_shown(registrar: Registrar, client: FlaskClient, refusals: Refusals) -> None:
    registrar.configuration = refused(401, f"Token {TOKEN} has expired\x00\n" + "x" * 2000)
    answer = registrar.register(client)
    assert "answered 401: Token … has expired xxx" in answer.text
    assert TOKEN not in answer.text
    assert "x" * 300 not in answer.text
    refusals.check(answer, "configuration: answered 401")


def test_c114_silence_is_shown(registrar: Registrar, client: FlaskClient, refusals: Refusals) -> None:
    registrar.answer = OutgoingError("no answer: ReadTimeout", retry=True)
    refusals.check(registrar.register(client), "registration: no answer: ReadTimeout")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", None),
        ("client_id", ""),
        ("client_id", "x" * 256),
        ("client_id", "a\x00b"),
        ("client_id", ["tool-1"]),
        ("deployment_id", "x" * 256),
        ("deployment_id", {"id": 1}),
        ("deployment_id", True),
    ],
)
def test_ids_that_cannot_be_kept_are_refused(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, name: str, value: Any
) -> None:
    registrar.given[name] = value
    refusals.check(registrar.register(client), f"answer: {name}")


def test_ids_are_checked_when_a_registration_is_repeated(registrar: Registrar, client: FlaskClient) -> None:
    registrar.register(client)
    registrar.given[TOOL_CONFIGURATION] = {"deployment_id": "x" * 300}
    assert registrar.register(client).status_code == 400
    registrar.given[TOOL_CONFIGURATION] = {}
    registrar.configuration["jwks_uri"] = "http://lms.test/jwks"
    assert registrar.register(client).status_code == 400


@pytest.mark.parametrize(
    "address", ["nonsense", "https://", "https://lms.test/\x00", "https://lms.test/ü", "x" * 9000, *AMBIGUOUS]
)
def test_an_address_that_is_none_is_refused_at_once(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, code: str, address: str
) -> None:
    refusals.check(registrar.open(client, code, openid_configuration=address), "request: openid_configuration")


@pytest.mark.parametrize("token", ["a\nb", "ü", "x" * 9000])
def test_a_token_that_fits_no_header_is_refused(
    registrar: Registrar, client: FlaskClient, refusals: Refusals, code: str, token: str
) -> None:
    refusals.check(registrar.open(client, code, registration_token=token), "request: registration_token")


def test_the_button_alone_registers_nothing(registrar: Registrar, client: FlaskClient, refusals: Refusals) -> None:
    answer = client.post("/lti/register", data={"invitation": "x"}, base_url=registrar.base_url)
    refusals.check(answer, "request: openid_configuration")
    assert ADDRESS not in answer.text
