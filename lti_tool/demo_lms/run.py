"""`lti-tool demo`: the tool, its worker and the demo LMS as three processes, stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click
import requests

from lti_tool import create_app, migrating
from lti_tool.database import db
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.tool_seed import seed_tool
from lti_tool.settings import Settings

LMS_HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
LAST_LINES = 15
_LOOK_EVERY = 0.1


class DemoStopped(Exception):
    """The demo cannot start or go on; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Demo:
    """Where one demo lives: its folder and its two ports."""

    data: Path
    port: int
    lms_port: int

    @property
    def tool_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def lms(self) -> DemoConfig:
        # Another site than the tool's, so that browsers treat cookies as they do between real domains.
        return DemoConfig(f"http://{LMS_HOST}:{self.lms_port}", self.tool_url, self.data / "demo-lms.sqlite3")

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of an installation that happens to be set up in this terminal reaches the demo."""
        rest = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
        database = f"sqlite:///{self.data / 'lti-tool.sqlite3'}"
        return rest | {"LTI_TOOL_DATABASE_URL": database, "LTI_TOOL_BASE_URL": self.tool_url}

    def commands(self) -> dict[str, list[str]]:
        python = [sys.executable, "-m"]
        lms = ["lti_tool.demo_lms", "--port", str(self.lms_port), "--tool-url", self.tool_url]
        return {
            "tool": [*python, "lti_tool", "serve", "--port", str(self.port), "--workers", "2"],
            "worker": [*python, "lti_tool", "worker"],
            "lms": [*python, *lms, "--database", str(self.lms.database)],
        }


@click.command()
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The tool's."
)
@click.option(
    "--lms-port", envvar="LMS_PORT", default=8001, show_default=True, type=click.IntRange(1, 65535), help="The LMS's."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="The folder for databases and logs.",
)
def demo(port: int, lms_port: int, data: Path) -> None:
    """Run the tool in a small learning platform on this machine, with people and a course to play."""
    run_demo(Demo(data.resolve(), port, lms_port))


def run_demo(demo: Demo) -> None:
    """Returns when somebody stops it (SIGINT, SIGTERM); raises `DemoStopped` when it cannot go on."""
    _check_ports(demo)
    prepare(demo)
    with _stopped_by_signals() as stopped, _running(demo) as children:
        _wait_until_ready(demo, children, stopped)
        if not stopped:
            click.echo(_welcome(demo))
        while not stopped:
            _refuse_dead(children, demo)
            time.sleep(_LOOK_EVERY)
        click.echo("Stopping the demo.")


def prepare(demo: Demo) -> None:
    """Make or complete the tool's database; what people have done in it stays."""
    (demo.data / "log").mkdir(parents=True, exist_ok=True)
    settings = Settings.from_environment(demo.environment)
    migrating.upgrade(settings.database_url)
    app = create_app(settings)
    with app.app_context():
        seed_tool(app, demo.lms)
        db.session.commit()
        db.engine.dispose()


def _check_ports(demo: Demo) -> None:
    if demo.port == demo.lms_port:
        raise DemoStopped("PORT and LMS_PORT must differ.")
    for name, port in (("PORT", demo.port), ("LMS_PORT", demo.lms_port)):
        try:
            socket.create_server((LMS_HOST, port)).close()
        except OSError as error:
            reason = error.strerror or "no reason given"
            raise DemoStopped(f"Port {port} cannot be used ({reason}). Choose another: {name}={port + 10}") from error


@contextmanager
def _stopped_by_signals() -> Iterator[list[int]]:
    """Gives a list that is empty until SIGINT, SIGTERM or SIGHUP arrives."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, note) for number in signals}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _running(demo: Demo) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    children: dict[str, subprocess.Popen[bytes]] = {}
    guard: subprocess.Popen[bytes] | None = None
    try:
        for name, command in demo.commands().items():
            children[name] = _start(demo, name, command)
        guard = _guard(children)
        yield children
    finally:
        _stop(children)
        if guard:
            guard.kill()
            guard.wait()


def _start(demo: Demo, name: str, command: list[str]) -> subprocess.Popen[bytes]:
    with _log_of(demo, name).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=demo.environment,
            cwd=demo.data,
            # A group of its own: Ctrl-C reaches us alone, and what the child started is stopped with it.
            start_new_session=True,
        )


def _guard(children: Mapping[str, subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """A shell that waits for the end of a pipe which only we hold open: even `kill -9` on us leaves nobody behind."""
    groups = " ".join(f"-{child.pid}" for child in children.values())
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", f"read _; kill -TERM {groups}; sleep 5; kill -KILL {groups}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        _signal_group(child, signal.SIGTERM)
    end = time.monotonic() + STOP_SECONDS
    for child in children.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, end - time.monotonic()))
        # What a child leaves behind in its group when it goes (or crashes) goes too.
        _signal_group(child, signal.SIGKILL)
        child.wait()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def _wait_until_ready(demo: Demo, children: Mapping[str, subprocess.Popen[bytes]], stopped: list[int]) -> None:
    end = time.monotonic() + START_SECONDS
    for url in (f"http://{LMS_HOST}:{demo.port}/healthz", f"{demo.lms.base_url}/"):
        while not stopped and not _answers(url):
            _refuse_dead(children, demo)
            if time.monotonic() > end:
                raise DemoStopped(f"{url} did not answer within {START_SECONDS:.0f} s; see {demo.data / 'log'}.")
            time.sleep(_LOOK_EVERY)


def _answers(url: str) -> bool:
    # A proxy that the environment names knows nothing of this machine's own ports.
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(url, timeout=5).ok
        except requests.RequestException:
            return False


def _refuse_dead(children: Mapping[str, subprocess.Popen[bytes]], demo: Demo) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            log = _log_of(demo, name)
            lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
            raise DemoStopped(
                "\n".join(
                    [f"The {name} ended by itself (code {child.returncode}), so all stop. Last lines of {log}:", *lines]
                )
            )


def _log_of(demo: Demo, name: str) -> Path:
    return demo.data / "log" / f"{name}.log"


def _welcome(demo: Demo) -> str:
    return "\n".join(
        [
            "",
            f"  Learning platform   {demo.lms.base_url}   <- open this one and pick a person",
            f"  Training tool       {demo.tool_url}",
            "",
            "  Ingrid Solberg      learning assistant: take the module, watch the grade arrive in the gradebook",
            "  Solveig Brekke      instructor of TDT4100: follow the learning assistants of the course",
            "  Henrik Dahl         coordinator of the programme: read evaluations beside their essays",
            "  Marit Eriksen       administrator",
            "",
            f"  Logs are in {demo.data / 'log'}. Ctrl-C stops everything.",
        ]
    )
