"""`python -m lti_tool.demo_lms`: the demo LMS as a process of its own, on this machine only."""

import os
import socket
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from lti_tool.demo_lms.app import DemoConfig, create_demo_lms

_HOST = "127.0.0.1"


class _Server(BaseApplication):  # type: ignore[misc]
    """One process, as the behaviour lives in memory; many threads, as the tool calls back during a launch."""

    def __init__(self, config: DemoConfig, listener: socket.socket) -> None:
        self._config = config
        self._options = {
            "bind": f"fd://{listener.detach()}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": 16,
            "graceful_timeout": 2,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": self._say_ready,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_demo_lms(self._config)

    def _say_ready(self, _worker: Any) -> None:
        click.echo(f"ready {self._config.base_url}")


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise click.ClickException(f"port {port} of {_HOST} cannot be used: {reason}") from error


@click.command(help=__doc__)
@click.option("--port", default=8001, show_default=True, help="0 takes any free one.")
@click.option("--tool-url", default="http://localhost:8000", show_default=True, help="Where the tool is.")
@click.option(
    "--database", type=click.Path(dir_okay=False, path_type=Path), default=Path("demo-lms.sqlite3"), show_default=True
)
def main(port: int, tool_url: str, database: Path) -> None:
    listener = _listen(port)
    base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
    _Server(DemoConfig(base_url, tool_url.rstrip("/"), database), listener).run()


if __name__ == "__main__":
    main(prog_name="python -m lti_tool.demo_lms")
