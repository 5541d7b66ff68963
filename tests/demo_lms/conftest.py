import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from lti_tool.demo_lms.app import DemoConfig, create_demo_lms
from lti_tool.demo_lms.state import EXTENSION
from tests.demo_lms.harness import LMS_URL, TOOL_URL, Demo, FakeTool, new_key


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database to copy: making the signing key takes longer than most tests."""
    file = tmp_path_factory.mktemp("demo_lms") / "seeded.sqlite3"
    app = create_demo_lms(DemoConfig(LMS_URL, TOOL_URL, file))
    app.extensions[EXTENSION].store.close()
    return file


@pytest.fixture(scope="session")
def tool_key() -> RSAPrivateKey:
    return new_key()


@pytest.fixture
def fake_tool(tool_key: RSAPrivateKey) -> FakeTool:
    return FakeTool(tool_key)


@pytest.fixture
def demo(seeded_file: Path, tmp_path: Path, fake_tool: FakeTool) -> Iterator[Demo]:
    file = Path(shutil.copy(seeded_file, tmp_path / "lms.sqlite3"))
    app = create_demo_lms(DemoConfig(LMS_URL, TOOL_URL, file, fetch_jwks=fake_tool.jwks))
    app.testing = True
    yield Demo(app, fake_tool)
    app.extensions[EXTENSION].store.close()
