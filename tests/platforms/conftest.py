"""Other people's platforms, each in its own environment and process."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from lti_tool import create_app
from lti_tool.database import Base, db
from lti_tool.paths import ROOT
from lti_tool.settings import Settings
from tests.conftest import SECRET
from tests.databases import empty, skip_or_fail

OPENEDX = Path(__file__).parent / "openedx"
LOCK = OPENEDX / "requirements.lock"
ENVIRONMENT = ROOT / ".venv-openedx"
HOW_TO_GET_OPENEDX = "Open edX's platform code is not installed (200 MB): make openedx"


@dataclass(frozen=True)
class ServedTool:
    """The tool on a real socket; its threads let a platform fetch our keys while we ask it for a token."""

    app: Flask
    url: str


@pytest.fixture(scope="session")
def tool_port() -> int:
    """The same for every test, because a platform that is started once knows the tool by its address."""
    return free_port()


@pytest.fixture
def served_tool(database_url: str, tool_port: int) -> Iterator[ServedTool]:
    url = f"http://127.0.0.1:{tool_port}"
    app = create_app(Settings(database_url=database_url, secret_key=SECRET, base_url=url))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    server = make_server("127.0.0.1", tool_port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ServedTool(app, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            empty(db.engine)
            db.engine.dispose()


@pytest.fixture(scope="session")
def openedx_python() -> Path:
    """The interpreter of Open edX's environment; built here only where nothing may be skipped."""
    stamp = ENVIRONMENT / sha256(LOCK.read_bytes()).hexdigest()[:16]
    python = ENVIRONMENT / "bin" / "python"
    if not stamp.exists() and os.environ.get("LTI_TOOL_TEST_ALL") != "1":
        skip_or_fail(HOW_TO_GET_OPENEDX)
    with (ROOT / ".openedx-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            build_environment(python, stamp)
    return python


def build_environment(python: Path, stamp: Path) -> None:
    """What is imported is compiled when it is: that is the least of what is installed."""
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ENVIRONMENT], check=True)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", LOCK], check=True, capture_output=True)
    stamp.touch()


@pytest.fixture(scope="session")
def openedx(
    openedx_python: Path, database_url: str, tool_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of an Open edX that knows the tool: one for each database, in which each test has a block of its own.

    It takes seconds to start. https://github.com/openedx/xblock-lti-consumer
    """
    folder = tmp_path_factory.mktemp("openedx")
    with openedx_server(openedx_python, f"http://127.0.0.1:{tool_port}", folder) as url:
        yield url


@contextmanager
def openedx_server(python: Path, tool_url: str, folder: Path) -> Iterator[str]:
    port = free_port()
    arguments: list[str | Path] = ["--port", str(port), "--tool", tool_url, "--database", folder / "openedx.sqlite3"]
    with (folder / "openedx.log").open("w") as log:
        server = subprocess.Popen([python, OPENEDX / "run.py", *arguments], stdout=log, stderr=log, cwd=folder)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_up(server, f"{url}/_/info/om1", folder / "openedx.log")
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_until_up(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(url, timeout=10).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"Open edX did not start:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    build_environment(ENVIRONMENT / "bin" / "python", ENVIRONMENT / sha256(LOCK.read_bytes()).hexdigest()[:16])
