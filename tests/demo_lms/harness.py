"""A demo LMS without a network, and a tool that is no more than its keys: both for tests of any package."""

import re
import time
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import TestResponse

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.tokens import ASSERTION_TYPE

LMS_URL = "http://127.0.0.1:9000"
TOOL_URL = "http://localhost:9001"
LAUNCH_URL = f"{TOOL_URL}/lti/launch"
CLIENT_ID = "demo-client"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeTool:
    """Signs assertions and publishes its keys; counts how often these are fetched."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.keys = {"first": key}
        self.kid = "first"
        self.fetches = 0

    def rotate(self, kid: str) -> None:
        self.kid = kid
        self.keys[kid] = new_key()

    def jwks(self, _url: str) -> Mapping[str, Any]:
        self.fetches += 1
        published = {kid: RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) for kid, key in self.keys.items()}
        return {"keys": [{**jwk, "kid": kid} for kid, jwk in published.items()]}

    def claims(self) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": f"{LMS_URL}/token",
            "iat": now,
            "exp": now + 60,
            "jti": uuid4().hex,
            v.DEPLOYMENT_ID: "1",
        }

    def assertion(self, claims: Mapping[str, Any] | None = None, kid: str | None = "") -> str:
        """Signed with the newest key; `kid` replaces that key's name in the header, None leaves it out."""
        claims = self.claims() if claims is None else claims
        headers = None if kid is None else {"kid": kid or self.kid}
        return jwt.encode(dict(claims), self.keys[self.kid], "RS256", headers=headers)


def seen(page: str) -> str:
    """The text of a page's main part."""
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", main).split()))


class FormReader(HTMLParser):
    """The first form of a page: its address and its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given["action"]
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given["value"]


class Demo:
    """The LMS as its two kinds of callers meet it: people with a browser, and the tool with a token."""

    def __init__(self, app: Flask, tool: FakeTool) -> None:
        self.app = app
        self.tool = tool
        self._tokens: dict[tuple[str, ...], str] = {}

    def browser(self, sub: str | None = None) -> FlaskClient:
        client = self.app.test_client()
        if sub:
            assert client.post("/sign-in", data={"person": sub}).status_code == 303
        return client

    def behave(self, **settings: Any) -> None:
        assert self.browser().put("/_/behaviour", json=settings).status_code == 200

    def ask_token(self, scope: str = v.SCOPE_SCORE, **changes: Any) -> TestResponse:
        """Fields set to None are left out."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": changes.pop("client_assertion")
            if "client_assertion" in changes
            else self.tool.assertion(),
            "scope": scope,
            **changes,
        }
        return self.browser().post("/token", data={name: value for name, value in form.items() if value is not None})

    def change_member(self, sub: str, course_key: str = "tdt4100", **member: Any) -> None:
        answer = self.browser().put(f"/_/courses/{course_key}/members/{sub}", json=member)
        assert answer.status_code == 200, answer.text

    def token(self, *scopes: str) -> str:
        if scopes not in self._tokens:
            self._tokens[scopes] = self.ask_token(" ".join(scopes)).get_json()["access_token"]
        return self._tokens[scopes]

    def call(self, method: str, url: str, *scopes: str, **request: Any) -> TestResponse:
        """A request of the tool with a token for these scopes (all there are if none is named)."""
        headers = {"Authorization": f"Bearer {self.token(*(scopes or v.SCOPES))}", **request.pop("headers", {})}
        return self.browser().open(url.removeprefix(LMS_URL), method=method, headers=headers, **request)

    def authorisation_request(self, browser: FlaskClient, link_id: str, **query: str) -> dict[str, str | None]:
        """What the tool would ask after the LMS has opened its login page; a test may change it."""
        opened = browser.get(f"/launch/{link_id}", query_string=query)
        assert opened.status_code == 302, opened.text
        sent = {name: values[0] for name, values in parse_qs(urlsplit(opened.location).query).items()}
        return {
            "response_type": "id_token",
            "response_mode": "form_post",
            "scope": "openid",
            "prompt": "none",
            "client_id": sent["client_id"],
            "redirect_uri": LAUNCH_URL,
            "login_hint": sent["login_hint"],
            "lti_message_hint": sent["lti_message_hint"],
            "nonce": "a-nonce",
            "state": "a-state",
        }

    def authorise(self, browser: FlaskClient, asked: Mapping[str, str | None], method: str = "GET") -> TestResponse:
        given = {name: value for name, value in asked.items() if value is not None}
        if method == "GET":
            return browser.get("/auth", query_string=given)
        return browser.post("/auth", data=given)

    def launch(self, sub: str, link_id: str, **query: str) -> dict[str, Any]:
        """The verified claims that reach the tool when this person opens this link (or what else /launch/ opens)."""
        browser = self.browser(sub)
        answer = self.authorise(browser, self.authorisation_request(browser, link_id, **query))
        return self.verified(FormReader(answer.text).fields["id_token"])

    def verified(self, id_token: str, client_id: str = CLIENT_ID) -> dict[str, Any]:
        keys = jwt.PyJWKSet.from_dict(self.browser().get("/jwks").get_json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        claims: dict[str, Any] = jwt.decode(id_token, key, algorithms=["RS256"], audience=client_id, issuer=LMS_URL)
        return claims

    def line_item(self, course_key: str = "tdt4100") -> str:
        """The address of the line item that the first link of the course was given."""
        sub = "stranger-jonas" if course_key == "tma4100" else "la-ingrid"
        address: str = self.launch(sub, f"{course_key}-om1")[v.AGS_ENDPOINT]["lineitem"]
        return address

    def post_score(self, line_item: str, body: Any, *scopes: str) -> TestResponse:
        path, _, query = line_item.partition("?")
        url = f"{path}/scores" + (f"?{query}" if query else "")
        return self.call("POST", url, *scopes, json=body, content_type=v.SCORE_TYPE)

    def results(self, line_item: str, **query: str) -> TestResponse:
        url = f"{line_item}/results"
        return self.call("GET", url, headers={"Accept": v.RESULTS_TYPE}, query_string=query)


def score(sub: str = "la-ingrid", second: int = 0, **changes: Any) -> dict[str, Any]:
    """A finished score of 80 of 100; fields set to None are left out."""
    body = {
        "userId": sub,
        "scoreGiven": 80,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "comment": "Well done.",
        "timestamp": f"2026-11-21T12:00:{second:02d}.250Z",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}
