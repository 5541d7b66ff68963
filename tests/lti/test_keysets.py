"""Platforms' keys: fetched rarely, renewed when needed, never in a storm."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from lti_tool.guard import Guard
from lti_tool.http import OutgoingError
from lti_tool.lti.keysets import FRESH_SECONDS, PAUSE_SECONDS, USABLE_SECONDS, KeySets, KeySetUnreadable, KeyUnknown
from tests.guarded import under
from tests.lti.platform import key_pair, public_jwk

URL = "https://lms.test/jwks"


class Source:
    """A key set address and a clock that only moves by hand."""

    def __init__(self) -> None:
        self.body: Any = {"keys": [public_jwk(key_pair("first"), "a")]}
        self.time = 1000.0
        self.fetched: list[str] = []
        self.sets = KeySets(self.fetch, lambda: self.time)

    def fetch(self, url: str) -> Any:
        self.fetched.append(url)
        if isinstance(self.body, Exception):
            raise self.body
        return self.body


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_key_is_fetched_once_and_parsed_once(source: Source) -> None:
    first = source.sets.find(URL, "a")
    assert source.sets.find(URL, "a") is first
    assert source.sets.known(URL, "a") is first
    assert source.fetched == [URL]


def test_every_address_has_its_own_keys(source: Source) -> None:
    source.sets.find(URL, "a")
    assert source.sets.known("https://other.test/jwks", "a") is None
    source.body = {"keys": []}
    with pytest.raises(KeyUnknown):
        source.sets.find("https://other.test/jwks", "a")


def test_an_unknown_key_is_looked_for_once_more(source: Source) -> None:
    source.sets.find(URL, "a")
    source.time += PAUSE_SECONDS
    source.body = {"keys": [public_jwk(key_pair("second"), "b")]}
    assert source.sets.find(URL, "b").public_numbers() == key_pair("second").public_key().public_numbers()
    with pytest.raises(KeyUnknown):
        source.sets.find(URL, "a")


def test_invented_key_ids_cause_no_storm(source: Source) -> None:
    source.sets.find(URL, "a")
    for number in range(1000):
        with pytest.raises(KeyUnknown):
            source.sets.find(URL, f"invented-{number}")
    source.time += PAUSE_SECONDS
    for number in range(1000):
        with pytest.raises(KeyUnknown):
            source.sets.find(URL, f"invented-{number}")
    assert len(source.fetched) == 2
    assert source.sets.find(URL, "a")


def test_old_keys_are_renewed(source: Source) -> None:
    source.sets.find(URL, "a")
    source.time += FRESH_SECONDS + 1
    assert source.sets.known(URL, "a") is None
    source.body = {"keys": []}
    with pytest.raises(KeyUnknown):
        source.sets.find(URL, "a")


def test_keys_outlive_a_platform_that_is_down_but_not_for_ever(source: Source) -> None:
    source.sets.find(URL, "a")
    source.body = OutgoingError("answered 503", retry=True)
    source.time += FRESH_SECONDS + 1
    assert source.sets.find(URL, "a")
    source.time += USABLE_SECONDS
    with pytest.raises(KeySetUnreadable, match="answered 503"):
        source.sets.find(URL, "a")


def test_a_platform_that_is_down_is_left_alone_for_a_while(source: Source) -> None:
    source.body = OutgoingError("answered 503", retry=True)
    for _ in range(5):
        with pytest.raises(KeySetUnreadable):
            source.sets.find(URL, "a")
    assert len(source.fetched) == 1
    source.time += PAUSE_SECONDS
    source.body = {"keys": [public_jwk(key_pair("first"), "a")]}
    assert source.sets.find(URL, "a")


@pytest.mark.parametrize("body", [None, [], "x", {}, {"keys": None}, {"keys": {}}, RecursionError("too deep")])
def test_what_is_no_key_set_is_unreadable(source: Source, body: Any) -> None:
    source.body = body
    with pytest.raises(KeySetUnreadable):
        source.sets.find(URL, "a")


def test_only_keys_fit_for_the_purpose_are_kept(source: Source) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    good = public_jwk(key_pair("first"), "good")
    private = {**good, "kid": "private", "d": "AQAB"}
    unfit = [
        public_jwk(weak, "weak"),
        {**good, "kid": "encrypts", "use": "enc"},
        {**good, "kid": "other", "alg": "RS512"},
        {**good, "kid": "broken", "n": "!"},
        {**good, "kid": 5},
        {**good, "kid": "even", "e": "AA"},
    ]
    source.body = {"keys": [*unfit, private, good]}
    assert source.sets.find(URL, "good")
    assert isinstance(source.sets.find(URL, "private"), rsa.RSAPublicKey)
    for kid in ("weak", "encrypts", "other", "broken", "even"):
        with pytest.raises(KeyUnknown):
            source.sets.find(URL, kid)


def test_a_key_without_alg_and_use_will_do(source: Source) -> None:
    entry = {name: value for name, value in public_jwk(key_pair("first"), "a").items() if name not in ("alg", "use")}
    source.body = {"keys": [entry]}
    assert source.sets.find(URL, "a")


def test_a_real_key_set_is_fetched_over_http() -> None:
    body = json.dumps({"keys": [public_jwk(key_pair("first"), "a")]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/jwks" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with under(Guard(development=True)):
            assert KeySets().find(f"{address}/jwks", "a")
            with pytest.raises(KeySetUnreadable, match="404"):
                KeySets().find(f"{address}/nothing", "a")
        server.shutdown()
