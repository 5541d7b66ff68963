"""C36: wrong types, sizes and shapes are client errors, never crashes."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient

from tests.lti.checks import Refusals
from tests.lti.platform import LearningPlatform


def test_c36_identifier_of_255_characters_at_most(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    for claim in ("sub", "deployment_id", "nonce", "iss"):
        refusals.check(lms.launch(client, changes={claim: "x" * 256}), f"claims-invalid: {claim}")
    for claim in ("resource_link", "context"):
        refusals.check(lms.launch(client, changes={claim: {"id": "x" * 256}}), f"claims-invalid: {claim}")


WRONG_VALUES: list[tuple[str, Any]] = [
    ("sub", ["lina"]),
    ("sub", "li\x00na"),
    ("sub", "li\nna"),
    ("sub", "\ud800"),
    ("name", 5),
    ("name", "Li\x00na"),
    ("name", "\ud800"),
    ("given_name", {}),
    ("exp", "tomorrow"),
    ("exp", True),
    ("exp", 1e300),
    ("exp", float("inf")),
    ("iat", float("nan")),
    ("iat", -1),
    ("iat", None),
    ("deployment_id", 1),
    ("deployment_id", "1\x00"),
    ("target_link_uri", 1),
    ("resource_link", {"id": "\x00"}),
    ("resource_link", {"id": "1", "title": 5}),
    ("context", "course"),
    ("context", {}),
    ("context", {"id": "c", "title": ["x"]}),
    ("context", {"id": "c", "label": "\x00"}),
    ("launch_presentation", "frame"),
    ("launch_presentation", {"locale": 5}),
    ("launch_presentation", {"return_url": {}}),
    ("custom", "module=om1"),
    ("custom", ["module"]),
    ("message_type", 5),
]


@pytest.mark.parametrize(("claim", "value"), WRONG_VALUES)
def test_c36_wrong_json_types(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, claim: str, value: Any
) -> None:
    refusals.check(lms.launch(client, changes={claim: value}), f"claims-invalid: {claim}")


@pytest.mark.parametrize(
    "value",
    ["endpoint", {"scope": "score"}, {"scope": [1]}, {"lineitem": 5}, {"lineitems": ["x"]}, {"lineitem": "a b"}],
)
def test_c36_wrong_grading_claim(lms: LearningPlatform, client: FlaskClient, refusals: Refusals, value: Any) -> None:
    answer = lms.launch(client, changes={"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": value})
    refusals.check(answer, "claims-invalid: endpoint")


@pytest.mark.parametrize(
    "body", [[], "text", 5, None, True, b"not json", b"[" * 50_000, b'{"a":' * 20_000, b"\xff\xfe"]
)
def test_c36_bodies_that_are_no_object(
    lms: LearningPlatform, client: FlaskClient, refusals: Refusals, body: Any
) -> None:
    handshake = lms.begin(client)
    answer = lms.post(client, state=handshake.state, id_token=lms.sign(body))
    unreadable = isinstance(body, bytes)
    refusals.check(answer, "invalid-jwt-format-can-t-be-decoded" if unreadable else "claims-invalid: body")


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "a.b.c.d", "...", "é.é.é", "e30.e30.e30", "bnVsbA.e30.x"])
def test_c36_tokens_that_are_none(lms: LearningPlatform, client: FlaskClient, token: str) -> None:
    handshake = lms.begin(client)
    assert lms.post(client, state=handshake.state, id_token=token).status_code == 400


def test_c36_headers_of_a_wrong_shape(lms: LearningPlatform, client: FlaskClient) -> None:
    handshake = lms.begin(client)
    _, body, signature = lms.token(handshake.nonce).split(".")
    for head in (b"[]", b"null", b'"kid"', b'{"kid":5}', b'{"kid":"key-1"}', b'{"kid":"key-1","alg":5}'):
        token = f"{jwt.utils.base64url_encode(head).decode()}.{body}.{signature}"
        assert lms.post(client, state=handshake.state, id_token=token).status_code == 400


def test_c36_parameters_given_twice(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    fields = {"state": [handshake.state, handshake.state], "id_token": lms.token(handshake.nonce)}
    answer = client.post("/lti/launch", data=fields, base_url=lms.base_url)
    refusals.check(answer, "state-repeated")


def test_c36_a_token_too_large(lms: LearningPlatform, client: FlaskClient) -> None:
    handshake = lms.begin(client)
    token = lms.token(handshake.nonce, changes={"padding": "x" * 300_000})
    assert lms.post(client, state=handshake.state, id_token=token).status_code == 413


def test_c36_a_launch_is_posted(lms: LearningPlatform, client: FlaskClient) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert client.open("/lti/launch", method=method, base_url=lms.base_url).status_code == 405
