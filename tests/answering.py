"""A server on loopback that answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers every request with `reply`; keeps the headers it saw."""

    def __init__(self) -> None:
        self.reply: Reply = plain(200, b"hello")
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.url = ""
        self.port = 0

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.seen.append((handler.command, handler.path, dict(handler.headers), body))
        self.reply(handler)


def plain(status: int, body: bytes = b"", **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


@contextmanager
def running(tls: SSLContext | None = None) -> Iterator[Server]:
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            known.handle(self)

        def do_POST(self) -> None:
            known.handle(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    known.port = listener.server_port
    known.url = f"http://127.0.0.1:{listener.server_port}/"
    yield known
    listener.shutdown()
    thread.join()
    listener.server_close()
