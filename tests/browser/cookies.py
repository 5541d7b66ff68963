"""Two sites that find out whether a browser keeps third-party cookies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import BrowserContext

_COOKIE = "SameSite=None; Secure; Path=/"


class _Site(BaseHTTPRequestHandler):
    """/outer frames /set on the other site, which sets a cookie of each kind and leads to /seen, which shows them."""

    def do_GET(self) -> None:
        port = self.server.server_port  # type: ignore[attr-defined]
        if self.path == "/outer":
            self._answer(f'<iframe src="http://localhost:{port}/set"></iframe>')
        elif self.path == "/set":
            self._answer('<a href="/seen">go</a>', f"plain=1; {_COOKIE}", f"apart=1; {_COOKIE}; Partitioned")
        elif self.path == "/seen":
            self._answer(f"<p>{self.headers.get('Cookie', '')}</p>")
        else:
            self._answer("")

    def _answer(self, body: str, *cookies: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        for cookie in cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>cookies</title>{body}".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _sites() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join(timeout=10)


def cookies_kept(context: BrowserContext) -> set[str]:
    """Which of the cookies "plain" and "apart" (partitioned) a frame of another site gets back."""
    with _sites() as port:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/outer")
        frame = page.frame_locator("iframe")
        frame.get_by_role("link").click()
        text = frame.locator("p").text_content() or ""
        page.close()
    return {cookie.split("=")[0] for cookie in text.split("; ") if cookie}
