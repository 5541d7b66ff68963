"""`lti-tool admin link` and the way in through what it prints."""

from __future__ import annotations

import logging
import re
from contextvars import Context
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.administration import links
from lti_tool.cli import main
from lti_tool.database import Base, now
from lti_tool.people.models import LaunchSession, OneTimeLink, Purpose
from lti_tool.people.sessions import cookie_name
from tests.cast import Browser, Cast, let_go
from tests.conftest import BASE_URL
from tests.meeting import meeting


@pytest.fixture
def code(session: Session) -> str:
    made = links.make_link(session)
    session.commit()
    return made


def enter(client: FlaskClient, code: str) -> TestResponse:
    let_go()
    return Context().run(client.post, "/admin", data={"code": code}, base_url=BASE_URL)


def visits(session: Session) -> list[Purpose]:
    session.rollback()
    return list(session.scalars(select(LaunchSession.purpose)))


def test_the_command_prints_a_link_that_is_good_for_half_an_hour(session: Session) -> None:
    result = CliRunner().invoke(main, ["admin", "link"])
    assert result.exit_code == 0
    code = re.fullmatch(re.escape(BASE_URL) + r"/admin#([\w-]{43})", result.stdout.strip())
    assert code, result.stdout
    assert "once, within 30 minutes" in result.stderr
    session.rollback()
    link = session.scalars(select(OneTimeLink)).one()
    assert link.expires_at - link.created_at == timedelta(minutes=30)


def test_only_a_hash_of_the_code_is_kept(session: Session, code: str) -> None:
    kept = [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    assert code not in repr(kept)


def test_the_page_asks_for_the_code_and_is_kept_nowhere(client: FlaskClient) -> None:
    page = client.get("/admin", base_url=BASE_URL)
    assert page.status_code == 200
    assert 'name="code"' in page.text
    assert "lti-tool admin link" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_code_opens_an_operators_visit(client: FlaskClient, session: Session, code: str) -> None:
    answer = enter(client, code)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/platforms")
    assert code not in answer.headers["Location"]
    assert visits(session) == [Purpose.OPERATING]
    page = Context().run(client.get, answer.headers["Location"], base_url=BASE_URL)
    assert page.status_code == 200
    assert "Learning platforms" in page.text


def test_the_whole_link_will_do_as_well(client: FlaskClient, code: str) -> None:
    assert enter(client, f" {BASE_URL}/admin#{code} ").status_code == 303


def test_a_code_works_once(client: FlaskClient, session: Session, code: str) -> None:
    enter(client, code)
    again = enter(client, code)
    assert again.status_code == 403
    assert "This link has been used" in again.text
    assert visits(session) == [Purpose.OPERATING]


def test_a_code_is_too_old_after_half_an_hour(client: FlaskClient, session: Session, code: str) -> None:
    session.execute(update(OneTimeLink).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    answer = enter(client, code)
    assert answer.status_code == 403
    assert "This link has expired" in answer.text
    assert visits(session) == []


@pytest.mark.parametrize("wrong", ["", "x" * 43, "\x00", "#", "a" * 5000, "\ud800".encode("utf-8", "replace").decode()])
def test_an_unknown_code_opens_nothing(client: FlaskClient, session: Session, code: str, wrong: str) -> None:
    answer = enter(client, wrong)
    assert answer.status_code == 403
    assert "This code is not known here" in answer.text
    assert visits(session) == []
    assert enter(client, code).status_code == 303


def test_without_its_field_the_form_opens_nothing(client: FlaskClient, session: Session) -> None:
    assert client.post("/admin", base_url=BASE_URL).status_code == 403
    assert visits(session) == []


def test_of_two_at_once_one_gets_in(app: Flask, client: FlaskClient, session: Session, code: str) -> None:
    def first(session: Session) -> None:
        links.enter(session, code, "en")

    let_go()
    second = meeting(app, first, lambda: client.post("/admin", data={"code": code}, base_url=BASE_URL))
    assert second.status_code == 403
    assert visits(session) == [Purpose.OPERATING]


def test_what_is_refused_is_logged_without_the_code(
    client: FlaskClient, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    enter(client, code)
    reference = re.search(r"Reference: ([0-9a-f]{8})", enter(client, code).text)
    assert reference
    told = [record for record in caplog.records if getattr(record, "reference", None) == reference.group(1)]
    assert [getattr(record, "reason", None) for record in told] == ["one-time-link-used"]
    assert code not in " ".join(str(vars(record)) for record in caplog.records)


def test_links_of_last_week_are_forgotten_when_the_next_is_made(session: Session, code: str) -> None:
    session.execute(update(OneTimeLink).values(expires_at=now() - timedelta(days=8)))
    links.make_link(session)
    assert len(session.scalars(select(OneTimeLink)).all()) == 1


def test_an_operator_has_a_header_of_their_own_and_an_administrator_keeps_theirs(cast: Cast) -> None:
    assert "End this visit" in cast.operate().get("platforms").text
    page = cast.visit("astrid").get("platforms").text
    assert "End this visit" not in page
    assert "Signed in as Astrid Testperson" in page


def test_an_operator_reads_their_own_language(client: FlaskClient, code: str) -> None:
    answer = client.post("/admin", data={"code": code}, base_url=BASE_URL, headers={"Accept-Language": "nb"})
    page = Context().run(client.get, answer.headers["Location"], base_url=BASE_URL)
    assert '<html lang="nb">' in page.text


def test_an_operator_who_strays_is_led_back(cast: Cast) -> None:
    page = cast.operate().get()
    assert page.status_code == 403
    assert "/platforms" in page.text


def test_an_operator_ends_the_visit(cast: Cast, session: Session) -> None:
    browser = cast.operate()
    answer = browser.post("leave")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/admin?notice=left"
    assert cookie_of(browser) is None
    assert visits(session) == []
    assert browser.get("platforms").status_code == 401


def test_leaving_takes_the_form_token(cast: Cast, session: Session) -> None:
    browser = cast.operate()
    assert browser.post("leave", {"csrf_token": "wrong"}).status_code == 400
    assert visits(session) == [Purpose.OPERATING]


def cookie_of(browser: Browser) -> object:
    name = cookie_name(browser.prefix.split("/")[2], secure=True)
    return browser.client.get_cookie(name, domain="tool.test", path=browser.prefix)
