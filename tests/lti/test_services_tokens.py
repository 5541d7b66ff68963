"""Access tokens: what we say to get one, and how long one is used. No database."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import jwt
import pytest

from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.services.registration import Client
from lti_tool.lti.services.tokens import (
    ASSERTION_SECONDS,
    ASSERTION_TYPE,
    DEPLOYMENT_CLAIM,
    MARGIN_SECONDS,
    USUAL_SECONDS,
    TokenCache,
    TokenRefused,
    assertion,
)
from tests.lti.platform import key_pair

KEY = SigningKey("kid-7", key_pair("tool"))
CLIENT = Client(1, "client-1", "https://lms.test/token", None, "deployment-1", KEY)


class TokenEndpoint:
    def __init__(self, **answer: Any) -> None:
        self.answer = {"expires_in": 3600, **answer}
        self.requests: list[Mapping[str, str]] = []
        self.errors: list[OutgoingError] = []

    def __call__(self, method: str, url: str, *, data: Any = None, **_options: Any) -> Answer:
        self.requests.append({"method": method, "url": url, **data})
        if self.errors:
            raise self.errors.pop()
        body = {"access_token": f"token-{len(self.requests)}", **self.answer}
        return Answer(200, {"content-type": "text/html"}, json.dumps(body).encode())


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def claims_of(token: str, audience: str = "https://lms.test/token") -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, KEY.private_key.public_key(), algorithms=["RS256"], audience=audience)
    return claims


def test_c108_the_assertion_says_who_we_are_to_whom_and_for_how_long() -> None:
    token = assertion(CLIENT)
    claims = claims_of(token)
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "kid-7", "typ": "JWT"}
    assert claims["iss"] == claims["sub"] == "client-1"
    assert claims["aud"] == "https://lms.test/token"
    assert claims[DEPLOYMENT_CLAIM] == "deployment-1"
    assert 0 < claims["exp"] - claims["iat"] <= ASSERTION_SECONDS + 5


def test_c108_no_two_assertions_are_the_same() -> None:
    assert claims_of(assertion(CLIENT))["jti"] != claims_of(assertion(CLIENT))["jti"]


def test_c108_the_audience_may_be_another_than_the_token_url() -> None:
    other = Client(1, "client-1", "https://lms.test/token", "https://api.lms.test/auth", "deployment-1", KEY)
    assert claims_of(assertion(other), "https://api.lms.test/auth")["aud"] == "https://api.lms.test/auth"


def test_the_request_is_a_form_with_the_scopes() -> None:
    endpoint = TokenEndpoint()
    TokenCache().get(CLIENT, ["b", "a"], endpoint)
    (request,) = endpoint.requests
    assert (request["method"], request["url"]) == ("POST", "https://lms.test/token")
    assert request["grant_type"] == "client_credentials"
    assert request["client_assertion_type"] == ASSERTION_TYPE
    assert request["scope"] == "a b"
    claims_of(request["client_assertion"])


@pytest.mark.parametrize(
    ("expires_in", "used"),
    [
        (3600, 3600 - MARGIN_SECONDS),
        ("3600", 3600 - MARGIN_SECONDS),
        (None, USUAL_SECONDS - MARGIN_SECONDS),
        ("soon", USUAL_SECONDS - MARGIN_SECONDS),
        ("nan", USUAL_SECONDS - MARGIN_SECONDS),
    ],
)
def test_a_token_is_used_until_a_minute_before_it_expires(expires_in: object, used: float) -> None:
    endpoint, clock = TokenEndpoint(expires_in=expires_in), Clock()
    cache = TokenCache(clock)
    assert cache.get(CLIENT, ["a"], endpoint) == "token-1"
    clock.time += used - 1
    assert cache.get(CLIENT, ["a"], endpoint) == "token-1"
    clock.time += 1
    assert cache.get(CLIENT, ["a"], endpoint) == "token-2"


def test_a_token_that_is_good_for_less_than_a_minute_is_used_once() -> None:
    endpoint, cache = TokenEndpoint(expires_in=30), TokenCache(Clock())
    assert [cache.get(CLIENT, ["a"], endpoint) for _time in range(2)] == ["token-1", "token-2"]


def test_scopes_deployments_and_platforms_have_tokens_of_their_own() -> None:
    endpoint, cache = TokenEndpoint(), TokenCache()
    deployment = Client(1, "client-1", "https://lms.test/token", None, "deployment-2", KEY)
    platform = Client(2, "client-1", "https://lms.test/token", None, "deployment-1", KEY)
    tokens = {
        cache.get(CLIENT, ["a"], endpoint),
        cache.get(CLIENT, ["a", "b"], endpoint),
        cache.get(deployment, ["a"], endpoint),
        cache.get(platform, ["a"], endpoint),
    }
    assert len(tokens) == 4
    assert cache.get(CLIENT, ["b", "a"], endpoint) in tokens


def test_500_threads_cost_one_token() -> None:
    endpoint, cache = TokenEndpoint(), TokenCache()
    tokens: list[str] = []
    threads = [
        threading.Thread(target=lambda: tokens.append(cache.get(CLIENT, ["a"], endpoint))) for _learner in range(500)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tokens == ["token-1"] * 500
    assert len(endpoint.requests) == 1


def test_c107_whoever_brings_back_an_older_token_gets_the_newer_without_asking_again() -> None:
    endpoint, cache = TokenEndpoint(), TokenCache()
    cache.get(CLIENT, ["a"], endpoint)
    answers = [cache.get(CLIENT, ["a"], endpoint, instead_of="token-1") for _thread in range(3)]
    assert answers == ["token-2"] * 3


@pytest.mark.parametrize(
    ("error", "retry"),
    [
        (OutgoingError("answered 400", retry=False, status=400), False),
        (OutgoingError("answered 401", retry=False, status=401), False),
        (OutgoingError("answered 503", retry=True, status=503, retry_after=7), True),
        (OutgoingError("no answer", retry=True), True),
    ],
)
def test_a_refusal_says_whether_to_try_again(error: OutgoingError, retry: bool) -> None:
    endpoint = TokenEndpoint()
    endpoint.errors.append(error)
    with pytest.raises(TokenRefused) as refused:
        TokenCache().get(CLIENT, ["a"], endpoint)
    raised = refused.value
    assert (raised.retry, raised.status, raised.retry_after) == (retry, error.status, error.retry_after)


@pytest.mark.parametrize(
    "body", [b"<html>Maintenance</html>", b"[]", b'{"access_token": null}', b'{"access_token": ""}']
)
def test_an_answer_without_a_token_is_asked_for_again_later(body: bytes) -> None:
    with pytest.raises(TokenRefused) as refused:
        TokenCache().get(CLIENT, ["a"], lambda *_args, **_options: Answer(200, {}, body))
    assert refused.value.retry


def test_after_an_error_the_next_one_asks_anew() -> None:
    endpoint, cache = TokenEndpoint(), TokenCache()
    endpoint.errors.append(OutgoingError("no answer", retry=True))
    with pytest.raises(TokenRefused):
        cache.get(CLIENT, ["a"], endpoint)
    assert cache.get(CLIENT, ["a"], endpoint) == "token-2"


def test_neither_client_nor_token_shows_its_secret() -> None:
    assert "BEGIN" not in repr(CLIENT)
    assert "key" not in repr(CLIENT)
