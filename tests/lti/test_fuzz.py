"""10,000 generated malformed launches and logins: a client error each time, no row, never a crash.

The tokens are signed with a key the tool trusts, so that the wrong claims get past the signature. A seed stands for
each part, which makes a failure repeatable and lets the parts run side by side.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.lti.checks import row_counts
from tests.lti.platform import AGS, CLAIM, LearningPlatform

PARTS = 10
PER_PART = 250

# Values that fit no claim of a launch, whatever the claim.
ODD: list[Callable[[random.Random], Any]] = [
    lambda _: True,
    lambda _: 5,
    lambda _: -1.5,
    lambda _: 10**400,
    lambda _: float("nan"),
    lambda _: float("inf"),
    lambda _: "\x00",
    lambda _: "a\x00b",
    lambda _: "\ud800",
    lambda _: [],
    lambda _: [None],
    lambda _: [["x"]],
    lambda _: {"": ""},
    lambda _: {"id": "\x00"},
    lambda _: {"id": {"id": "x"}},
    lambda r: {"id": "x" * r.randint(256, 5000)},
    lambda r: nested(r.randint(2, 500)),
    lambda r: {"key": nested(r.randint(2, 500)), "id": None},
    lambda r: [r.randint(-9, 9)] * r.randint(1, 50),
]
# Claims in which every odd value is wrong.
STRICT = (
    "iss",
    "sub",
    "exp",
    "iat",
    "nonce",
    f"{CLAIM}message_type",
    f"{CLAIM}version",
    f"{CLAIM}deployment_id",
    f"{CLAIM}target_link_uri",
    f"{CLAIM}resource_link",
    f"{CLAIM}context",
)
REQUIRED = (*STRICT[:-1], "aud", f"{CLAIM}roles")


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def odd_value(rng: random.Random, claim: str) -> Any:
    value = rng.choice(ODD)(rng)
    # A number is a moment, of a time long gone or yet to come.
    return -1 if claim in ("exp", "iat") and isinstance(value, int) and value == 5 else value


def wrong_claim(rng: random.Random, claims: dict[str, Any]) -> None:
    claim = rng.choice(STRICT)
    claims[claim] = odd_value(rng, claim)


def wrong_audience(rng: random.Random, claims: dict[str, Any]) -> None:
    claims["aud"] = rng.choice(["", "x", [], ["x"], ["client-1", "x"], [1], {"client-1": 1}, None, 5])
    claims["azp"] = rng.choice([None, "x", 5, ["client-1"]])


def wrong_roles(rng: random.Random, claims: dict[str, Any]) -> None:
    claims[f"{CLAIM}roles"] = rng.choice(["Learner", {}, 5, [5], [None], [[]], ["\x00"], ["\ud800"], None])


def wrong_part(rng: random.Random, claims: dict[str, Any]) -> None:
    part, field = rng.choice(
        [("resource_link", "title"), ("context", "label"), ("context", "title"), ("launch_presentation", "locale")]
    )
    claims[f"{CLAIM}{part}"][field] = rng.choice([5, [], {}, "\x00", "\ud800", True])


def wrong_grading(rng: random.Random, claims: dict[str, Any]) -> None:
    field = rng.choice(["lineitem", "lineitems", "scope"])
    claims[AGS][field] = rng.choice([5, [5], {}, "\x00", True, "a b"])


def missing_claim(rng: random.Random, claims: dict[str, Any]) -> None:
    for claim in rng.sample(REQUIRED, rng.randint(1, 4)):
        del claims[claim]


WRONGS = (wrong_claim, wrong_claim, wrong_claim, wrong_audience, wrong_roles, wrong_part, wrong_grading, missing_claim)


def mangled(rng: random.Random, text: str) -> str:
    """One to five characters of it changed, taken out or put in."""
    letters = list(text)
    for _ in range(rng.randint(1, 5)):
        index = rng.randrange(len(letters) + 1)
        letters[index : index + rng.randint(0, 2)] = rng.choices("aZ0-_.=%\x00é \n", k=rng.randint(0, 2))
    result = "".join(letters)
    return result if result != text else text[::-1]


def wrong_launch(rng: random.Random, lms: LearningPlatform, state: str, nonce: str) -> dict[str, Any]:
    kind = rng.random()
    claims = lms.claims(nonce)
    if kind < 0.7:
        rng.choice(WRONGS)(rng, claims)
        return {"state": state, "id_token": lms.sign(claims)}
    token = lms.sign(claims)
    if kind < 0.85:
        return {"state": state, "id_token": mangled(rng, token)}
    if kind < 0.95:
        return {"state": mangled(rng, state), "id_token": token}
    return rng.choice([{}, {"id_token": token}, {"state": state}, {"state": state, "error": mangled(rng, "denied")}])


def wrong_login(rng: random.Random, lms: LearningPlatform) -> dict[str, Any]:
    sent: dict[str, Any] = lms.login_parameters(lti_storage_target="_parent")
    name = rng.choice(["iss", "client_id", "login_hint", "target_link_uri", "lti_storage_target"])
    wrong = rng.choice(["\x00", "x\x00", "x" * 3000, [sent[name], sent[name]], None])
    if wrong is None:
        wrong = {"client_id": "unknown", "lti_storage_target": "x" * 256}.get(name)
    sent[name] = wrong
    if rng.random() < 0.5:
        sent[mangled(rng, "nonce")] = mangled(rng, "something")
    return {key: value for key, value in sent.items() if value is not None}


@pytest.fixture
def counted(app: Flask, lms: LearningPlatform) -> Any:
    before = row_counts(app)
    yield
    assert row_counts(app) == before


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_launches_are_client_errors(lms: LearningPlatform, client: FlaskClient, part: int) -> None:
    rng = random.Random(part)
    handshake = lms.begin(client)
    for number in range(PER_PART):
        fields = wrong_launch(rng, lms, handshake.state, handshake.nonce)
        answer = lms.post(client, **fields)
        assert 400 <= answer.status_code < 500, (part, number, answer.status_code, json.dumps(fields)[:2000])


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_logins_are_client_errors(lms: LearningPlatform, client: FlaskClient, part: int) -> None:
    rng = random.Random(part)
    for number in range(PER_PART):
        fields = wrong_login(rng, lms)
        if rng.random() < 0.5:
            answer = client.get("/lti/login", query_string=fields, base_url=lms.base_url)
        else:
            answer = client.post("/lti/login", data=fields, base_url=lms.base_url)
        assert 400 <= answer.status_code < 500, (part, number, answer.status_code, fields)


def test_the_launch_before_it_is_mangled_is_sound(lms: LearningPlatform, client: FlaskClient) -> None:
    assert lms.launch(client).status_code == 303
