"""A platform that lets somebody choose what to place, and reads what it gets back.

answer = placing.ask(accept_multiple=True)       # the response to the launch
placing.open(...)                                # the picker of a launch that succeeds
placing.send("module-om1", "training")           # the token that comes back
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.lti.keys import new_key
from tests.demo_lms.harness import FormReader
from tests.lti.platform import LearningPlatform

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = f"{DL}deep_linking_settings"
ITEMS = f"{DL}content_items"
RETURN_URL = "https://lms.test/deep-linking?course=1&step=2"


def settings(**changes: Any) -> dict[str, Any]:
    """The claim of a platform that takes everything; fields given as None are left out."""
    asked = {
        "deep_link_return_url": RETURN_URL,
        "accept_types": ["link", "file", "html", "ltiResourceLink", "image"],
        "accept_presentation_document_targets": ["iframe", "window", "embed"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "data": "csrf-and-more <&>",
        **changes,
    }
    return {name: value for name, value in asked.items() if value is not None}


@dataclass
class Placing:
    app: Flask
    lms: LearningPlatform
    client: FlaskClient
    address: str = ""

    def ask(
        self,
        role: str = "Instructor",
        changes: Mapping[str, Any] | None = None,
        without: Iterable[str] = (),
        **wanted: Any,
    ) -> TestResponse:
        """A Deep Linking launch; `wanted` are the settings, `changes` and `without` other claims."""
        claims = {"message_type": "LtiDeepLinkingRequest", SETTINGS: settings(**wanted), **(changes or {})}
        return self.lms.launch(self.client, role, changes=claims, without=["resource_link", "custom", *without])

    def open(self, role: str = "Instructor", changes: Mapping[str, Any] | None = None, **wanted: Any) -> TestResponse:
        answer = self.ask(role, changes, **wanted)
        assert answer.status_code == 303, answer.text
        self.address = answer.headers["Location"]
        return self.get()

    def get(self) -> TestResponse:
        return self.client.get(self.address, base_url=self.lms.base_url)

    def post(self, fields: Mapping[str, Any]) -> TestResponse:
        token = FormReader(self.get().text).fields["csrf_token"]
        return self.client.post(self.address, data={"csrf_token": token, **fields}, base_url=self.lms.base_url)

    def send(self, *choices: str, action: str = "add", **titles: str) -> str:
        answer = self.post({"choice": list(choices), "action": action, **titles})
        assert answer.status_code == 200, answer.text
        form = FormReader(answer.text)
        assert form.action == RETURN_URL
        assert list(form.fields) == ["JWT"]
        return form.fields["JWT"]

    def chosen(self, *choices: str, action: str = "add", **titles: str) -> dict[str, Any]:
        """The verified claims of the token that comes back."""
        return self.read(self.send(*choices, action=action, **titles))

    def read(self, token: str) -> dict[str, Any]:
        """As a platform verifies it: the key by its name from our published set, and that we mean this platform."""
        published = jwt.PyJWKSet.from_dict(self.client.get("/lti/jwks", base_url=self.lms.base_url).get_json())
        header = jwt.get_unverified_header(token)
        required = ["iss", "aud", "exp", "iat", "nonce"]
        claims: dict[str, Any] = jwt.decode(
            token,
            published[header["kid"]],
            algorithms=["RS256"],
            audience=self.lms.issuer,
            issuer=self.lms.client_id,
            options={"require": required},
        )
        return claims


def placing_at(app: Flask, lms: LearningPlatform, client: FlaskClient) -> Placing:
    """Registering a platform makes the first key of ours; the test's platform registers itself without one."""
    with app.app_context():
        db.session.add(new_key())
        db.session.commit()
    return Placing(app, lms, client)
