"""The platform in memory behind a real socket on loopback."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from lti_tool.http import Answer, OutgoingError
from tests.passback.fake_lms import FakeLms


class Gate:
    """Holds the requests that come to it until it is opened; `reached` tells that one is there."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        self._open.wait(timeout=60)

    def open(self) -> None:
        self._open.set()


@contextmanager
def served(lms: FakeLms) -> Iterator[str]:
    """Yields the address of the platform, scheme to port."""
    server = _Server(("127.0.0.1", 0), _handler(lms))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _handler(lms: FakeLms) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply("GET", b"")

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            # Whoever sent it may have been killed half-way.
            if len(body) == length:
                self._reply("POST", body)

        def _reply(self, method: str, body: bytes) -> None:
            answer = _ask(lms, method, self.path, dict(self.headers), body)
            try:
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
            except OSError:
                # Whoever asked has been killed meanwhile.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _ask(lms: FakeLms, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    form = headers.get("Content-Type") == "application/x-www-form-urlencoded"
    data: Any = {name: values[0] for name, values in parse_qs(body.decode()).items()} if form else body
    try:
        return lms(method, path, headers=headers, data=data)
    except OutgoingError as error:
        return Answer(error.status or 500, {}, error.body.encode())
