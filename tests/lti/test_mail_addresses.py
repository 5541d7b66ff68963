"""E-mail addresses: kept where the installation sends mail, of learners alone, and no longer than they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.lti.dynamic_registration.configuration import PlatformConfiguration
from lti_tool.lti.dynamic_registration.offer import TOOL_CONFIGURATION, client_registration
from lti_tool.mail_settings import mail_server
from lti_tool.people.models import Person
from tests.lti.platform import MEMBERSHIP, LearningPlatform
from tests.lti.rosters.conftest import Class, class_
from tests.lti.rosters.stand_in import INSTRUCTOR, member

__all__ = ["class_"]
ADDRESS = "lina@student.example.edu"
MOODLE = PlatformConfiguration(
    name="Moodle",
    issuer="https://moodle.test",
    auth_url="https://moodle.test/auth",
    token_url="https://moodle.test/token",
    jwks_url="https://moodle.test/jwks",
    registration_url="https://moodle.test/register",
    token_audience=None,
    product="moodle",
    messages=frozenset(),
    placements=frozenset(),
)


@pytest.fixture
def mailing(app: Flask) -> Iterator[None]:
    """The installation sends mail."""
    without = app.config["SETTINGS"]
    server = mail_server("smtps://mail.test", "t@tool.test")
    assert server
    app.config["SETTINGS"] = without.with_changes(mail=server)
    yield
    app.config["SETTINGS"] = without


def come(lms: LearningPlatform, client: FlaskClient, email: Any = None, **options: Any) -> None:
    changes = {"email": email, **options.pop("changes", {})}
    assert lms.launch(client, changes=changes, **options).status_code == 303


def kept(session: Session, subject: str = "lina") -> str | None:
    session.expire_all()
    return session.scalars(select(Person.email).where(Person.subject == subject)).one()


@pytest.mark.usefixtures("mailing")
def test_a_launch_tells_the_address_and_the_next_one_may_tell_another(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    come(lms, client, ADDRESS)
    assert kept(session) == ADDRESS
    session.rollback()
    come(lms, client, "lina@other.example.edu")
    assert kept(session) == "lina@other.example.edu"


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize(
    "told", [None, "", 7, ["a@b.example"], "lina", "a@b.example\r\nBcc: c@d.example", "x" * 250 + "@b.example"]
)
def test_an_address_that_is_no_longer_told_is_forgotten(
    lms: LearningPlatform, client: FlaskClient, session: Session, told: Any
) -> None:
    come(lms, client, ADDRESS)
    come(lms, client, told)
    assert kept(session) is None


def test_without_a_mail_server_no_address_is_kept(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    come(lms, client, ADDRESS)
    session.scalars(select(Person)).one().email = "from@before.example"
    session.commit()
    come(lms, client, ADDRESS)
    assert kept(session) is None


@pytest.mark.usefixtures("mailing")
def test_staff_are_not_written_to(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    come(lms, client, ADDRESS, changes={"roles": [f"{MEMBERSHIP}Instructor"]})
    assert kept(session) is None


def canvas_privacy(client: FlaskClient) -> str:
    told = client.get("/lti/config/canvas.json", base_url="https://tool.test").get_json()
    return str(told["extensions"][0]["privacy_level"])


@pytest.mark.usefixtures("mailing")
def test_platforms_are_asked_for_addresses_where_mail_is_sent(app: Flask, client: FlaskClient) -> None:
    assert canvas_privacy(client) == "public"
    with app.test_request_context():
        asked = client_registration("https://tool.test", MOODLE, mail=True)
    assert "email" in asked[TOOL_CONFIGURATION]["claims"]


def test_platforms_are_asked_for_no_addresses_where_no_mail_is_sent(app: Flask, client: FlaskClient) -> None:
    assert canvas_privacy(client) == "name_only"
    with app.test_request_context():
        asked = client_registration("https://tool.test", MOODLE)
    assert "email" not in asked[TOOL_CONFIGURATION]["claims"]


@pytest.mark.usefixtures("mailing")
def test_a_roster_tells_the_addresses_of_learners_who_have_been_here(class_: Class) -> None:
    class_.lists_everybody(member("sub-lina", email=ADDRESS), member("new", email="new@b.example"))
    class_.sync()
    assert kept(class_.session, "sub-lina") == ADDRESS
    assert kept(class_.session, "new") is None
    assert class_.name("sub-lina") == "Lina Testperson"
    class_.lists_everybody(member("sub-lina", email="lina@other.example.edu"))
    class_.sync_again()
    assert kept(class_.session, "sub-lina") == "lina@other.example.edu"


@pytest.mark.usefixtures("mailing")
def test_a_roster_that_tells_less_than_launches_changes_nothing(class_: Class) -> None:
    class_.lists_everybody(member("sub-lina", email=ADDRESS))
    class_.sync()
    class_.lists_everybody(member("sub-lina"))
    class_.sync_again()
    assert kept(class_.session, "sub-lina") == ADDRESS


@pytest.mark.usefixtures("mailing")
def test_a_roster_tells_no_address_of_staff(class_: Class) -> None:
    class_.lists_everybody(member("sub-ingrid", email=ADDRESS, roles=INSTRUCTOR))
    class_.sync()
    assert kept(class_.session, "sub-ingrid") is None


def test_without_a_mail_server_a_roster_leaves_no_address(class_: Class) -> None:
    class_.lists_everybody(member("sub-lina", email=ADDRESS))
    class_.sync()
    assert kept(class_.session, "sub-lina") is None
