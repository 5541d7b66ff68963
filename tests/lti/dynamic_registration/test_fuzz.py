"""10,000 generated malformed registrations: never a crash, nothing half-stored, nobody asked who must not be.

Each changes what the page is called with, what the platform says of itself, or what it answers. A seed stands for
each part, which makes a failure repeatable and lets the parts run side by side; both databases together make the
number.
"""

from __future__ import annotations

import copy
import json
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lti_tool import connections
from lti_tool.database import db
from lti_tool.guard import Guard, is_public
from lti_tool.lti.dynamic_registration.exchange import Exchange
from lti_tool.lti.dynamic_registration.offer import TOOL_CONFIGURATION
from lti_tool.lti.models import Deployment, Platform, RegistrationInvitation
from tests.lti.checks import row_counts
from tests.lti.dynamic_registration.registrar import ADDRESS, LMS, PLATFORM, TOKEN, Registrar, refused
from tests.lti.test_fuzz import ODD, mangled

PARTS = 10
PER_PART = 500

INSIDE = {
    "inside.test": "10.0.0.1",
    "metadata.test": "169.254.169.254",
    "localhost": "127.0.0.1",
    "six.test": "fd00::1",
}
# Addresses that must not be asked, or of which nobody should be sure whom they name.
HOSTILE = (
    "http://lms.test/config",
    "http://127.0.0.1/config",
    "https://127.0.0.1:22/",
    "https://[::1]/config",
    "https://[::ffff:169.254.169.254]/latest/meta-data",
    "https://inside.test/config",
    "https://metadata.test/",
    "https://six.test/",
    "https://localhost/",
    "https://lms.test@127.0.0.1/",
    "https://evil.test\\@lms.test/",
    "https://lms.test\\@inside.test/",
    "https://evil.test/config",
    "https://0x7f.1/",
    "https://2130706433/",
    "file:///etc/passwd",
    "gopher://lms.test/",
    "//lms.test/config",
    "https://lms.test:0/",
    "https://lms.test:99999/",
    "https://lms.test:x/",
    "https://[/",
    "https:///config",
    "https://" + "a" * 300 + ".test/",
    "https://lms.test/\r\nHost: inside.test",
    "",
)
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
Change = Callable[[random.Random, Registrar, dict[str, Any]], None]


def odd(rng: random.Random) -> Any:
    return rng.choice(HOSTILE) if rng.random() < 0.4 else rng.choice(ODD)(rng)


def page(rng: random.Random, _registrar: Registrar, sent: dict[str, Any]) -> None:
    name = rng.choice(list(sent))
    sent[name] = rng.choice([rng.choice(HOSTILE), mangled(rng, str(sent[name])), "\x00", "ü" * 10, "x" * 9000])
    if rng.random() < 0.2:
        del sent[name]


def configuration(rng: random.Random, registrar: Registrar, _sent: dict[str, Any]) -> None:
    names = (*ENDPOINTS, *ENDPOINTS, "authorization_server", "scopes_supported", PLATFORM)
    for name in rng.sample(names, rng.randint(1, 3)):
        if rng.random() < 0.2:
            registrar.configuration.pop(name, None)
        elif rng.random() < 0.3 and name in ENDPOINTS:
            registrar.configuration[name] = mangled(rng, str(registrar.configuration.get(name, LMS)))
        else:
            registrar.configuration[name] = odd(rng)


def told(rng: random.Random, registrar: Registrar, _sent: dict[str, Any]) -> None:
    part = registrar.configuration[PLATFORM]
    name = rng.choice(["product_family_code", "messages_supported", "https://canvas.instructure.com/lti/account_name"])
    part[name] = rng.choice([odd(rng), [odd(rng), {"type": odd(rng), "placements": odd(rng)}], {"type": "x"}])


def answer(rng: random.Random, registrar: Registrar, _sent: dict[str, Any]) -> None:
    name = rng.choice(["client_id", "client_id", "scope", "deployment_id", TOOL_CONFIGURATION])
    values: list[Any] = [odd(rng), [odd(rng)], {"deployment_id": odd(rng)}, None]
    registrar.given[name] = rng.choice(values)


def document(rng: random.Random, registrar: Registrar, _sent: dict[str, Any]) -> None:
    raw = mangled(rng, json.dumps(registrar.configuration)).encode("utf-8", "ignore")
    whole: Any = rng.choice(
        [odd(rng), raw, b"\xff\xfe", b"[" * 20_000, refused(rng.choice([302, 401, 404, 500]), "no\x00")]
    )
    if rng.random() < 0.5:
        registrar.configuration = whole
    else:
        registrar.answer = whole


