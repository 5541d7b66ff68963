"""The command line as a whole: what it needs, and that expected problems are one line."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from lti_tool import migrating
from lti_tool.cli import main

RUN = [sys.executable, "-m", "lti_tool"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cli.sqlite3'}"


@pytest.fixture
def migrated(url: str) -> str:
    migrating.upgrade(url)
    return url


def run(*arguments: str, **settings: str) -> Result:
    environment = dict.fromkeys((name for name in os.environ if name.startswith("LTI_TOOL_")), None)
    return CliRunner().invoke(main, arguments, env=environment | {f"LTI_TOOL_{k}": v for k, v in settings.items()})


def test_help_lists_every_command() -> None:
    text = run("--help").output
    for name in (
        "serve worker db admin platform deployment keys programme coordinator administrator demo".split()  # noqa: SIM905
    ):
        assert f"\n  {name} " in text


@pytest.mark.parametrize("command", [("platform", "list"), ("programme", "list"), ("serve",), ("worker",)])
def test_a_database_that_is_not_ready_is_one_line_with_the_remedy(command: tuple[str, ...], url: str) -> None:
    result = run(*command, DATABASE_URL=url)
    assert result.exit_code == 1
    assert result.output == "Error: The database is not ready for this version: run `lti-tool db upgrade`.\n"


def test_settings_that_cannot_work_are_told_all_at_once() -> None:
    result = run("platform", "list", BASE_URL="https://tool.example.edu", LOG_LEVEL="LOUD")
    assert result.exit_code == 2
    assert "LTI_TOOL_SECRET_KEY is missing" in result.output
    assert "LTI_TOOL_DATABASE_URL is missing" in result.output
    assert "LTI_TOOL_LOG_LEVEL" in result.output
    assert "Traceback" not in result.output


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    result = run("platform", "list", DATABASE_URL=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")
    assert (result.exit_code, result.output) == (
        1,
        "Error: The database cannot be used: unable to open database file\n",
    )


def test_bad_input_is_one_line_and_code_2(migrated: str) -> None:
    result = run("platform", "show", "nobody", DATABASE_URL=migrated)
    assert result.exit_code == 2
    assert result.output == "Error: No learning platform has the client id or issuer “nobody”.\n"


def test_db_upgrade_is_repeatable_and_current_tells_where_it_is(url: str) -> None:
    newest = migrating.newest()
    assert run("db", "current", DATABASE_URL=url).output == f"database: none\nthis version: {newest}\n"
    for _ in range(2):
        assert run("db", "upgrade", DATABASE_URL=url).output == f"The database is at {newest}.\n"
    assert run("db", "current", DATABASE_URL=url).output == f"database: {newest}\nthis version: {newest}\n"


def test_db_upgrade_to_an_unknown_revision_is_one_line(url: str) -> None:
    result = run("db", "upgrade", "nonsense", DATABASE_URL=url)
    assert result.exit_code == 1
    assert result.output.startswith("Error: Can't locate revision")


def test_db_downgrade_asks_first(migrated: str) -> None:
    assert run("db", "downgrade", "base", DATABASE_URL=migrated).exit_code == 1
    assert migrating.current(migrated) == migrating.newest()
    assert run("db", "downgrade", "base", "--yes", DATABASE_URL=migrated).output == "The database is at base.\n"
    assert migrating.current(migrated) is None


def test_only_the_demo_command_loads_the_demo_lms() -> None:
    code = "import sys, lti_tool.cli; print([name for name in sys.modules if 'demo_lms' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_serve_on_a_taken_port_is_one_line(migrated: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port), DATABASE_URL=migrated)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith(f"Error: Port {port} of 127.0.0.1 cannot be used")


def test_serve_answers_until_it_is_told_to_stop(migrated: str, tmp_path: Path) -> None:
    with served(migrated, tmp_path / "log") as url:
        assert requests.get(f"{url}/healthz", timeout=30).json() == {"status": "ok"}


def test_every_line_of_the_log_is_json_and_leaves_query_strings_out(migrated: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(migrated, log) as url:
        requests.get(f"{url}/healthz?login_hint=a-person", timeout=30)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (request,) = [line for line in lines if line["message"] == "request"]
    assert (request["method"], request["path"], request["status"]) == ("GET", "/healthz", 200)
    assert "a-person" not in log.read_text()


@contextmanager
def served(database_url: str, log: Path) -> Iterator[str]:
    """The address of a server process, which must end well when it is told to."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "LTI_TOOL_DATABASE_URL": database_url, "LTI_TOOL_BASE_URL": "http://localhost:1"}
    command = [*RUN, "serve", "--port", str(port), "--workers", "1"]
    with log.open("wb") as output, subprocess.Popen(command, stderr=output, env=environment) as process:
        _wait_for_line(process, log, "Booting worker")
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def _wait_for_line(process: subprocess.Popen[bytes], log: Path, words: str) -> None:
    while words not in log.read_text():
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(log.read_text())
