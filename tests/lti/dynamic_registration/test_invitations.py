"""Who may register: whoever has an invitation, once, and anybody only where that is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.lti.dynamic_registration.actions import keep_registration
from lti_tool.lti.dynamic_registration.answer import read_answer
from lti_tool.lti.dynamic_registration.configuration import read_configuration
from lti_tool.lti.dynamic_registration.invitations import InvitationRefused, invite, is_open, listed, revoke
from lti_tool.lti.models import Platform, RegistrationInvitation
from tests.lti.checks import Refusals, row_counts
from tests.lti.dynamic_registration.registrar import ADDRESS, TOKEN, Registrar
from tests.meeting import meeting


@pytest.fixture
def opened(app: Flask) -> Iterator[None]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.with_changes(open_registration=True)
    yield
    app.config["SETTINGS"] = settings


def test_the_page_says_what_will_happen_and_asks_nobody(registrar: Registrar, client: FlaskClient, code: str) -> None:
    page = registrar.open(client, code)
    assert page.status_code == 200
    for words in ("lms.test", "https://tool.test/lti/launch", "no e-mail addresses", "Register the tool"):
        assert words in page.text
    assert registrar.seen == []


def test_the_page_speaks_the_administrators_language(registrar: Registrar, client: FlaskClient, code: str) -> None:
    page = client.get(f"/lti/register/{code}", base_url=registrar.base_url, headers={"Accept-Language": "nn-NO"})
    assert '<html lang="nn">' in page.text


def test_opened_by_hand_the_page_says_where_its_address_belongs(
    registrar: Registrar, client: FlaskClient, code: str
) -> None:
    page = registrar.open(client, code, openid_configuration=None, registration_token=None)
    assert "Manage tools" in page.text
    assert "<form" not in page.text


def test_an_invitation_works_once(registrar: Registrar, client: FlaskClient, refusals: Refusals, code: str) -> None:
    page = registrar.open(client, code)
    assert registrar.press(client, page).status_code == 200
    refusals.expect_rows()
    assert registrar.press(client, page).status_code == 403
    refusals.check(registrar.open(client, code), "invitation-closed", status=403)
    assert len(registrar.seen) == 2, "the platform is not asked again"


def test_an_invitation_ends(registrar: Registrar, client: FlaskClient, session: Session, refusals: Refusals) -> None:
    row, code = invite(session, "late", "command line", timedelta(days=1))
    row.expires_at = now() - timedelta(seconds=1)
    session.commit()
    refusals.expect_rows()
    refusals.check(registrar.open(client, code), "invitation-closed", status=403)


def test_a_failure_leaves_the_invitation_open(registrar: Registrar, client: FlaskClient, code: str) -> None:
    sound, registrar.configuration = registrar.configuration, {}
    assert registrar.register(client).status_code == 400
    registrar.configuration = sound
    assert registrar.register(client).status_code == 200


def test_of_two_at_once_one_wins_and_the_other_leaves_nothing(
    registrar: Registrar, client: FlaskClient, app: Flask, code: str
) -> None:
    page = registrar.open(client, code)

    def be_overtaken(method: str) -> None:
        if method == "POST":
            registrar.meanwhile = lambda _method: None
            registrar.given["client_id"] = "faster"
            assert registrar.press(client, page).status_code == 200
            registrar.given["client_id"] = "slower"

    registrar.meanwhile = be_overtaken
    assert registrar.press(client, page).status_code == 403
    with app.app_context():
        assert list(db.session.scalars(select(Platform.client_id))) == ["faster"]


def keep(registrar: Registrar, code: str, client_id: str) -> Callable[[Session], object]:
    told, answer = read_configuration(registrar.configuration, ADDRESS), read_answer({"client_id": client_id})
    return lambda session: keep_registration(session, told, answer, code=code, development=False)


def test_an_invitation_that_is_being_used_is_waited_for_and_then_closed(
    registrar: Registrar, client: FlaskClient, app: Flask, code: str
) -> None:
    page = registrar.open(client, code)
    answer = meeting(app, keep(registrar, code, "faster"), lambda: registrar.press(client, page))
    assert answer.status_code == 403
    with app.app_context():
        assert list(db.session.scalars(select(Platform.client_id))) == ["faster"]


def test_two_invitations_for_one_platform_at_once_make_one_registration(
    registrar: Registrar, client: FlaskClient, app: Flask, code: str
) -> None:
    page = registrar.open(client, code)
    answer = meeting(app, keep(registrar, registrar.invite(), "tool-1"), lambda: registrar.press(client, page))
    # SQLite lets them come one after the other; PostgreSQL finds out at the end.
    assert answer.status_code == (409 if app.config["SETTINGS"].database_url.startswith("postgresql") else 200)
    assert row_counts(app)["platform"] == 1


def test_without_a_code_the_page_asks_for_it_and_keeps_what_the_platform_sent(
    registrar: Registrar, client: FlaskClient, code: str
) -> None:
    page = registrar.open(client, None)
    assert "Code of your invitation" in page.text
    wrong = registrar.press(client, page, invitation="wrong")
    assert wrong.status_code == 403
    assert registrar.seen == []
    for kept in (f'value="{ADDRESS}"', f'value="{TOKEN}"', 'value="wrong"', "Reference: ", 'href="#invitation"'):
        assert kept in wrong.text
    assert registrar.press(client, page, invitation=f" {code} ").status_code == 200


def test_without_a_code_nothing_happens(registrar: Registrar, client: FlaskClient, refusals: Refusals) -> None:
    answer = registrar.press(client, registrar.open(client, None), invitation="")
    refusals.check(answer, "invitation-closed", status=403)
    assert registrar.seen == []


@pytest.mark.usefixtures("opened")
def test_open_registration_needs_no_code(registrar: Registrar, client: FlaskClient) -> None:
    page = registrar.open(client, None)
    assert "invitation" not in page.text
    assert registrar.press(client, page).status_code == 200


@pytest.mark.usefixtures("opened")
def test_a_stranger_changes_no_registration_that_is_there(
    registrar: Registrar, client: FlaskClient, refusals: Refusals
) -> None:
    registrar.register(client)
    refusals.expect_rows()
    registrar.configuration["jwks_uri"] = "https://lms.test/files/mine.json"
    refusals.check(registrar.press(client, registrar.open(client, None)), "registered-already")


@pytest.mark.usefixtures("opened")
def test_a_wrong_code_is_no_open_registration(registrar: Registrar, client: FlaskClient) -> None:
    assert registrar.open(client, "wrong").status_code == 403
    page = registrar.open(client, None)
    assert registrar.press(client, page, invitation="wrong").status_code == 403


def test_only_a_hash_of_the_code_is_kept(session: Session) -> None:
    row, code = invite(session, "x", "command line")
    assert code not in str(vars(row))
    assert is_open(session, code)
    assert not is_open(session, row.code_hash)


def test_invitations_are_listed_with_what_became_of_them(
    registrar: Registrar, client: FlaskClient, session: Session
) -> None:
    registrar.register(client)
    old, _code = invite(session, "old", "one-time link")
    old.expires_at = now()
    invite(session, " NTNU ", "command line")
    session.commit()
    found = [(row.note, row.created_by, row.state, row.platform) for row in listed(session)]
    assert found == [
        ("NTNU", "command line", "open", None),
        ("old", "one-time link", "expired", None),
        ("for the tests", "command line", "used", "lms.test"),
    ]


def test_an_invitation_is_taken_back(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    row, code = invite(session, "x", "command line")
    session.commit()
    assert revoke(session, row.id)
    session.commit()
    assert not revoke(session, row.id)
    assert registrar.open(client, code).status_code == 403


def test_a_used_invitation_stays_as_a_record(registrar: Registrar, client: FlaskClient, session: Session) -> None:
    registrar.register(client)
    used = session.scalars(select(RegistrationInvitation)).one()
    assert not revoke(session, used.id)
    assert len(listed(session)) == 1


@pytest.mark.parametrize(("note", "days"), [("x" * 256, 7), ("a\x00b", 7), ("x", 0), ("x", -1), ("x", 91)])
def test_what_makes_no_invitation(session: Session, note: str, days: int) -> None:
    with pytest.raises(InvitationRefused):
        invite(session, note, "command line", timedelta(days=days))