CHANGES: tuple[Change, ...] = (page, page, configuration, configuration, told, answer, answer, document)


class Sound:
    """What a platform says and a page sends when nothing is wrong, to be changed and put back."""

    def __init__(self, registrar: Registrar) -> None:
        self.registrar = registrar
        self._kept = copy.deepcopy((registrar.configuration, registrar.given))
        self.code = registrar.invite()
        registrar.addresses = {name: [address] for name, address in INSIDE.items()}

    def restored(self) -> dict[str, Any]:
        self.registrar.configuration, self.registrar.given = copy.deepcopy(self._kept)
        self.registrar.answer = None
        self.registrar.seen.clear()
        self.registrar.said.clear()
        return {"openid_configuration": ADDRESS, "registration_token": TOKEN, "invitation": self.code}


# What is refused before it is stored does not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_registrations_leave_nothing_behind(
    registrar: Registrar, client: FlaskClient, app: Flask, part: int
) -> None:
    rng, sound, kept = random.Random(part), Sound(registrar), set[tuple[str, str]]()
    others = {name: rows for name, rows in row_counts(app).items() if name not in CHANGED}
    for number in range(PER_PART):
        sent = sound.restored()
        change = rng.choice(CHANGES)
        change(rng, registrar, sent)
        if change is page and rng.random() < 0.5:
            came = client.get("/lti/register", query_string=sent, base_url=registrar.base_url)
            assert registrar.seen == []
        else:
            came = client.post("/lti/register", data=sent, base_url=registrar.base_url)
        assert came.status_code < 500, (part, number, change, sent, registrar.configuration, registrar.given)
        assert_reachable(registrar, sent)
        if came.status_code == 200 and len(registrar.seen) == 2:
            platform, registered = map(json.loads, registrar.said)
            kept.add((platform["issuer"], str(registered["client_id"])))
            sound.code = registrar.invite()
    assert_whole(app, kept)
    assert {name: rows for name, rows in row_counts(app).items() if name not in CHANGED} == others


CHANGED = ("platform", "deployment", "registration_invitation")


def assert_reachable(registrar: Registrar, sent: dict[str, Any]) -> None:
    """Only the address of the page and the one that the platform itself named, in this order, and only outside."""
    for number, request in enumerate(registrar.seen):
        assert request.url == (json.loads(registrar.said[0])["registration_endpoint"] if number else asked(sent))
        host = request.url.removeprefix("https://").partition("/")[0].partition(":")[0]
        assert host.lower() not in INSIDE
        assert not host.replace(".", "").isdigit() or is_public(host)


def asked(sent: dict[str, Any]) -> str:
    return str(sent["openid_configuration"]).strip()


def assert_whole(app: Flask, kept: set[tuple[str, str]]) -> None:
    with app.app_context():
        platforms = db.session.scalars(select(Platform)).all()
        assert {(row.issuer, row.client_id) for row in platforms} == kept
        for row in platforms:
            assert row.issuer.lower().startswith("https://")
            assert all(url.startswith("https://") for url in (row.auth_url, row.token_url, row.jwks_url))
            assert row.client_id.isprintable()
            assert (row.product or "x").isprintable()
        used = db.session.scalars(select(RegistrationInvitation).where(RegistrationInvitation.used_at.is_not(None)))
        assert {row.platform_id for row in used} == {row.id for row in platforms}
        assert all(row.deployment_id.isprintable() for row in db.session.scalars(select(Deployment)))


def test_hostile_addresses_open_no_connection_inwards(
    registrar: Registrar, client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same addresses through the real way out."""
    connected: list[str] = []

    def refuse(address: tuple[str, int], *_rest: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(connections, "create_connection", refuse)
    registrar.addresses = {name: [address] for name, address in INSIDE.items()}
    monkeypatch.setitem(app.extensions, "guard", Guard(resolve=registrar.resolve))
    app.extensions["registration_exchange"] = Exchange()
    code = registrar.invite()
    for address in (ADDRESS, *HOSTILE):
        sent = {"openid_configuration": address, "invitation": code}
        assert client.post("/lti/register", data=sent, base_url=registrar.base_url).status_code == 400
    assert connected, "public addresses are tried"
    assert all(map(is_public, connected))


def test_the_registration_before_it_is_mangled_is_sound(registrar: Registrar, client: FlaskClient) -> None:
    assert registrar.register(client).status_code == 200
