"""Invitations that let a platform register itself."""

from __future__ import annotations

import re
from contextvars import Context
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import Base, now
from lti_tool.lti.models import RegistrationInvitation
from tests.cast import Browser, Cast
from tests.conftest import BASE_URL


@pytest.fixture
def operator(cast: Cast) -> Browser:
    return cast.operate()


def invite(browser: Browser, product: str = "moodle", note: str = "Moodle, Kari in IT") -> str:
    """Returns the code in the address that is shown."""
    answer = browser.post(f"platforms/new/{product}/invitation", {"note": note})
    assert answer.status_code == 200
    found = re.search(rf'<code id="address">{re.escape(BASE_URL)}/lti/register/([0-9a-f]+)</code>', answer.text)
    assert found, answer.text
    return found.group(1)


def invitations(session: Session) -> list[RegistrationInvitation]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(RegistrationInvitation)))


def test_the_address_is_shown_once_and_only_its_hash_is_kept(operator: Browser, session: Session) -> None:
    code = invite(operator)
    assert code not in operator.get("platforms/invitations").text
    session.rollback()
    assert code not in repr([session.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_the_address_opens_the_registration(operator: Browser, client: FlaskClient) -> None:
    code = invite(operator)
    # Opened by hand instead of by a platform: told what to do with it, not that it is unknown.
    page = Context().run(client.get, f"/lti/register/{code}", base_url=BASE_URL).text
    other = Context().run(client.get, "/lti/register/0123", base_url=BASE_URL).text
    assert ("This invitation cannot be used" in page, "This invitation cannot be used" in other) == (False, True)


def test_it_is_kept_who_invited_whom(cast: Cast, operator: Browser, session: Session) -> None:
    invite(operator)
    invite(cast.visit("astrid"), note="Canvas")
    assert [(row.note, row.created_by) for row in invitations(session)] == [
        ("Moodle, Kari in IT", "one-time link"),
        ("Canvas", str(cast.person_id("astrid"))),
    ]


@pytest.mark.parametrize("note", ["", "  ", "x" * 256, "a\x00b"])
def test_an_invitation_says_whom_it_is_for(operator: Browser, session: Session, note: str) -> None:
    answer = operator.post("platforms/new/moodle/invitation", {"note": note})
    assert answer.status_code == 422
    assert '<a href="#note">' in answer.text
    assert invitations(session) == []


def test_the_list_says_what_became_of_each(cast: Cast, operator: Browser, session: Session) -> None:
    for note in ("for later", "too late", "done"):
        invite(operator, note=note)
    late, used = (
        update(RegistrationInvitation).where(RegistrationInvitation.note == note) for note in ("too late", "done")
    )
    session.execute(late.values(expires_at=now() - timedelta(days=1)))
    session.execute(used.values(used_at=now(), platform_id=cast.platform_id))
    session.commit()
    page = operator.get("platforms/invitations").text
    assert page.index("done") < page.index("too late") < page.index("for later")
    for state in ("Open", "Expired", "Used"):
        assert f">{state}</span>" in page
    assert "by Test LMS" in page
    assert page.count("/revoke") == 2, "what led to a platform stays"


def test_an_invitation_that_is_taken_back_opens_nothing(
    operator: Browser, session: Session, client: FlaskClient
) -> None:
    code = invite(operator)
    number = invitations(session)[0].id
    for _ in range(2):
        answer = operator.post(f"platforms/invitations/{number}/revoke")
        assert answer.headers["Location"].endswith("/platforms/invitations?notice=invitation-revoked")
    assert invitations(session) == []
    assert Context().run(client.get, f"/lti/register/{code}", base_url=BASE_URL).status_code >= 400


def test_one_that_was_used_stays(operator: Browser, session: Session) -> None:
    invite(operator)
    session.execute(update(RegistrationInvitation).values(used_at=now()))
    session.commit()
    operator.post(f"platforms/invitations/{invitations(session)[0].id}/revoke")
    assert len(invitations(session)) == 1


def test_without_any_the_list_says_how_to_make_one(operator: Browser) -> None:
    assert "There is no invitation yet" in operator.get("platforms/invitations").text
