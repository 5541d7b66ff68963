"""Shared fixtures. A test that takes `app` (or anything built on it) runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.orm import Session

from lti_tool import create_app
from lti_tool.database import Base, db
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.chromium import chromium, playwright
from tests.databases import empty, postgresql_server
from tests.lti.platform import LearningPlatform

# A loaded machine is no mistake in the code, so generated examples are not timed.
# Each run draws other ones, so half as many of them as is usual find as much in the end.
settings.register_profile("suite", deadline=None, max_examples=50)
settings.load_profile("suite")

__all__ = ["chromium", "playwright"]

SECRET = "a-secret-that-is-only-used-in-tests-0123456789"
BASE_URL = "https://tool.test"
_KEYS = 12


def settings_for(database_url: str) -> Settings:
    # The platforms of tests are on loopback.
    return Settings(
        database_url=database_url, secret_key=SECRET, base_url=BASE_URL, internal_hosts=frozenset({"127.0.0.1"})
    )


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: browsers, servers and databases leave a process waiting half of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is imported by now stays, so that looking for garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    # A test makes little garbage and there are thousands: a twentieth of the time went into looking for it.
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def keys_in_turn() -> Iterator[None]:
    """Making an RSA key takes longer than most tests, so a few serve them all, one after the other."""
    generate, numbers, made = rsa.generate_private_key, count(), {}

    def next_key(public_exponent: int, key_size: int) -> rsa.RSAPrivateKey:
        place = key_size, next(numbers) % _KEYS
        if place not in made:
            made[place] = generate(public_exponent, key_size)
        return made[place]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rsa, "generate_private_key", next_key)
        yield


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    # Not below pytest's own folder, which is closed to the user that the server runs as.
    with TemporaryDirectory(prefix="lti-tool-postgresql-") as folder, postgresql_server(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this test process, one of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    folder: Path = tmp_path_factory.mktemp("sqlite")
    return f"sqlite:///{folder / 'test.sqlite3'}"


def _compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of a run: to compile each template in each of them takes seconds."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "compiled-templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shared_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = create_app(settings_for(database_url))
    app.testing = True
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_compiled_templates(tmp_path_factory)))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application on an empty database."""
    yield shared_app
    shared_app.extensions["recent_registrations"].clear()
    with shared_app.app_context():
        empty(db.engine)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session outside any request, as the worker and the command line have it."""
    with app.app_context():
        yield db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """A platform, two courses, a small module and named people; see `tests/cast.py`."""
    return Cast(app)


@pytest.fixture
def lms(app: Flask) -> LearningPlatform:
    """A learning platform that can launch anybody, rightly or wrongly; see `tests/lti/platform.py`."""
    return LearningPlatform(app)


CountStatements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def count_statements(app: Flask) -> CountStatements:
    """`with count_statements() as statements:` collects the SQL that is sent meanwhile."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
