"""`lti-tool demo`: three processes that start together and end together, however the first one ends."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from lti_tool.cli import main
from lti_tool.demo_lms.run import Demo, prepare
from tests.demo_lms.demo import free_ports, running_demo
from tests.demo_lms.owning import own_a_parent, own_a_printer
from tests.processes import processes

# Of whatever is waited for on a machine that has other things to do, in seconds.
PATIENCE = 120


def of_folder(folder: Path) -> list[psutil.Process]:
    """Live processes that write to a log in that folder."""
    return [process for process in psutil.process_iter() if _writes_to(process, folder)]


def _writes_to(process: psutil.Process, folder: Path) -> bool:
    try:
        return log_of(process.pid).is_relative_to(folder) and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, psutil.Error):
        return False


def log_of(pid: int) -> Path:
    return Path(os.readlink(f"/proc/{pid}/fd/1"))


def wait_until_gone(folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while found := of_folder(folder):
        assert time.monotonic() < end, found
        psutil.wait_procs(found, timeout=0.2)


def wait_until_up(log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not (log.exists() and "up" in log.read_text()):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "log"
    for process in of_folder(tmp_path):
        process.kill()


def test_children_and_their_children_end_with_the_block(logs: Path) -> None:
    told = processes.Event()
    owner = processes.Process(target=own_a_parent, args=(logs, told))
    owner.start()
    wait_until_up(logs / "parent.log")
    assert len(of_folder(logs)) == 2
    told.set()
    wait_until_gone(logs)
    owner.join()
    assert owner.exitcode == 0


def test_a_child_that_ends_is_told_with_the_last_lines_of_its_log(logs: Path) -> None:
    heard, said = processes.Pipe(duplex=False)
    owner = processes.Process(target=own_a_printer, args=(logs, said))
    owner.start()
    told = heard.recv()
    assert re.fullmatch(r"The printer ended.*code 1.*\nfirst {'PAPER': 'none'}\nno more paper", told)
    assert str(logs / "printer.log") in told
    wait_until_gone(logs)
    owner.join()


def test_nobody_is_left_when_the_owner_is_killed(logs: Path) -> None:
    never = processes.Event()
    owner = processes.Process(target=own_a_parent, args=(logs, never))
    owner.start()
    wait_until_up(logs / "parent.log")
    owner.kill()
    wait_until_gone(logs)
    owner.join()


@dataclass(frozen=True)
class Played:
    """A demo that began in an empty folder, answered at its addresses, and lost its worker."""

    at: Demo
    said: str
    answers: tuple[requests.Response, requests.Response]
    code: int

    @property
    def rows(self) -> set[tuple[str, int]]:
        return _rows(self.at.environment["LTI_TOOL_DATABASE_URL"])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder, ports = tmp_path_factory.mktemp("demo"), free_ports()
    with running_demo(folder, [sys.executable, "-m", "lti_tool"], ports=ports) as demo:
        answers = requests.get(f"{demo.tool_url}/healthz", timeout=30), requests.get(demo.lms_url, timeout=30)
        (worker,) = (one for one in of_folder(folder) if log_of(one.pid).name == "worker.log")
        worker.kill()
        code = demo.process.wait(timeout=60)
        wait_until_gone(folder)
    return Played(Demo(folder / "var", *ports), demo.said, answers, code)


def test_the_demo_answers_at_both_addresses(played: Played) -> None:
    tool, lms = played.answers
    assert tool.ok
    assert "Ingrid" in lms.text
    assert "Ingrid Solberg" in played.said


def test_when_one_part_dies_all_stop_and_say_so(played: Played) -> None:
    assert played.code == 1
    assert "The worker ended by itself (code -9)" in played.said
    logs = list(played.at.logs.iterdir())
    assert {log.name for log in logs} == {"tool.log", "worker.log", "lms.log"}
    assert "Traceback" not in "".join(log.read_text() for log in logs)


def test_preparing_it_again_keeps_what_is_there(played: Played) -> None:
    before = played.rows
    assert before >= {("platform", 1), ("tool_key", 1), ("programme", 2), ("online_module", 9), ("staff_grant", 3)}
    prepare(played.at)
    assert played.rows == before


def _rows(url: str) -> set[tuple[str, int]]:
    engine = create_engine(url)
    tables = ("platform", "deployment", "tool_key", "programme", "online_module", "module_content", "staff_grant")
    with engine.connect() as connection:
        found = {(table, int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)) for table in tables}
    engine.dispose()
    return found


def test_the_demo_hears_nothing_of_an_installation_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "the secret of a real installation")
    environment = Demo(tmp_path, 1, 2).environment
    assert {name for name in environment if name.startswith("LTI_TOOL_")} == {
        "LTI_TOOL_DATABASE_URL",
        "LTI_TOOL_BASE_URL",
    }


@pytest.mark.parametrize("name", ["PORT", "LMS_PORT"])
def test_a_taken_port_is_one_line_that_names_the_setting(tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"PORT": str(free_ports()[0]), "LMS_PORT": str(free_ports()[1])} | {name: str(port)}
        result = CliRunner().invoke(main, ["demo", "--data", str(tmp_path / "var")], env=ports)
    assert result.exit_code == 1
    expected = f"Error: Port {port} cannot be used (Address already in use); {name}=... chooses another.\n"
    assert result.output == expected
    assert not (tmp_path / "var").exists()


def test_the_two_ports_must_differ(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--port", "9", "--lms-port", "9", "--data", str(tmp_path / "var")])
    assert (result.exit_code, result.output) == (1, "Error: PORT and LMS_PORT must differ.\n")
