"""The demo LMS as a process of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner

from lti_tool.demo_lms.__main__ import main
from tests.demo_lms.harness import LAUNCH_URL, TOOL_URL

SLOW_REQUEST = (
    b"POST /api/lti/courses/tdt4100/line_items/1/scores HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo LMS that has said it is ready."""
    file = tmp_path_factory.mktemp("lms") / "new folder" / "lms.sqlite3"
    options = ["--tool-url", TOOL_URL, "--port", "0", "--database", str(file)]
    command = [sys.executable, "-m", "lti_tool.demo_lms", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said, _, address = process.stdout.readline().strip().partition(" ")
        assert said == "ready"
        yield address
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_it_serves_people_and_the_tool_on_this_machine_only(running: str) -> None:
    assert running.startswith("http://127.0.0.1:")
    person = requests.Session()
    assert "My courses" in person.post(f"{running}/sign-in", data={"person": "la-ingrid"}, timeout=30).text
    opened = person.get(f"{running}/launch/tdt4100-om1", allow_redirects=False, timeout=30)
    assert opened.headers["Location"].startswith(LAUNCH_URL.replace("launch", "login"))
    assert requests.get(f"{running}/jwks", timeout=30).json()["keys"]


def test_it_answers_others_while_one_request_is_slow(running: str) -> None:
    url = f"{running}/_/behaviour"
    requests.put(url, json={"slow_seconds": 60}, timeout=30).raise_for_status()
    with socket.create_connection(("127.0.0.1", urlsplit(running).port or 0)) as connection:
        connection.sendall(SLOW_REQUEST)
        assert requests.get(url, timeout=30).json()["slow_seconds"] == 60


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = CliRunner().invoke(main, ["--port", str(port), "--database", str(tmp_path / "lms.sqlite3")])
    assert ended.exit_code == 1
    assert ended.output == f"Error: port {port} of 127.0.0.1 cannot be used: Address already in use\n"
