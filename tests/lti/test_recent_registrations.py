"""Logins of one class look the registration up once; what changes is seen soon."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.lti.models import Deployment, Platform
from lti_tool.lti.registrations import RecentRegistrations
from tests.conftest import CountStatements
from tests.lti.platform import LearningPlatform


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_second_login_asks_the_database_nothing(
    lms: LearningPlatform, client: FlaskClient, count_statements: CountStatements
) -> None:
    lms.login(client)
    with count_statements() as statements:
        assert lms.login(client).status_code == 302
    assert statements == []


def test_what_was_found_is_forgotten_after_a_while() -> None:
    clock = Clock()
    recent = RecentRegistrations(clock)
    found = recent.keep("iss", "client", object())  # type: ignore[arg-type]
    clock.now += RecentRegistrations.SECONDS - 0.1
    assert recent.get("iss", "client") is found
    clock.now += 0.2
    assert recent.get("iss", "client") is None


def test_clients_of_one_issuer_are_told_apart() -> None:
    recent = RecentRegistrations()
    recent.keep("iss", "client", object())  # type: ignore[arg-type]
    assert recent.get("iss", "other") is None


def test_a_launch_of_a_platform_that_was_removed_is_refused_at_once(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    lms.login(client)
    session.execute(delete(Deployment))
    session.execute(delete(Platform))
    session.commit()
    assert lms.launch(client).status_code in range(400, 500)


def test_a_registration_that_is_missing_is_looked_for_again(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    platform = session.get_one(Platform, lms.platform_id)
    platform.client_id = "later"
    session.commit()
    assert lms.login(client).status_code in range(400, 500)
    session.get_one(Platform, lms.platform_id).client_id = lms.client_id
    session.commit()
    assert lms.login(client).status_code == 302
