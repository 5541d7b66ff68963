"""`lti-tool platform|deployment|keys`: one clear line and exit code 2 for a mistake, and nothing half-stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.database import now
from lti_tool.lti import cli
from lti_tool.lti.actions import KEY_NOTICE
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform, RegistrationInvitation, ToolKey
from tests.lti.checks import row_counts
from tests.lti.platform import LearningPlatform

Run = Callable[..., Result]
ADD = {
    "--name": "Canvas",
    "--issuer": "https://canvas.instructure.com",
    "--client-id": "1000",
    "--auth-url": "https://sso.canvaslms.com/auth",
    "--token-url": "https://sso.canvaslms.com/token",
    "--jwks-url": "https://sso.canvaslms.com/jwks",
}


@pytest.fixture
def run(app: Flask) -> Run:
    # The errors are shown by the main command's own class.
    root = type(main)(
        "lti-tool", commands={group.name or "": group for group in (cli.platform, cli.deployment, cli.keys)}
    )
    runner = app.test_cli_runner()

    def invoke(*words: str) -> Result:
        return runner.invoke(root, list(words))

    return invoke


def add(run: Run, *more: str, **changes: str) -> Result:
    options = {**ADD, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    return run("platform", "add", *[word for pair in options.items() for word in pair], *more)


def test_a_platform_is_added_with_its_deployments_and_our_first_key(run: Run, session: Session) -> None:
    result = add(run, "--deployment-id", "1:a", "--deployment-id", "2", "--deployment-id", "2", token_audience="x")
    assert result.exit_code == 0, result.output
    for path in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert f"https://tool.test{path}" in result.output
    platform = session.scalars(select(Platform)).one()
    assert (platform.name, platform.client_id, platform.token_audience) == ("Canvas", "1000", "x")
    assert [(d.deployment_id, d.status) for d in platform.deployments] == [
        ("1:a", DeploymentStatus.APPROVED),
        ("2", DeploymentStatus.APPROVED),
    ]
    assert len(session.scalars(select(ToolKey)).all()) == 1
    assert add(run, client_id="1001").exit_code == 0, "an issuer may have several registrations"
    assert len(session.scalars(select(ToolKey)).all()) == 1


def test_the_same_registration_twice_is_refused(app: Flask, run: Run) -> None:
    add(run)
    before = row_counts(app)
    assert_refused(add(run, "--deployment-id", "9"), "registered already")
    assert row_counts(app) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuer": "http://lms.test"}, "issuer must be an address that begins with https://"),
        ({"auth_url": "http://lms.test/auth"}, "authorisation URL"),
        ({"token_url": "ftp://lms.test"}, "token URL"),
        ({"jwks_url": "jwks"}, "key set URL"),
        ({"jwks_url": "https://"}, "key set URL"),
        ({"auth_url": "https://lms.test/#fragment"}, "authorisation URL"),
        ({"auth_url": "https://user@lms.test/"}, "authorisation URL"),
        ({"auth_url": "https://lms.test:99999/"}, "authorisation URL"),
        ({"auth_url": "https://lms.test/a b"}, "authorisation URL"),
        ({"issuer": "https://lms.test/" + "x" * 250}, "issuer must be at most 255"),
        ({"name": " "}, "name must be"),
        ({"client_id": "x" * 256}, "client id must be"),
        ({"deployment_id": ""}, "deployment id must be"),
        ({"deployment_id": "a\nb"}, "deployment id must be"),
        ({"token_audience": ""}, "token audience must be"),
    ],
)
def test_what_cannot_work_is_refused(app: Flask, run: Run, changes: dict[str, str], said: str) -> None:
    before = row_counts(app)
    assert_refused(add(run, **changes), said)
    assert row_counts(app) == before


def test_plain_http_is_for_development(app: Flask, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    local = app.config["SETTINGS"].with_changes(base_url="http://localhost:8000")
    monkeypatch.setitem(app.config, "SETTINGS", local)
    assert add(run, issuer="http://127.0.0.1:9000", auth_url="http://127.0.0.1:9000/auth").exit_code == 0


def test_platforms_are_listed_and_shown(run: Run) -> None:
    assert run("platform", "list").output == ""
    add(run, "--deployment-id", "1")
    assert run("platform", "list").output == "1000\thttps://canvas.instructure.com\tCanvas\tdeployments: 1 (approved)\n"
    shown = run("platform", "show", "1000").output
    assert "https://sso.canvaslms.com/jwks" in shown
    assert run("platform", "show", "https://canvas.instructure.com").output == shown


def test_a_name_must_fit_one_platform(run: Run) -> None:
    assert_refused(run("platform", "show", "nothing"), "No learning platform")
    add(run)
    add(run, client_id="1001")
    assert_refused(run("platform", "remove", "https://canvas.instructure.com"), "1000, 1001")


def test_an_unused_platform_is_removed(run: Run, session: Session) -> None:
    add(run, "--deployment-id", "1")
    assert run("platform", "remove", "1000").output == "Removed 1000.\n"
    assert session.scalars(select(Platform)).all() == []
    assert session.scalars(select(Deployment)).all() == []


def test_a_used_platform_is_closed_and_can_be_opened_again(
    run: Run, lms: LearningPlatform, client: FlaskClient
) -> None:
    assert lms.launch(client).status_code == 303
    assert run("platform", "remove", "client-1").output.startswith("Closed client-1")
    assert lms.launch(client).status_code == 403
    assert run("deployment", "approve", "client-1", "1").exit_code == 0
    assert lms.launch(client).status_code == 303


def test_a_pending_deployment_is_approved(run: Run, lms: LearningPlatform, client: FlaskClient) -> None:
    assert lms.launch(client, changes={"deployment_id": "new"}).status_code == 403
    assert "new (pending)" in run("platform", "list").output
    assert run("deployment", "approve", "client-1", "new").output == "Approved deployment new of client-1.\n"
    assert lms.launch(client, changes={"deployment_id": "new"}).status_code == 303
    assert_refused(run("deployment", "approve", "client-1", "other"), "no deployment “other”")


def test_keys_rotate(run: Run, client: FlaskClient) -> None:
    assert "signs from" in run("keys", "rotate").output
    assert "signs from" in run("keys", "rotate").output
    assert len(client.get("/lti/jwks").get_json()["keys"]) == 2
    newer, older = run("keys", "list").output.splitlines()
    assert newer.split("\t")[1].startswith("signs from ")
    assert [part.split()[0] for part in older.split("\t")[1:]] == ["signs", "retires"]
    with time_machine.travel(now() + KEY_NOTICE + timedelta(minutes=1)):
        newer, older = run("keys", "list").output.splitlines()
        assert newer.split("\t")[1:] == ["signs"]
        assert [part.split()[0] for part in older.split("\t")[1:]] == ["retires"]


def test_keys_that_others_may_know_go_at_once(run: Run, client: FlaskClient) -> None:
    run("keys", "rotate")
    assert run("keys", "rotate", "--now").output.startswith("Signing with ")
    (key,) = client.get("/lti/jwks").get_json()["keys"]
    assert run("keys", "list").output == f"{key['kid']}\tsigns\n"


def assert_refused(result: Result, said: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.output.startswith("Error: ")
    assert said in result.output
    assert len(result.output.splitlines()) == 1


def test_an_invitation_is_an_address_to_paste(run: Run, session: Session, client: FlaskClient) -> None:
    result = run("platform", "invite", "--note", "Testing University", "--days", "2")
    assert result.exit_code == 0, result.output
    found = re.match(
        r"https://tool\.test(/lti/register/\w+)\nValid once, until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", result.output
    )
    assert found, result.output
    assert client.get(found[1]).status_code == 200
    row = session.scalars(select(RegistrationInvitation)).one()
    assert (row.note, row.created_by, row.expires_at - row.created_at) == (
        "Testing University",
        "command line",
        timedelta(days=2),
    )


def test_an_invitation_is_valid_for_a_week_unless_said_otherwise(run: Run, session: Session) -> None:
    run("platform", "invite")
    row = session.scalars(select(RegistrationInvitation)).one()
    assert row.expires_at - row.created_at == timedelta(days=7)
    assert run("platform", "invite", "--days", "91").exit_code == 2
    assert_refused(run("platform", "invite", "--note", "x" * 256), "at most 255")
