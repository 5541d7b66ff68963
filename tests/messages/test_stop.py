"""Ending the digests from one of them: without a visit, with one click, and not by only looking."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.messages.actions import begin_digests
from lti_tool.messages.models import Digest
from tests.cast import Cast
from tests.conftest import BASE_URL


@pytest.fixture
def key(cast: Cast, session: Session) -> str:
    begin_digests(session, {cast.people["lina"]: None, cast.people["frode"]: None}, "Europe/Oslo")
    session.commit()
    return session.get_one(Digest, cast.people["lina"]).key


def declined(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(Digest.person_id).where(Digest.declined_at.is_not(None))))


def test_looking_changes_nothing_and_asks_with_a_button(client: FlaskClient, session: Session, key: str) -> None:
    session.rollback()
    answer = client.get(f"/digest/{key}", base_url=BASE_URL)
    assert answer.status_code == 200
    assert f'<form method="post" action="/digest/{key}">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.head(f"/digest/{key}", base_url=BASE_URL).status_code == 200
    assert declined(session) == []


def test_one_click_of_a_mail_program_ends_them_without_cookie_token_or_redirect(
    client: FlaskClient, cast: Cast, session: Session, key: str
) -> None:
    session.rollback()
    for _twice in range(2):
        answer = client.post(f"/digest/{key}", data={"List-Unsubscribe": "One-Click"}, base_url=BASE_URL)
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
        assert "You get no more of these e-mails" in answer.text
        assert declined(session) == [cast.people["lina"]]
    assert "You get no more of these e-mails" in client.get(f"/digest/{key}", base_url=BASE_URL).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_was_cut_off_says_so(client: FlaskClient, session: Session, key: str, method: str) -> None:
    session.rollback()
    answer = getattr(client, method)(f"/digest/{key[:-1]}", base_url=BASE_URL)
    assert answer.status_code == 404
    assert "Copy the whole address" in answer.text
    assert declined(session) == []


def test_the_address_tells_nothing_of_the_person(cast: Cast, session: Session, key: str) -> None:
    other = session.get_one(Digest, cast.people["frode"]).key
    assert len(key) == len(other) == 22
    assert key != other
