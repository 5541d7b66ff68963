from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest
from flask import Flask

from lti_tool.database import db
from lti_tool.lti.keys import new_key
from lti_tool.lti.models import ToolKey
from tests.lti.checks import Refusals
from tests.lti.dynamic_registration.registrar import Registrar


@lru_cache
def _key() -> dict[str, str]:
    key = new_key()
    return {"kid": key.kid, "private_pem": key.private_pem}


@pytest.fixture
def registrar(app: Flask) -> Iterator[Registrar]:
    """The tool has a key already: to make one for each test takes longer than the rest of it."""
    held = app.extensions["registration_exchange"]
    with app.app_context():
        db.session.add(ToolKey(**_key()))
        db.session.commit()
    yield Registrar(app)
    app.extensions["registration_exchange"] = held


@pytest.fixture
def code(registrar: Registrar) -> str:
    """An invitation, which registrations use from now on."""
    registrar.code = registrar.invite()
    return registrar.code


@pytest.fixture
def refusals(app: Flask, code: str, caplog: pytest.LogCaptureFixture) -> Refusals:
    """Made after the invitation, so that its row is expected."""
    assert code
    return Refusals(app, caplog)
