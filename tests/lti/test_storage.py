"""The platform's storage, as the server sees it; tests/static has the scripts and tests/browser the whole story."""

from __future__ import annotations

import html
import json
import re
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.lti.state import LoginState, _mac, browser_proof, new_state, seal, unseal
from lti_tool.lti.storage import storage_frame
from lti_tool.people.sessions import cookie_name
from tests.conftest import SECRET, CountStatements
from tests.lti.checks import Refusals, row_counts
from tests.lti.platform import Handshake, LearningPlatform

FRAME = "lti_storage"
FROM_OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


class FramedBrowser:
    """A browser that keeps every cookie back; `page` is what the tool answered last."""

    def __init__(self, lms: LearningPlatform, **login: str | None) -> None:
        self.lms = lms
        self.client = lms.app.test_client(use_cookies=False)
        sent = {"lti_storage_target": FRAME, **login}
        self.page = lms.login(self.client, "POST", **sent)
        assert self.page.status_code == 200
        link = html.unescape(re.findall(r'<a class="btn btn-primary" href="([^"]+)"', self.page.text)[0])
        self.handshake = Handshake.of(self.page, link)
        self.kept = attribute(self.page, "value")

    def launch(self, **wrong: object) -> TestResponse:
        """What the platform posts at first."""
        token = self.lms.token(self.handshake.nonce, **wrong)  # type: ignore[arg-type]
        self.page = self.lms.post(self.client, id_token=token, state=self.handshake.state)
        return self.page

    def prove(self, proof: str, headers: Mapping[str, str] = FROM_OWN_PAGE) -> TestResponse:
        """What the page's script posts then."""
        sent = {**hidden_fields(self.page, "/lti/launch"), "browser_proof": proof}
        return self.client.post("/lti/launch", data=sent, base_url=self.lms.base_url, headers=headers)


@pytest.fixture
def framed(lms: LearningPlatform) -> FramedBrowser:
    return FramedBrowser(lms)


def attribute(page: TestResponse, name: str) -> str:
    return html.unescape(re.findall(rf' data-{name}="([^"]*)"', page.text)[0])


def hidden_fields(page: TestResponse, action: str) -> dict[str, str]:
    form = re.search(rf'<form method="post" action="{action}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert form
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form.group(1))
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_c120_the_login_hands_the_script_what_the_platform_is_to_keep(
    app: Flask, lms: LearningPlatform, client: FlaskClient, method: str
) -> None:
    before = row_counts(app)
    page = lms.login(client, method, lti_storage_target=FRAME)
    assert page.status_code == 200
    sent = Handshake.of(page, html.unescape(re.findall(r'href="(https://lms\.test/[^"]+)"', page.text)[0]))
    assert attribute(page, "value") == browser_proof(sent.state, SECRET)
    assert attribute(page, "key").endswith(sent.state[-16:])
    assert sent.parameters["lti_message_hint"] == "message-1"
    assert page.headers["Set-Cookie"].startswith("__Host-lti-state-")
    assert attribute(page, "value") not in sent.url
    assert page.headers["Cache-Control"] == "no-store"
    assert row_counts(app) == before, "a login writes nothing"


@pytest.mark.parametrize("target", ["_parent", "post_message_forwarding", 'a"><script>alert(1)</script>', "æ 中"])
def test_c121_the_frame_is_the_one_that_the_login_named(lms: LearningPlatform, target: str) -> None:
    framed = FramedBrowser(lms, lti_storage_target=target)
    assert attribute(framed.page, "target") == target
    framed.launch()
    assert attribute(framed.page, "target") == target
    assert "<script>alert" not in framed.page.text


@pytest.mark.parametrize(
    ("auth_url", "origin"),
    [
        ("https://lms.test/auth?x=1", "https://lms.test"),
        ("https://sso.lms.test:8443/a/b", "https://sso.lms.test:8443"),
        ("http://127.0.0.1:9000/auth", "http://127.0.0.1:9000"),
    ],
)
def test_c122_only_the_origin_of_the_authorisation_is_told(auth_url: str, origin: str) -> None:
    assert storage_frame(FRAME, auth_url, "state-x").origin == origin


def test_c120_without_cookie_the_proof_that_the_platform_kept_opens_the_visit(
    app: Flask, framed: FramedBrowser, refusals: Refusals
) -> None:
    asked = framed.launch(without=["custom"])
    assert (asked.status_code, asked.headers.getlist("Set-Cookie")) == (200, [])
    assert row_counts(app) == refusals.rows, "nothing is written before the browser is proven"
    login = attribute(asked, "target"), attribute(asked, "origin"), attribute(asked, "key")
    assert login == (FRAME, "https://lms.test", f"lti-state-{framed.handshake.state[-16:]}")
    assert framed.kept not in asked.text
    arrived = framed.prove(framed.kept)
    assert arrived.status_code == 200
    cookie = next(header for header in arrived.headers.getlist("Set-Cookie") if header.startswith("__Secure-visit-"))
    name, secret = cookie.split(";")[0].split("=")
    assert secret not in arrived.text
    client = app.test_client()
    client.set_cookie(name, secret, domain="tool.test", path="/")
    assert client.get(attribute(arrived, "address"), base_url=framed.lms.base_url).status_code == 200


def test_a_proof_opens_one_visit(framed: FramedBrowser, refusals: Refusals) -> None:
    framed.launch()
    assert framed.prove(framed.kept).status_code == 200
    refusals.expect_rows()
    refusals.check(framed.prove(framed.kept), "nonce-replayed")


