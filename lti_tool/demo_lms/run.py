"""`lti-tool demo`: the tool, its worker and the demo LMS as three processes, stopped together."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import click
import requests
from sqlalchemy import URL

from lti_tool import create_app, migrating
from lti_tool.database import db
from lti_tool.demo_lms.__main__ import main as lms
from lti_tool.demo_lms.cast import COORDINATOR, LEARNING_ASSISTANTS, SUBJECT_INSTRUCTOR, SYSTEM_ADMINISTRATOR
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.processes import ChildEnded, Children, children
from lti_tool.demo_lms.tool_seed import look_at_work, seed_tool
from lti_tool.settings import Settings

HOST = "127.0.0.1"
START_SECONDS = 60.0
_LOOK_EVERY = 0.1


class DemoStopped(click.ClickException):
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
        return DemoConfig(f"http://{HOST}:{self.lms_port}", self.tool_url, self.data / "demo-lms.sqlite3")

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of an installation that happens to be set up in this terminal reaches the demo."""
        rest = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
        database = URL.create("sqlite", database=str(self.data / "lti-tool.sqlite3"))
        return rest | {
            "LTI_TOOL_DATABASE_URL": database.render_as_string(),
            "LTI_TOOL_BASE_URL": self.tool_url,
        }

    @property
    def logs(self) -> Path:
        return self.data / "log"


@click.command("demo")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--lms-port", envvar="LMS_PORT", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="The folder for databases and logs.",
)
@click.pass_context
def demo_command(context: click.Context, port: int, lms_port: int, data: Path) -> None:
    """Run the tool in a small learning platform on this machine, with people and courses to play."""
    try:
        run_demo(Demo(data.resolve(), port, lms_port), context.find_root().command)
    except ChildEnded as error:
        raise DemoStopped(str(error)) from error


def run_demo(demo: Demo, tool: click.Command) -> None:
    """`tool` is `lti-tool`. Returns when somebody stops it (SIGINT, SIGTERM, SIGHUP); raises `DemoStopped` or
    `ChildEnded`.
    """
    _check_ports(demo)
    with _stop_signals() as stopped, children(demo.logs, demo.environment) as started:
        _start(demo, tool, started, stopped)
        if not stopped:
            click.echo(_welcome(demo))
        while not stopped:
            started.refuse_ended()
            time.sleep(_LOOK_EVERY)
        click.echo("Stopping the demo.")


def prepare(demo: Demo) -> None:
    """Make or complete the tool's database; what people have done in it stays."""
    settings = Settings.from_environment(demo.environment)
    migrating.upgrade(settings.database_url)
    app = create_app(settings)
    with app.app_context():
        seed_tool(app, demo.lms)
        db.session.commit()
        look_at_work()
        db.engine.dispose()


def _start(demo: Demo, tool: click.Command, started: Children, stopped: list[int]) -> None:
    lms_options = ("--port", str(demo.lms_port), "--tool-url", demo.tool_url, "--database", str(demo.lms.database))
    # What is loaded by now stays, in all of them, so that looking for garbage need not walk through it each time.
    gc.freeze()
    # It needs nothing of the tool to start, so it does while the tool's database is made ready.
    started.start("lms", partial(lms.main, lms_options))
    prepare(demo)
    started.start("tool", partial(tool.main, ("serve", "--port", str(demo.port), "--workers", "2")))
    for url in (f"http://{HOST}:{demo.port}/healthz", f"{demo.lms.base_url}/"):
        _wait_for(url, demo, started, stopped)
    # A platform asks the tool for its keys before it takes a score, so the tool must answer first.
    started.start("worker", partial(tool.main, ("worker",)))


def _check_ports(demo: Demo) -> None:
    if demo.port == demo.lms_port:
        raise DemoStopped("PORT and LMS_PORT must differ.")
    for name, port in (("PORT", demo.port), ("LMS_PORT", demo.lms_port)):
        try:
            socket.create_server((HOST, port)).close()
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise DemoStopped(f"Port {port} cannot be used ({reason}); {name}=... chooses another.") from error


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Gives a list that is empty until somebody wants an end."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for(url: str, demo: Demo, started: Children, stopped: list[int]) -> None:
    end = time.monotonic() + START_SECONDS
    while not stopped and not _answers(url):
        started.refuse_ended()
        if time.monotonic() > end:
            raise DemoStopped(f"{url} did not answer within {START_SECONDS:.0f} s; see {demo.logs}.")
        time.sleep(_LOOK_EVERY)


def _answers(url: str) -> bool:
    # A proxy that the environment names knows nothing of this machine's own ports.
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(url, timeout=5).ok
        except requests.RequestException:
            return False


def _welcome(demo: Demo) -> str:
    people = (LEARNING_ASSISTANTS[0], SUBJECT_INSTRUCTOR, COORDINATOR, SYSTEM_ADMINISTRATOR)
    return "\n".join(
        [
            "",
            f"  Learning platform  {demo.lms.base_url}  <- open this one and pick a person",
            f"  Training tool      {demo.tool_url}",
            "",
            *(f"  {person.given_name} {person.family_name}: {person.story}" for person in people),
            "",
            f"  Connect the tool once more, as an administrator would: {demo.lms.base_url}/tools",
            "",
            f"  Logs are in {demo.logs}. Ctrl-C stops everything.",
        ]
    )
