"""A launch belongs to the browser that began its login: the state, its cookie, and the way on without a cookie."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool import create_app
from lti_tool.database import now
from lti_tool.lti.state import LoginState, StateInvalid, browser_proof, new_state, seal, unseal
from tests.lti.checks import Refusals
from tests.lti.platform import LearningPlatform

SECRET = "secret"


def test_a_state_comes_back_as_it_was_sealed() -> None:
    state = new_state(7, "https://tool.test/æ", "hint", None)
    assert unseal(seal(state, SECRET), SECRET) == state


def test_a_state_of_another_secret_is_forged() -> None:
    with pytest.raises(StateInvalid, match="forged"):
        unseal(seal(new_state(7, "u", "h", None), "other"), SECRET)


def test_a_state_lives_five_minutes() -> None:
    with time_machine.travel("2026-09-01T12:00:00Z", tick=False) as clock:
        sealed = seal(new_state(7, "u", "h", None), SECRET)
        clock.shift(timedelta(minutes=4, seconds=59))
        assert isinstance(unseal(sealed, SECRET), LoginState)
        clock.shift(timedelta(seconds=1))
        with pytest.raises(StateInvalid, match="expired"):
            unseal(sealed, SECRET)


def test_a_state_is_no_proof_of_the_browser() -> None:
    sealed = seal(new_state(7, "u", "h", None), SECRET)
    assert browser_proof(sealed, SECRET) not in sealed
    assert browser_proof(sealed, SECRET) != browser_proof(sealed, "other")


def test_long_hints_make_no_long_state() -> None:
    hint = "eyJhbGciOiJIUzI1NiJ9." * 40
    assert len(seal(new_state(7, "https://tool.test/", "hint", hint), SECRET)) < len(hint)


def test_two_logins_share_nothing(lms: LearningPlatform, client: FlaskClient) -> None:
    first, second = lms.begin(client), lms.begin(client)
    assert first.state != second.state
    assert first.nonce != second.nonce
    assert cookie_of(first.response)[0] != cookie_of(second.response)[0]
    for handshake in (second, first):
        answer = lms.post(client, state=handshake.state, id_token=lms.token(handshake.nonce))
        assert answer.status_code == 303


def test_the_cookie_is_one_that_frames_accept_and_nobody_else_reads(lms: LearningPlatform, client: FlaskClient) -> None:
    header = lms.begin(client).response.headers["Set-Cookie"]
    assert header.startswith("__Host-lti-state-")
    attributes = {part.strip() for part in header.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned", "Max-Age=300"} <= attributes
    assert "Domain" not in header


def test_the_launch_takes_its_cookie_back(lms: LearningPlatform, client: FlaskClient) -> None:
    handshake = lms.begin(client)
    name = cookie_of(handshake.response)[0]
    answer = lms.post(client, state=handshake.state, id_token=lms.token(handshake.nonce))
    gone = [header for header in answer.headers.getlist("Set-Cookie") if header.startswith(name)]
    assert len(gone) == 1
    assert {"Max-Age=0", "Partitioned", "Secure"} <= {part.strip() for part in gone[0].split(";")}
    assert client.get_cookie(name, domain="tool.test") is None


def test_over_plain_http_the_cookie_goes_without_its_prefix(app: Flask) -> None:
    settings = app.config["SETTINGS"].with_changes(base_url="http://localhost:8000")
    local = create_app(settings)
    lms = LearningPlatform(local)
    client = local.test_client()
    handshake = lms.begin(client)
    name, _ = cookie_of(handshake.response)
    assert name.startswith("lti-state-")
    answer = lms.post(client, state=handshake.state, id_token=lms.token(handshake.nonce))
    assert answer.status_code == 303


def test_c29_expired_state(lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)):
        answer = lms.post(client, state=handshake.state, id_token=lms.token(handshake.nonce))
    refusals.check(answer, "state-expired")
    assert "Open the link in your course again" in answer.text


def test_c29_from_another_browser(app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    stranger = app.test_client()
    answer = lms.post(stranger, state=handshake.state, id_token=lms.token(handshake.nonce))
    refusals.check(answer, "browser-unproven", status=403)


@pytest.mark.parametrize("value", ["", "1", "é", "x" * 43])
def test_c29_with_a_made_up_cookie(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals, value: str
) -> None:
    handshake = lms.begin(client)
    stranger = app.test_client()
    stranger.set_cookie(cookie_of(handshake.response)[0], value, domain="tool.test")
    answer = lms.post(stranger, state=handshake.state, id_token=lms.token(handshake.nonce))
    refusals.check(answer, "browser-unproven", status=403)


def test_c29_with_the_cookie_of_another_login(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    victims, thiefs = lms.begin(app.test_client()), lms.begin(client)
    client.set_cookie(cookie_of(victims.response)[0], cookie_of(thiefs.response)[1], domain="tool.test")
    answer = lms.post(client, state=victims.state, id_token=lms.token(victims.nonce))
    refusals.check(answer, "browser-unproven", status=403)


def test_a_launch_that_is_wrong_in_itself_offers_no_new_window(
    app: Flask, lms: LearningPlatform, client: FlaskClient, refusals: Refusals
) -> None:
    handshake = lms.begin(client)
    token = lms.token(handshake.nonce, key="second")
    refusals.check(lms.post(app.test_client(), state=handshake.state, id_token=token), "token-InvalidSignatureError")


def test_without_cookies_the_login_begins_again_in_a_new_window(
    app: Flask, lms: LearningPlatform, client: FlaskClient
) -> None:
    hint = 'a"><script>&\'{"b": 1} +%20é'
    framed = app.test_client(use_cookies=False)
    handshake = lms.begin(framed, login_hint="hint & more", lti_message_hint=hint)
    page = lms.post(framed, state=handshake.state, id_token=lms.token(handshake.nonce))
    assert page.status_code == 403
    form = re.search(r'<form method="post" action="/lti/login" target="_blank">(.*?)</form>', page.text, re.DOTALL)
    assert form
    assert "<script>&" not in page.text
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form.group(1))
    }
    assert fields == {
        "iss": lms.issuer,
        "client_id": lms.client_id,
        "login_hint": "hint & more",
        "lti_message_hint": hint,
        "target_link_uri": lms.target_link_uri,
    }
    again = client.post("/lti/login", data=fields, base_url=lms.base_url)
    assert again.status_code == 302
    sent = LearningPlatform.sent(again)
    assert sent.parameters["lti_message_hint"] == hint
    answer = lms.post(client, state=sent.state, id_token=lms.token(sent.nonce))
    assert answer.status_code == 303


def test_two_tabs_of_different_people_never_mix(app: Flask, lms: LearningPlatform, client: FlaskClient) -> None:
    learner = lms.launch(client, without=["custom"])
    instructor = lms.launch(client, role="Instructor", without=["custom"], changes={"sub": "ingrid"})
    for visit in (learner, instructor):
        assert client.get(visit.headers["Location"], base_url=lms.base_url).status_code == 200
    # The cookie of one visit opens no other, even where a browser would send it.
    name, value = cookie_of(learner)
    stranger = app.test_client()
    stranger.set_cookie(name, value, domain="tool.test", path="/")
    assert stranger.get(learner.headers["Location"], base_url=lms.base_url).status_code == 200
    assert stranger.get(instructor.headers["Location"], base_url=lms.base_url).status_code == 401


def cookie_of(response: TestResponse) -> tuple[str, str]:
    name, _, value = response.headers["Set-Cookie"].split(";")[0].partition("=")
    return name, value
