"""The learning platform of the bench: signs tokens, serves its key set, and is the browser in between."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://lms.bench.test"
CLIENT_ID = "bench-client"
DEPLOYMENT_ID = "1"
KEY_ID = "bench-key"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"


class NotAccepted(Exception):
    """A tool did not let somebody in; the measurement is worth nothing."""


@dataclass(frozen=True, slots=True)
class ToolUnderTest:
    """Where a tool answers. `base_url` is what browsers call it; the driver speaks to `port` as a proxy would."""

    port: int
    base_url: str
    login_path: str
    launch_path: str
    target_path: str
    accepted_status: int

    @property
    def target_link_uri(self) -> str:
        return self.base_url + self.target_path


@dataclass(frozen=True)
class Platform:
    """One key for the whole run; every token is signed afresh over the nonce of its login."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def key_set(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def token(self, tool: ToolUnderTest, person: int, nonce: str) -> str:
        return jwt.encode(_claims(tool, person, nonce), self.key, algorithm="RS256", headers={"kid": KEY_ID})


def _claims(tool: ToolUnderTest, person: int, nonce: str) -> dict[str, Any]:
    """What Moodle and Canvas send for a learner, in size and content."""
    moment = int(time.time())
    return {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": subject(person),
        "exp": moment + 300,
        "iat": moment,
        "nonce": nonce,
        "name": name_of(person),
        "given_name": "Person",
        "family_name": f"Number{person}",
        "email": f"person{person}@example.edu",
        f"{CLAIM}message_type": "LtiResourceLinkRequest",
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}deployment_id": DEPLOYMENT_ID,
        f"{CLAIM}target_link_uri": tool.target_link_uri,
        f"{CLAIM}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
        f"{CLAIM}resource_link": {"id": "link-1", "title": "Giving feedback"},
        f"{CLAIM}context": {"id": "course-1", "label": "LAOS", "title": "Training of learning assistants"},
        f"{CLAIM}tool_platform": {"guid": "bench", "name": "Bench LMS", "product_family_code": "bench"},
        f"{CLAIM}custom": {"module": "om1"},
        f"{CLAIM}launch_presentation": {
            "locale": "nb" if person % 2 else "en",
            "document_target": "iframe",
            "return_url": f"{ISSUER}/return",
        },
        f"{AGS}claim/endpoint": {
            "scope": [f"{AGS}scope/lineitem", f"{AGS}scope/score", f"{AGS}scope/result.readonly"],
            "lineitems": f"{ISSUER}/items",
            "lineitem": f"{ISSUER}/items/1",
        },
    }


def subject(person: int) -> str:
    return f"person-{person}"


def name_of(person: int) -> str:
    return f"Person Number{person}"


class Browser:
    """One person's browser with its cookies, behind a proxy that speaks TLS for the tool.

    `connection` is the proxy's: those keep theirs open from one browser to the next.
    """

    def __init__(self, tool: ToolUnderTest, platform: Platform, person: int, connection: HTTPConnection) -> None:
        self._tool, self._platform, self._person = tool, platform, person
        self._connection = connection
        self._cookies: dict[str, str] = {}

    def launch(self) -> str:
        """Login and launch; where the tool sends the browser then, or what it shows. Raises `NotAccepted`."""
        state, nonce = self._login()
        form = {"state": state, "id_token": self._platform.token(self._tool, self._person, nonce)}
        response, body = self._send("POST", self._tool.launch_path, urlencode(form))
        if response.status != self._tool.accepted_status:
            raise NotAccepted(f"launch answered {response.status}: {body[:500]}")
        return response.headers["Location"] or body

    def open(self, path: str) -> str:
        """The page; raises `NotAccepted` unless it greets the person."""
        response, body = self._send("GET", path)
        if response.status != 200 or name_of(self._person) not in body:
            raise NotAccepted(f"page answered {response.status}: {body[:500]}")
        return body

    def _login(self) -> tuple[str, str]:
        query = {
            "iss": ISSUER,
            "client_id": CLIENT_ID,
            "login_hint": f"hint-{self._person}",
            "lti_message_hint": secrets.token_hex(16),
            "lti_deployment_id": DEPLOYMENT_ID,
            "target_link_uri": self._tool.target_link_uri,
        }
        response, body = self._send("GET", f"{self._tool.login_path}?{urlencode(query)}")
        if response.status != 302:
            raise NotAccepted(f"login answered {response.status}: {body[:500]}")
        sent = parse_qs(urlsplit(response.headers["Location"]).query)
        return sent["state"][0], sent["nonce"][0]

    def _send(self, method: str, path: str, form: str | None = None) -> tuple[HTTPResponse, str]:
        headers = {"Host": urlsplit(self._tool.base_url).netloc, "X-Forwarded-Proto": "https", "Accept": "text/html"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, form, headers)
        response = self._connection.getresponse()
        body = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response, body


@contextmanager
def served_keys(platform: Platform) -> Iterator[str]:
    """The key set over plain http on loopback; yields its address."""
    body = json.dumps(platform.key_set()).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks"
    finally:
        server.shutdown()
        server.server_close()
