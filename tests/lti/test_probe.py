"""The test of a connection: what it asks, and what it says about each thing that can be wrong."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lti_tool import http as outgoing
from lti_tool.database import now
from lti_tool.errors import NotFound
from lti_tool.guard import Guard
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.actions import rotate_keys
from lti_tool.lti.keys import SigningKey
from lti_tool.lti.models import Deployment, DeploymentStatus, ToolKey
from lti_tool.lti.probe import Step, Target, probe, target_of
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.lti.services.registration import Client
from lti_tool.lti.services.roster import ROSTER_SCOPE
from lti_tool.lti.services.tokens import DEPLOYMENT_CLAIM
from tests.cast import Cast
from tests.lti.platform import key_pair, public_jwk

CLIENT = Client(1, "client-1", "https://lms.test/token", None, "7", SigningKey("kid-1", key_pair("first")))
TARGET = Target("https://lms.test/jwks", CLIENT.token_url, CLIENT)
KEYS = {"keys": [public_jwk(key_pair("first"), "key-1")]}
TOKEN = {"access_token": "t", "expires_in": 3600}


class Platform:
    """Answers JSON, or raises what it is given, by address."""

    def __init__(self, jwks: Any = KEYS, token: Any = TOKEN) -> None:
        self.answers = {TARGET.jwks_url: jwks, TARGET.token_url: token}
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def __call__(self, method: str, url: str, *, data: Any = None, seconds: float = 60, **_more: Any) -> Answer:
        assert seconds <= 10, "somebody waits"
        self.asked.append((method, url, data or {}))
        answer = self.answers[url]
        answer = answer(data) if callable(answer) else answer
        if isinstance(answer, OutgoingError):
            raise answer
        return Answer(200, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())


def answered(status: int, **body: str) -> OutgoingError:
    return OutgoingError(f"answered {status}", retry=False, status=status, body=json.dumps(body))


def said(step: Step) -> str:
    return f"{step.finding} {step.advice}"


def test_a_sound_platform_passes_every_step() -> None:
    platform = Platform()
    assert [step.fine for step in probe(TARGET, platform)] == [True, True, True]
    assert [(method, url) for method, url, _ in platform.asked] == [
        ("GET", TARGET.jwks_url),
        ("POST", TARGET.token_url),
        ("POST", TARGET.token_url),
    ]


def test_tokens_are_asked_for_as_services_ask_for_them() -> None:
    platform = Platform()
    probe(TARGET, platform)
    assert [data["scope"] for _, _, data in platform.asked[1:]] == [SCORE_SCOPE, ROSTER_SCOPE]
    key = key_pair("first").public_key()
    claims = jwt.decode(platform.asked[1][2]["client_assertion"], key, ["RS256"], audience=CLIENT.token_url)
    assert (claims["iss"], claims["sub"]) == ("client-1", "client-1")
    assert claims[DEPLOYMENT_CLAIM] == "7"


def test_before_any_deployment_is_known_none_is_named() -> None:
    platform = Platform()
    probe(replace(TARGET, client=replace(CLIENT, deployment_id="")), platform)
    assertion = platform.asked[1][2]["client_assertion"]
    assert DEPLOYMENT_CLAIM not in jwt.decode(assertion, options={"verify_signature": False})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "no set of keys"),
        ({"keys": "x"}, "no set of keys"),
        ([], "no set of keys"),
        ({"keys": []}, "none that fits"),
        ({"keys": [{"kty": "EC", "kid": "1"}]}, "none that fits"),
        (b"<!doctype html>", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no set of keys"),
        (answered(404), "nothing at this address"),
        (answered(301), "leads on to another"),
        (answered(403), "refuses the request"),
        (answered(503), "trouble of its own"),
        (OutgoingError("the answer is too large", retry=False, status=200), "not what was asked for"),
        (OutgoingError("the answer is too large", retry=False), "not what was asked for"),
    ],
)
def test_what_is_wrong_with_the_key_set_is_said(body: Any, says: str) -> None:
    keys, *tokens = probe(TARGET, Platform(jwks=body))
    assert (keys.fine, says in said(keys)) == (False, True), said(keys)
    assert keys.advice
    assert [step.fine for step in tokens] == [True, True], "the rest is tried all the same"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (answered(401, error="invalid_client"), "does not know our key set yet"),
        (answered(400, error="unauthorized_client"), "does not know our key set yet"),
        (answered(400, error="invalid_grant"), "token audience"),
        (answered(400, error="invalid_request"), "token audience"),
        (answered(400, error="something_else"), "refuses the request (status 400)"),
        (OutgoingError("answered 400", retry=False, status=400, body="<html>"), "refuses the request"),
        (answered(404), "nothing at this address"),
        (answered(500), "trouble of its own"),
        (b"<!doctype html>", "no JSON"),
        ({"token": "t"}, "not what was asked for"),
        ([], "not what was asked for"),
    ],
)
def test_what_is_wrong_with_the_token_is_said(answer: Any, says: str) -> None:
    keys, grades, roster = probe(TARGET, Platform(token=answer))
    assert keys.fine
    assert (grades.fine, says in said(grades)) == (False, True), said(grades)
    assert grades.advice
    assert (roster.fine, roster.finding) == (None, "Not tried, because the one before was refused.")


def test_one_service_that_is_not_allowed_does_not_hide_the_other() -> None:
    def only_rosters(data: Mapping[str, str]) -> Any:
        return TOKEN if data["scope"] == ROSTER_SCOPE else answered(400, error="invalid_scope")

    _, grades, roster = probe(TARGET, Platform(token=only_rosters))
    assert "does not allow this service" in grades.finding
    assert roster.fine


def test_without_a_key_of_our_own_nothing_can_be_signed() -> None:
    platform = Platform()
    keys, token = probe(replace(TARGET, client=None), platform)
    assert keys.fine
    assert "lti-tool keys rotate" in token.advice
    assert len(platform.asked) == 1


def test_the_registration_is_read_with_an_approved_deployment(cast: Cast, session: Session) -> None:
    rotate_keys(session)
    session.execute(update(Deployment).values(status=DeploymentStatus.INACTIVE))
    session.add(Deployment(platform_id=cast.platform_id, deployment_id="new", status=DeploymentStatus.APPROVED))
    session.flush()
    target = target_of(session, cast.platform_id)
    assert target.jwks_url == "https://lms.test/jwks"
    assert target.client
    assert (target.client.client_id, target.client.deployment_id) == ("client-1", "new")


def test_a_registration_without_key_or_platform(cast: Cast, session: Session) -> None:
    session.execute(delete(ToolKey))
    assert target_of(session, cast.platform_id).client is None
    with pytest.raises(NotFound):
        target_of(session, 999)


# ---- Over real sockets: libraries wrap what happens there, each in its own way. ----


@pytest.fixture
def reach(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Step]:
    """What the first step says of an address; loopback may be asked, as in development."""

    def reach(url: str, guard: Guard | None = None) -> Step:
        monkeypatch.setitem(shared_app.extensions, "guard", guard or Guard(development=True))
        with shared_app.test_request_context():
            return probe(Target(url, url, None), _in_half_a_second)[0]

    return reach


def _in_half_a_second(method: str, url: str, **more: Any) -> Answer:
    return outgoing.send(method, url, **{**more, "seconds": 0.5})


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/moved" else 200)
            self.end_headers()
            self.wfile.write(b"<!doctype html>")

        def log_message(self, *_args: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Page) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_page_for_people_is_told_from_data(reach: Callable[..., Step]) -> None:
    with serving() as address:
        assert "a web page, not data" in reach(address).finding
        assert "leads on to another one (status 302)" in reach(f"{address}/moved").finding


def test_a_connection_that_is_refused(reach: Callable[..., Step]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    assert "nobody answers there" in reach(f"http://127.0.0.1:{port}/").finding


def test_a_host_that_does_not_answer_in_time(reach: Callable[..., Step]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        assert "No answer came in time" in reach(f"http://127.0.0.1:{silent.getsockname()[1]}/").finding


def test_a_name_that_does_not_resolve(reach: Callable[..., Step]) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert "cannot be resolved" in reach("https://nowhere.test/", Guard(development=True, resolve=unknown)).finding


@pytest.mark.parametrize("url", ["https://lms.test/", "http://lms.test/"])
def test_an_address_that_the_guard_refuses(reach: Callable[..., Step], url: str) -> None:
    step = reach(url, Guard(resolve=lambda _host, _port: ["10.0.0.1"]))
    assert "is not asked" in step.finding
    assert "LTI_TOOL_INTERNAL_HOSTS" in step.advice


def test_a_certificate_that_nobody_vouches_for(reach: Callable[..., Step], tmp_path: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    with serving(context) as address:
        assert "does not trust the platform's certificate" in reach(address).finding


def _self_signed(folder: Any) -> str:
    key, name = key_pair("first"), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=1))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(pem + builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return str(file)
