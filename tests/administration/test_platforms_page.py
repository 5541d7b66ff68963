"""The administrator's page of learning platforms."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.lti.models import Deployment, DeploymentStatus, Platform
from lti_tool.lti.queries import listed_platforms
from tests.cast import Cast
from tests.lti.platform import LearningPlatform


def test_an_administrator_sees_platforms_and_their_deployments(cast: Cast) -> None:
    page = cast.visit("astrid").get("platforms")
    assert page.status_code == 200
    for text in ("Test LMS", "https://lms.test", "client-1", "Approved"):
        assert text in page.text
    assert "approve" not in page.text, "nothing waits"


@pytest.mark.parametrize("name", ["lina", "ingrid", "kari"])
def test_nobody_else_does(cast: Cast, session: Session, name: str) -> None:
    deployment_pk = waiting_deployment(session, cast.platform_id)
    browser = cast.visit(name)
    assert browser.get("platforms").status_code == 403
    assert browser.post(f"platforms/deployments/{deployment_pk}/approve").status_code == 403
    assert status_of(session, deployment_pk) is DeploymentStatus.PENDING


def test_an_unknown_installation_waits_on_top_and_is_let_in_once_approved(
    app: Flask, cast: Cast, client: FlaskClient, session: Session
) -> None:
    lms = LearningPlatform(app)
    assert lms.launch(client, changes={"deployment_id": "new"}).status_code == 403
    browser = cast.visit("astrid")
    page = browser.get("platforms").text
    assert page.index("Waiting for approval") < page.index("Approved")
    deployment_pk = session.scalars(select(Deployment.id).where(Deployment.deployment_id == "new")).one()
    answer = browser.post(f"platforms/deployments/{deployment_pk}/approve")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/platforms?notice=approved")
    assert lms.launch(client, changes={"deployment_id": "new"}).status_code == 303


def test_approving_twice_is_the_same_as_once(cast: Cast, session: Session) -> None:
    deployment_pk = waiting_deployment(session, cast.platform_id)
    browser = cast.visit("astrid")
    for _ in range(2):
        assert browser.post(f"platforms/deployments/{deployment_pk}/approve").status_code == 303
    assert status_of(session, deployment_pk) is DeploymentStatus.APPROVED


def test_approval_needs_the_form_token_and_a_post(cast: Cast, session: Session) -> None:
    deployment_pk = waiting_deployment(session, cast.platform_id)
    browser = cast.visit("astrid")
    path = f"platforms/deployments/{deployment_pk}/approve"
    assert browser.post(path, {"csrf_token": "wrong"}).status_code == 400
    assert browser.get(path).status_code == 405
    assert status_of(session, deployment_pk) is DeploymentStatus.PENDING


def test_a_deployment_that_is_not_there(cast: Cast) -> None:
    assert cast.visit("astrid").post("platforms/deployments/999/approve").status_code == 404


def test_platforms_with_something_to_approve_come_first(cast: Cast, session: Session) -> None:
    session.add(Platform(name="A", issuer="https://a.test", client_id="a", auth_url="", token_url="", jwks_url=""))
    waiting_deployment(session, cast.platform_id)
    session.flush()
    assert [platform.name for platform in listed_platforms(session)] == ["Test LMS", "A"]
    assert [d.status.value for d in listed_platforms(session)[0].deployments] == ["pending", "approved"]


def test_a_platform_nobody_has_opened_the_tool_from(cast: Cast, session: Session) -> None:
    session.add(Platform(name="A", issuer="https://a.test", client_id="a", auth_url="", token_url="", jwks_url=""))
    session.commit()
    assert "Nobody has opened the tool from here yet" in cast.visit("astrid").get("platforms").text


def test_the_list_of_an_empty_installation(session: Session) -> None:
    session.execute(delete(Deployment))
    assert listed_platforms(session) == []


def waiting_deployment(session: Session, platform_id: int) -> int:
    deployment = Deployment(platform_id=platform_id, deployment_id="new", status=DeploymentStatus.PENDING)
    session.add(deployment)
    session.commit()
    return deployment.id


def status_of(session: Session, deployment_pk: int) -> DeploymentStatus:
    session.rollback()
    return session.scalars(select(Deployment.status).where(Deployment.id == deployment_pk)).one()
