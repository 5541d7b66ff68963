"""Registrations with the demo LMS, over real sockets: another program's reading of the same specification."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.demo_lms.app import Behaviour, create_demo_lms
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.lti.dynamic_registration.invitations import invite
from lti_tool.lti.models import Deployment, Platform

Register = Callable[..., TestResponse]


@pytest.fixture
def register(app: Flask, tmp_path: Path) -> Iterator[Register]:
    """`register(Behaviour(...), again=CLIENT_ID)` presses the button on the page that such an LMS opened."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.with_changes(base_url="http://localhost:8000")
    server = make_server("127.0.0.1", 0, Flask("none yet"), threaded=True)
    lms = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def press(behaviour: Behaviour, again: str = "") -> TestResponse:
        database = tmp_path / "lms.sqlite3"
        server.app = create_demo_lms(DemoConfig(lms, "http://localhost:8000", database, behaviour=behaviour))
        with app.app_context():
            _row, code = invite(db.session, "Demo", "test")
            db.session.commit()
        address = f"http://localhost:8000/lti/register/{code}"
        fields = {"address": address, "again": again}
        opened = requests.post(f"{lms}/tools/registrations", data=fields, timeout=30)
        frame = re.search(r'<iframe id="registration"[^>]* src="([^"]+)"', opened.text)
        assert frame, opened.text
        sent = {name: values[0] for name, values in parse_qs(urlsplit(unescape(frame[1])).query).items()}
        return app.test_client().post("/lti/register", data={**sent, "invitation": code})

    yield press
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["SETTINGS"] = settings


TOP = Behaviour(registered_deployment="top_level")
ABSENT = Behaviour(registered_deployment="absent")


@pytest.mark.parametrize(("behaviour", "number"), [(Behaviour(), 1), (TOP, 1), (ABSENT, 0)], ids=["in", "top", "none"])
def test_c116_wherever_the_installation_is_named_it_is_found(
    register: Register, session: Session, behaviour: Behaviour, number: int
) -> None:
    assert register(behaviour).status_code == 200
    assert len(session.scalars(select(Deployment)).all()) == number


def test_c110_a_platform_that_gives_out_no_token_is_registered(register: Register) -> None:
    assert register(Behaviour(registration_token=False)).status_code == 200


def test_c114_its_refusal_is_shown(register: Register, session: Session) -> None:
    page = register(Behaviour(registration_status=422))
    assert "answered 422: invalid_client_metadata: This learning platform takes no tools" in page.text
    assert session.scalars(select(Platform)).all() == []


def test_c115_what_it_withholds_is_told(register: Register) -> None:
    page = register(Behaviour(withheld_scopes=("score",)))
    assert "the gradebook stays empty" in page.text


def test_c118_registering_anew_updates(register: Register, session: Session) -> None:
    register(Behaviour())
    client_id = session.scalars(select(Platform.client_id)).one()
    session.rollback()
    assert "up to date" in register(Behaviour(), again=client_id).text
    assert session.scalars(select(Platform.client_id)).one() == client_id
