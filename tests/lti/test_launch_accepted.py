"""Launches that must be let in although they differ from the plain one."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.database import db
from lti_tool.lti.keysets import KeySets
from tests.lti.checks import row_counts
from tests.lti.platform import LearningPlatform, key_pair, public_jwk


def test_a_learner_arrives_at_the_start_page(lms: LearningPlatform, client: FlaskClient) -> None:
    answer = lms.launch(client, without=["custom"])
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(answer.headers["Location"], base_url=lms.base_url).status_code == 200


def test_c37_second_of_our_clients_in_an_audience_list(app: Flask, lms: LearningPlatform, client: FlaskClient) -> None:
    LearningPlatform(app, client_id="client-2")
    lms = LearningPlatform(app)
    answer = lms.launch(client, changes={"aud": ["client-2", "client-1"], "azp": "client-1"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "changes", [{"aud": ["client-1"]}, {"aud": ["client-1"], "azp": "client-1"}, {"azp": "client-1"}]
)
def test_c37_our_client_alone(lms: LearningPlatform, client: FlaskClient, changes: dict[str, Any]) -> None:
    assert lms.launch(client, changes=changes).status_code == 303


def test_c38_issued_slightly_ahead_of_our_clock(lms: LearningPlatform, client: FlaskClient) -> None:
    assert lms.launch(client, changes={"iat": int(time.time()) + 5}).status_code == 303


def test_c38_expired_slightly_before_our_clock(lms: LearningPlatform, client: FlaskClient) -> None:
    assert lms.launch(client, changes={"exp": int(time.time()) - 5}).status_code == 303


def test_c38_times_with_fractions(lms: LearningPlatform, client: FlaskClient) -> None:
    assert lms.launch(client, changes={"exp": time.time() + 60.5, "iat": time.time()}).status_code == 303


def test_c39_unknown_claims(lms: LearningPlatform, client: FlaskClient) -> None:
    changes = {"https://example.edu/claim": {"deep": [[[1]]]}, "jti": "x", "zoneinfo": "Europe/Oslo", "nbf": 1}
    assert lms.launch(client, changes=changes).status_code == 303


def test_c40_rotated_platform_key(app: Flask, lms: LearningPlatform, client: FlaskClient) -> None:
    assert lms.launch(client).status_code == 303
    assert lms.launch(client).status_code == 303
    assert lms.fetches == 1, "the first key is remembered"
    lms.rotate()
    lms.forget_fetches()
    assert lms.launch(client).status_code == 303
    assert lms.fetches == 1, "the new one was fetched once"


def test_keys_of_other_kinds_in_the_key_set_do_no_harm(lms: LearningPlatform, client: FlaskClient) -> None:
    odd: list[Any] = [{"kty": "EC", "kid": "ec"}, {"kty": "oct", "kid": lms.kid, "k": "AAAA"}, 5, None, {}]
    lms.jwks = {"keys": [*odd, public_jwk(key_pair("first"), lms.kid)]}
    assert lms.launch(client).status_code == 303


def test_of_one_launch_posted_twice_at_once_one_gets_in(app: Flask, lms: LearningPlatform) -> None:
    client = app.test_client()
    handshake = lms.begin(client)
    token = lms.token(handshake.nonce)
    name, _, value = handshake.response.headers["Set-Cookie"].split(";")[0].partition("=")
    barrier = threading.Barrier(4)
    answers: list[int] = []

    def post() -> None:
        tab = app.test_client()
        tab.set_cookie(name, value, domain="tool.test")
        barrier.wait()
        answers.append(lms.post(tab, state=handshake.state, id_token=token).status_code)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 400, 400, 400]
    assert row_counts(app)["launch_session"] == 1


def test_first_launches_of_one_course_at_once_make_one_course(app: Flask, lms: LearningPlatform) -> None:
    handshakes = []
    for _ in range(4):
        client = app.test_client()
        handshakes.append((client, lms.begin(client)))
    barrier = threading.Barrier(4)
    answers: list[int] = []

    def post(index: int) -> None:
        client, handshake = handshakes[index]
        token = lms.token(handshake.nonce, changes={"sub": f"person-{index % 2}"})
        barrier.wait()
        answers.append(lms.post(client, state=handshake.state, id_token=token).status_code)

    threads = [threading.Thread(target=post, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 4
    rows = row_counts(app)
    assert (rows["person"], rows["course"], rows["resource_link"], rows["line_item"]) == (2, 1, 1, 1)


def test_keys_are_fetched_outside_any_transaction(app: Flask, lms: LearningPlatform, client: FlaskClient) -> None:
    open_meanwhile: list[bool] = []

    def fetch(url: str) -> Any:
        open_meanwhile.append(db.session.in_transaction())
        return lms.serve_keys(url)

    app.extensions["platform_keys"] = KeySets(fetch)
    assert lms.launch(client).status_code == 303
    assert open_meanwhile == [False]
