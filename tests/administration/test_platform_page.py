"""The page of one learning platform: installations, addresses, trust, disconnecting."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_tool.lti.models import Deployment, DeploymentStatus, Platform, RegistrationInvitation
from lti_tool.people.models import LaunchSession, Person
from tests.cast import Browser, Cast
from tests.lti.platform import LearningPlatform

NEW = {
    "name": "Renamed",
    "auth_url": "https://lms.test/new/auth",
    "token_url": "https://lms.test/new/token",
    "jwks_url": "https://lms.test/new/jwks",
    "token_audience": "urn:audience",
}
SYSTEM_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"


@pytest.fixture
def operator(cast: Cast) -> Browser:
    return cast.operate()


@pytest.fixture
def page(cast: Cast) -> str:
    return f"platforms/{cast.platform_id}"


def stored(session: Session, platform_id: int) -> Platform:
    session.rollback()
    session.expire_all()
    return session.get_one(Platform, platform_id)


def unused(session: Session) -> Platform:
    platform = Platform(name="A", issuer="https://a.test", client_id="a", auth_url="", token_url="", jwks_url="")
    platform.deployments = [Deployment(deployment_id="1", status=DeploymentStatus.APPROVED)]
    session.add(platform)
    session.commit()
    return platform


def test_it_shows_all_that_is_known(operator: Browser, page: str) -> None:
    text = operator.get(page).text
    for part in (
        "Test LMS",
        "https://lms.test",
        "client-1",
        "https://lms.test/auth",
        "https://lms.test/jwks",
        "Approved",
    ):
        assert part in text


def test_an_installation_is_closed_and_approved_again(
    app: Flask, cast: Cast, client: FlaskClient, operator: Browser, page: str
) -> None:
    lms = LearningPlatform(app)
    answer = operator.post(f"platforms/deployments/{cast.deployment_pk}/close", {"back": operator.prefix + page})
    assert answer.headers["Location"] == f"{operator.prefix}{page}?notice=closed"
    assert lms.launch(client).status_code == 403
    operator.post(f"platforms/deployments/{cast.deployment_pk}/approve")
    assert lms.launch(client).status_code == 303


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/l/x/platforms", "/l/other/platforms"])
def test_the_way_back_stays_within_the_visit(cast: Cast, operator: Browser, back: str) -> None:
    answer = operator.post(f"platforms/deployments/{cast.deployment_pk}/close", {"back": back})
    assert answer.headers["Location"] == f"{operator.prefix}platforms?notice=closed"


def test_name_and_addresses_are_changed(cast: Cast, session: Session, operator: Browser, page: str) -> None:
    assert 'value="https://lms.test/auth"' in operator.get(f"{page}/edit").text
    answer = operator.post(f"{page}/edit", NEW)
    assert answer.headers["Location"].endswith(f"{page}?notice=saved")
    platform = stored(session, cast.platform_id)
    assert {name: getattr(platform, name) for name in NEW} == NEW
    assert (platform.issuer, platform.client_id) == ("https://lms.test", "client-1")


def test_an_empty_audience_is_none(cast: Cast, session: Session, operator: Browser, page: str) -> None:
    operator.post(f"{page}/edit", NEW)
    operator.post(f"{page}/edit", {**NEW, "token_audience": ""})
    assert stored(session, cast.platform_id).token_audience is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "name must be"),
        ({"name": "x" * 256}, "name must be"),
        ({"name": "a\x00b"}, "name must be"),
        ({"token_audience": "x" * 300}, "token audience must be"),
        ({"auth_url": "lms.test/auth"}, "authorisation URL must be"),
        ({"token_url": "http://lms.test/token"}, "begins with https://"),
        ({"jwks_url": ""}, "key set URL must be"),
    ],
)
def test_what_cannot_work_is_said_at_its_field_and_kept(
    cast: Cast, session: Session, operator: Browser, wrong: dict[str, Any], says: str
) -> None:
    answer = operator.post(f"platforms/{cast.platform_id}/edit", {**NEW, **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    (field,) = wrong
    assert f'<a href="#{field}">' in answer.text
    assert 'value="https://lms.test/new/auth"' in answer.text or field == "auth_url"
    assert stored(session, cast.platform_id).name == "Test LMS"


def test_every_mistake_is_named_at_once(operator: Browser, page: str) -> None:
    answer = operator.post(f"{page}/edit", {"name": "", "auth_url": "x", "token_url": "y", "jwks_url": "z"})
    for field in ("name", "auth_url", "token_url", "jwks_url"):
        assert f'<a href="#{field}">' in answer.text


def test_trust_lets_the_platforms_administrators_in_and_is_taken_back_from_open_visits(
    cast: Cast, client: FlaskClient, session: Session, operator: Browser, page: str
) -> None:
    lms = LearningPlatform(cast.app)
    changes = {"sub": "boss", "roles": [SYSTEM_ADMINISTRATOR], "custom": {"page": "platforms"}}
    assert not lms.launch(client, changes=changes).headers["Location"].endswith("/platforms")
    assert operator.post(f"{page}/trust", {"trust": "on"}).headers["Location"].endswith(f"{page}?notice=trusted")
    assert "administer these pages, too" in operator.get(page).text
    assert lms.launch(client, changes=changes).headers["Location"].endswith("/platforms")
    assert administrators_in(session) == 1
    operator.post(f"{page}/trust", {"trust": "off"})
    assert administrators_in(session) == 0
    assert "Only people who have been named" in operator.get(page).text


def test_trust_taken_back_leaves_other_platforms_alone(
    cast: Cast, session: Session, operator: Browser, page: str
) -> None:
    other = unused(session)
    person = Person(platform_id=other.id, subject="boss")
    session.add(person)
    session.commit()
    person_id = person.id
    cast.visit("astrid")
    session.execute(
        update(LaunchSession).values(administrator=True, person_id=person_id).where(LaunchSession.link_id.is_not(None))
    )
    session.commit()
    operator.post(f"{page}/trust", {"trust": "off"})
    assert administrators_in(session) == 1


@pytest.mark.parametrize("odd", ["", "yes", "ON", "\x00"])
def test_trust_is_a_choice_of_two(cast: Cast, session: Session, operator: Browser, page: str, odd: str) -> None:
    assert operator.post(f"{page}/trust", {"trust": odd}).status_code == 400
    assert not stored(session, cast.platform_id).trusts_administrators


def test_a_platform_that_has_been_used_is_closed_and_its_work_kept(
    cast: Cast, session: Session, operator: Browser, page: str
) -> None:
    assert "Disconnect Test LMS?" in operator.get(f"{page}/remove").text
    answer = operator.post(f"{page}/remove")
    assert answer.headers["Location"].endswith(f"{page}?notice=closed")
    platform = stored(session, cast.platform_id)
    assert {deployment.status for deployment in platform.deployments} == {DeploymentStatus.INACTIVE}
    assert session.scalar(select(func.count(Person.id)))


def test_a_platform_that_nobody_has_used_is_removed_altogether(session: Session, operator: Browser) -> None:
    platform_id = unused(session).id
    invitation = RegistrationInvitation(code_hash="x", note="", created_by="test", platform_id=platform_id)
    invitation.expires_at = invitation.used_at = stored(session, platform_id).created_at
    session.add(invitation)
    session.commit()
    answer = operator.post(f"platforms/{platform_id}/remove")
    assert answer.headers["Location"].endswith("platforms?notice=removed")
    session.rollback()
    assert session.scalar(select(func.count(Platform.id)).where(Platform.id == platform_id)) == 0
    assert session.scalars(select(RegistrationInvitation.platform_id)).all() == [None]


@pytest.mark.parametrize("path", ["", "/edit", "/remove"])
def test_a_platform_that_is_not_there(operator: Browser, path: str) -> None:
    for number in ("999", "2147483648", "9" * 30):
        assert operator.get(f"platforms/{number}{path}").status_code == 404


@pytest.mark.parametrize(("path", "data"), [("edit", NEW), ("remove", {}), ("trust", {"trust": "on"}), ("test", {})])
def test_what_is_not_there_cannot_be_changed(operator: Browser, path: str, data: dict[str, str]) -> None:
    assert operator.post(f"platforms/999/{path}", data).status_code == 404


def administrators_in(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(LaunchSession.id)).where(LaunchSession.administrator)) or 0
