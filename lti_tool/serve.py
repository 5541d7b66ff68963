"""The web server: gunicorn with the choices of `config/gunicorn.conf.py` and our log."""

from __future__ import annotations

import logging
import os
import re
import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import Application
from gunicorn.glogging import Logger

from lti_tool.database import db
from lti_tool.paths import CONFIG

_SECRET = re.compile(r"^(/lti/register/|/calendar/).+", re.DOTALL)


class PortTaken(Exception):
    """Nobody can be served there; the message says why in one line."""


def listen(host: str, port: int) -> socket.socket:
    """Port 0 takes any free one. Raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise PortTaken(f"Port {port} of {host} cannot be used: {os.strerror(error.errno or 0)}.") from error


def serve(app: Flask, listener: socket.socket, workers: int | None) -> None:
    """Answer requests until SIGTERM or SIGINT; `workers` is the number of processes, None as the file says."""
    host, port = listener.getsockname()[:2]
    options = {"bind": f"fd://{listener.detach()}", "logger_class": JsonLogger, "post_fork": _forget_connections(app)}
    if workers:
        options["workers"] = workers
    logging.getLogger(__name__).info("serving", extra={"host": host, "port": port})
    _Server(app, options).run()


class _Server(Application):  # type: ignore[misc]
    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        self.load_config_from_module_name_or_filename(str(CONFIG / "gunicorn.conf.py"))
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


class JsonLogger(Logger):  # type: ignore[misc]
    """Hands gunicorn's records to the one log. Requests are noted without their query string, for logins carry hints
    and registrations tokens, and without the code of an invitation or the secret of a calendar."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        self.access_log.info(
            "request",
            extra={
                "method": environ["REQUEST_METHOD"],
                "path": _SECRET.sub(r"\1...", environ["PATH_INFO"]),
                "status": resp.status_code,
                "bytes": getattr(resp, "sent", None),
                "ms": round(request_time.total_seconds() * 1000, 1),
            },
        )


def _forget_connections(app: Flask) -> Any:
    def post_fork(_server: Any, _worker: Any) -> None:
        # A connection that crossed the fork would be used by two processes at once.
        # https://docs.sqlalchemy.org/en/21/core/pooling.html#using-connection-pools-with-multiprocessing-or-os-fork
        with app.app_context():
            db.engine.dispose(close=False)

    return post_fork