def test_a_browser_with_cookies_is_asked_nothing(lms: LearningPlatform, client: FlaskClient) -> None:
    page = lms.login(client, lti_storage_target=FRAME)
    sent = Handshake.of(page, html.unescape(re.findall(r'href="(https://lms\.test/[^"]+)"', page.text)[0]))
    assert lms.post(client, id_token=lms.token(sent.nonce), state=sent.state).status_code == 303


@pytest.mark.parametrize("forge", ["made up", "é", "another's", "the cookie's name", "the state"])
def test_c126_what_is_not_the_proof_is_refused(framed: FramedBrowser, refusals: Refusals, forge: str) -> None:
    forgeries = {
        "another's": FramedBrowser(framed.lms).kept,
        "the cookie's name": f"lti-state-{framed.handshake.state[-16:]}",
        "the state": framed.handshake.state,
    }
    framed.launch()
    refusals.check(framed.prove(forgeries.get(forge, forge)), "browser-unproven", status=403)
    assert framed.prove(framed.kept).status_code == 200, "the nonce has not been spent"


def test_c126_a_proof_of_another_state_is_refused(framed: FramedBrowser, refusals: Refusals) -> None:
    other = FramedBrowser(framed.lms)
    answer = framed.lms.post(
        framed.client,
        id_token=framed.lms.token(other.handshake.nonce),
        state=framed.handshake.state,
        browser_proof=framed.kept,
    )
    refusals.check(answer, "invalid-nonce")


@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none"])
def test_c126_a_proof_counts_only_from_a_page_of_ours(
    framed: FramedBrowser, refusals: Refusals, site: str | None
) -> None:
    """Whoever begins a login knows its proof, and must not sign others in with it."""
    framed.launch()
    headers = {"Sec-Fetch-Site": site} if site else {}
    refusals.check(framed.prove(framed.kept, headers), "browser-unproven", status=403)


def test_c126_a_proof_counts_only_where_the_platform_was_to_keep_it(
    app: Flask, lms: LearningPlatform, refusals: Refusals
) -> None:
    client = app.test_client(use_cookies=False)
    handshake = lms.begin(client)
    sent = {
        "id_token": lms.token(handshake.nonce),
        "state": handshake.state,
        "browser_proof": browser_proof(handshake.state, SECRET),
    }
    answer = client.post("/lti/launch", data=sent, base_url=lms.base_url, headers=FROM_OWN_PAGE)
    refusals.check(answer, "browser-unproven", status=403)


def test_a_launch_that_is_wrong_in_itself_asks_no_platform(framed: FramedBrowser, refusals: Refusals) -> None:
    refusals.check(framed.launch(key="second"), "token-InvalidSignatureError")


@pytest.mark.parametrize("target", ["x" * 256, "a\x00b"])
def test_a_frame_that_cannot_be_one_is_refused(lms: LearningPlatform, refusals: Refusals, target: str) -> None:
    answer = lms.login(lms.app.test_client(), lti_storage_target=target)
    refusals.check(answer, "login-lti_storage_target-unusable")


@pytest.mark.parametrize("step", ["asked", "arrived", "refused"])
def test_c125_a_new_window_is_always_offered_and_needs_no_storage(
    framed: FramedBrowser, client: FlaskClient, step: str
) -> None:
    page = framed.launch()
    if step != "asked":
        page = framed.prove(framed.kept if step == "arrived" else "wrong")
    fields = hidden_fields(page, "/lti/login")
    lms = framed.lms
    assert fields == {name: lms.login_parameters()[name] for name in fields}
    assert {"iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri"} == set(fields)
    assert 'target="_blank"' in page.text
    sent = LearningPlatform.sent(client.post("/lti/login", data=fields, base_url=lms.base_url))
    assert lms.post(client, id_token=lms.token(sent.nonce), state=sent.state).status_code == 303


def test_the_visit_knows_whether_its_cookie_came_back(
    app: Flask, lms: LearningPlatform, client: FlaskClient, count_statements: CountStatements
) -> None:
    visit = urlsplit(lms.launch(client).headers["Location"]).path.split("/")[2]
    stranger = app.test_client()
    stranger.set_cookie(cookie_name("other", secure=True), "1", domain="tool.test", path="/")
    with count_statements() as statements:
        found = [someone.get(f"/l/{visit}/cookie", base_url=lms.base_url).get_json() for someone in (client, stranger)]
    assert found == [{"kept": True}, {"kept": False}]
    assert statements == []


def test_storage_costs_the_login_no_statement(
    lms: LearningPlatform, client: FlaskClient, count_statements: CountStatements
) -> None:
    lms.begin(client)
    with count_statements() as statements:
        lms.login(client, lti_storage_target=FRAME)
    assert statements == []


def test_a_state_remembers_the_frame() -> None:
    state = new_state(7, "https://tool.test/", "hint", None, FRAME)
    assert unseal(seal(state, SECRET), SECRET) == state


def test_a_state_that_an_older_release_sealed_still_opens() -> None:
    fields = [7, "nonce", 4102444800, "https://tool.test/", "hint", None]
    body = urlsafe_b64encode(zlib.compress(json.dumps(fields).encode())).rstrip(b"=").decode()
    assert unseal(f"{body}.{_mac(SECRET, 'state', body)}", SECRET) == LoginState(*fields)  # type: ignore[arg-type]
