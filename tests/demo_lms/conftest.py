import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.demo_lms.app import DemoConfig, create_demo_lms
from lti_tool.demo_lms.behaviour import Behaviour, BehaviourSwitch
from lti_tool.demo_lms.keys import ToolKeys
from lti_tool.demo_lms.state import EXTENSION, Lms
from tests.databases import rows_of
from tests.demo_lms.harness import LMS_URL, TOOL_URL, Demo, FakeTool, new_key
from tests.demo_lms.seeding import seed
from tests.demo_lms.site import Site, running_site
from tests.keeping import Kept


@pytest.fixture(scope="session")
def seeded_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Made once: to fill the database and to make the signing key takes longer than most tests."""
    file = tmp_path_factory.mktemp("demo_lms") / "seeded.sqlite3"
    app = create_demo_lms(DemoConfig(LMS_URL, TOOL_URL, file))
    app.testing = True
    return app


@pytest.fixture(scope="session")
def seeded_lms(seeded_app: Flask) -> Lms:
    lms: Lms = seeded_app.extensions[EXTENSION]
    lms.store.close()
    shutil.copy(lms.config.database, _untouched(lms))
    return lms


def _untouched(lms: Lms) -> Path:
    return lms.config.database.with_suffix(".untouched")


@pytest.fixture(scope="session")
def tool_key() -> RSAPrivateKey:
    return new_key()


@pytest.fixture
def fake_tool(tool_key: RSAPrivateKey) -> FakeTool:
    return FakeTool(tool_key)


@pytest.fixture
def demo(seeded_app: Flask, seeded_lms: Lms, fake_tool: FakeTool) -> Iterator[Demo]:
    """The demo LMS on the database as it was filled, behaving by the textbook."""
    # Under one name, so that statements are compiled once for all tests.
    shutil.copy(_untouched(seeded_lms), seeded_lms.config.database)
    seeded_app.extensions[EXTENSION] = replace(
        seeded_lms, behaviours=BehaviourSwitch(Behaviour()), tool_keys=ToolKeys(fake_tool.jwks)
    )
    yield Demo(seeded_app, fake_tool)
    seeded_lms.store.close()
    left = {file.name for file in seeded_lms.config.database.parent.iterdir()}
    assert left == {seeded_lms.config.database.name, _untouched(seeded_lms).name}, "a connection is still open"


@pytest.fixture(scope="session")
def kept() -> dict[str, Kept]:
    """What seeding the tool has left behind in each kind of database, so that it is done once."""
    return {}


@pytest.fixture
def seeded(session: Session, database_url: str, kept: dict[str, Kept]) -> Session:
    if database_url in kept:
        kept[database_url].put(session, timedelta())
    else:
        kept[database_url] = Kept(rows_of(seed(session)))
    return session


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site
