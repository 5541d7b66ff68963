"""The demo LMS over a real socket, for tests with a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from lti_tool.demo_lms.app import Behaviour, DemoConfig, create_demo_lms
from lti_tool.demo_lms.state import EXTENSION, Lms


@dataclass
class Site:
    """A demo LMS over a real socket, and a tool that is one empty page."""

    lms: Lms
    lms_url: str
    tool_url: str

    def behave(self, **settings: Any) -> None:
        self.lms.behaviours.change(replace(Behaviour(), **settings))


def _serve(app: Any) -> BaseWSGIServer:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    tool = Flask("empty_tool")
    tool.add_url_rule("/<path:path>", view_func=lambda path: f"<!doctype html><title>{path}</title>")
    servers = [_serve(tool)]
    tool_url = f"http://localhost:{servers[0].server_port}"
    config = DemoConfig("http://127.0.0.1", tool_url, folder / "lms.sqlite3")
    app = create_demo_lms(config)
    servers.append(_serve(app))
    yield Site(app.extensions[EXTENSION], f"http://127.0.0.1:{servers[1].server_port}", tool_url)
    for server in servers:
        server.shutdown()
        server.server_close()
