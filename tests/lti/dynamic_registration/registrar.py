"""A learning platform that tools can register with, in the test's own process, and the frame its administrator sees.

lms = Registrar(app)
lms.register(client)                        # open the page, press the button
lms.configuration["issuer"] = "https://elsewhere.test"
lms.answer = refused(400, "no")             # ... and anything that a platform may say
"""

from __future__ import annotations

import copy
import json
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.guard import AddressRefused, Guard
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.dynamic_registration import invitations
from lti_tool.lti.dynamic_registration.exchange import Exchange
from lti_tool.lti.dynamic_registration.offer import TOOL_CONFIGURATION
from lti_tool.lti.dynamic_registration.scopes import WANTED

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
LMS = "https://lms.test"
ADDRESS = f"{LMS}/.well-known/openid-configuration"
TOKEN = "registration-token-1"
PUBLIC = "93.184.216.34"


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any


class Registrar:
    """`addresses` are those behind host names; names that are not in it have a public one."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.base_url: str = app.config["SETTINGS"].base_url
        self.seen: list[Request] = []
        self.said: list[bytes] = []
        self.code: str | None = None
        self.addresses: dict[str, list[str]] = {}
        self.answer: Any = None
        self.configuration: Any = {
            "issuer": LMS,
            "authorization_endpoint": f"{LMS}/auth",
            "token_endpoint": f"{LMS}/token",
            "jwks_uri": f"{LMS}/jwks",
            "registration_endpoint": f"{LMS}/register",
            "scopes_supported": list(WANTED),
            PLATFORM: {
                "product_family_code": "Moodle",
                "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
            },
        }
        self.given = {"client_id": "tool-1", "scope": " ".join(WANTED), TOOL_CONFIGURATION: {"deployment_id": "7"}}
        # What happens while the platform is asked.
        self.meanwhile: Callable[[str], None] = lambda _method: None
        app.extensions["registration_exchange"] = Exchange(send=self.send)

    def send(self, method: str, url: str, *, headers: Any = None, data: Any = None, **_rest: Any) -> Answer:
        """As `http.send`, without a network: what the guard refuses is not seen here."""
        guard, parts = Guard(resolve=self.resolve), urlsplit(url)
        try:
            guard.check_scheme(url)
            guard.addresses(parts.hostname or "", parts.port or 443)
        except (AddressRefused, ValueError) as error:
            raise OutgoingError(f"not asked: {error}", retry=False) from error
        self.seen.append(Request(method, url, dict(headers), json.loads(data) if data else None))
        self.meanwhile(method)
        told = self.configuration if method == "GET" else self._told()
        if isinstance(told, OutgoingError):
            raise told
        self.said.append(told if isinstance(told, bytes) else json.dumps(told).encode())
        return Answer(200, {}, self.said[-1])

    def _told(self) -> Any:
        return self.given if self.answer is None else self.answer

    def resolve(self, host: str, port: int) -> list[str]:
        """Numbers stand for themselves, however they are written."""
        if host.lower() in self.addresses:
            return self.addresses[host.lower()]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except OSError:
            return [PUBLIC]
        return [str(address[0]) for *_kind, address in found]

    def invite(self) -> str:
        with self.app.app_context():
            _row, code = invitations.invite(db.session, "for the tests", "command line")
            db.session.commit()
        return code

    def open(self, client: FlaskClient, code: str | None, **parameters: str | None) -> TestResponse:
        sent = {"openid_configuration": ADDRESS, "registration_token": TOKEN, **parameters}
        query = {name: value for name, value in sent.items() if value is not None}
        path = f"/lti/register/{code}" if code else "/lti/register"
        return client.get(path, query_string=query, base_url=self.base_url)

    def press(self, client: FlaskClient, page: TestResponse, **changes: str) -> TestResponse:
        """Send the page's form, as a browser in a frame without cookies does."""
        assert page.status_code == 200, page.text
        fields = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', page.text))
        sent = {name: unescape(value) for name, value in fields.items()} | changes
        return self.app.test_client(use_cookies=False).post("/lti/register", data=sent, base_url=self.base_url)

    def register(self, client: FlaskClient, **parameters: str | None) -> TestResponse:
        """With the invitation that is at hand, else with a new one."""
        return self.press(client, self.open(client, self.code or self.invite(), **parameters))

    def become(self, product: str, **more: Any) -> None:
        self.configuration[PLATFORM] = {"product_family_code": product, **more}

    def moved(self, issuer: str) -> None:
        """The same platform under another issuer and host."""
        self.configuration = copy.deepcopy(self.configuration)
        for name, path in {
            "issuer": "",
            "authorization_endpoint": "/auth",
            "token_endpoint": "/token",
            "jwks_uri": "/jwks",
            "registration_endpoint": "/register",
        }.items():
            self.configuration[name] = issuer + path


def refused(status: int, body: str = "") -> OutgoingError:
    return OutgoingError(f"answered {status}", retry=False, status=status, body=body)
