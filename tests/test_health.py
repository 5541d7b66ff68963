"""The front door and the health check, which need no visit."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from lti_tool import create_app
from tests.conftest import settings_for


def test_the_front_door_says_where_the_training_is_opened(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "opened from your course" in answer.text


def test_health_is_ok_while_the_database_answers(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_health_is_503_when_the_database_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    app = create_app(settings_for(f"sqlite:///{folder / 'tool.sqlite3'}"))
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert app.test_client().get("/healthz").status_code == 503
