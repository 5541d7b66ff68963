"""The way out, over a real socket: what is success, what may be tried again, and what is never waited for."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from lti_tool import http
from lti_tool.database import now
from lti_tool.guard import Guard
from lti_tool.http import Answer, OutgoingError, send
from tests.answering import Server, plain, running
from tests.guarded import under


@pytest.fixture(autouse=True)
def on_loopback() -> Iterator[None]:
    with under(Guard(development=True)):
        yield


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as started:
        yield started


def error_of(url: str, **options: Any) -> OutgoingError:
    with pytest.raises(OutgoingError) as raised:
        send("GET", url, **options)
    return raised.value


def test_a_2xx_answer_comes_back_with_lower_case_headers_and_its_body(server: Server) -> None:
    server.reply = plain(201, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip", X_Some="Thing")
    answer = send("POST", server.url + "x", headers={"Accept": "a/b"}, data=b"body", params={"q": "1"})
    assert (answer.status, answer.headers["x-some"], answer.json()) == (201, "Thing", {"a": 1})
    method, path, headers, body = server.seen[0]
    assert (method, path, headers["Accept"], body) == ("POST", "/x?q=1", "a/b", b"body")
    assert headers["User-Agent"] == http.USER_AGENT


def test_an_answer_that_is_not_json_says_so() -> None:
    with pytest.raises(OutgoingError):
        Answer(200, {}, b"<html>").json()


FINAL = (301, 302, 400, 401, 403, 404, 409, 422)
PASSING = (408, 425, 429, 500, 501, 503, 520)


@pytest.mark.parametrize(("status", "retry"), [*((s, False) for s in FINAL), *((s, True) for s in PASSING)])
def test_other_answers_say_whether_to_try_again(server: Server, status: int, retry: bool) -> None:
    server.reply = plain(status, b"because", Location="/elsewhere")
    error = error_of(server.url)
    assert (error.status, error.retry, error.body) == (status, retry, "because")
    assert len(server.seen) == 1, "no hidden retry, no redirect followed"


def test_retry_after_in_seconds_or_as_a_date(server: Server) -> None:
    server.reply = plain(429, Retry_After="120")
    assert error_of(server.url).retry_after == 120
    server.reply = plain(503, Retry_After=format_datetime(now() + timedelta(seconds=60), usegmt=True))
    assert 50 < (error_of(server.url).retry_after or 0) <= 60
    server.reply = plain(503, Retry_After=format_datetime(now() - timedelta(seconds=60), usegmt=True))
    assert error_of(server.url).retry_after == 0
    for nonsense in ("soon", "-5", "²"):
        server.reply = plain(503, Retry_After=nonsense)
        assert error_of(server.url).retry_after is None


def test_nobody_there_may_be_there_later(server: Server) -> None:
    port = int(server.url.rsplit(":", 1)[1].strip("/"))
    error = error_of(f"http://127.0.0.2:{port}/")
    assert (error.retry, error.status) == (True, None)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "http://", "http://[::1", "ftp://lms.test/x", f"http://{'a' * 70}.test/", "http://a b/"]
)
def test_an_address_that_is_none_is_not_tried_again(url: str) -> None:
    assert not error_of(url).retry


def test_silence_ends_after_the_given_seconds(server: Server) -> None:
    done = threading.Event()

    def be_silent(_handler: BaseHTTPRequestHandler) -> None:
        done.wait(20)

    server.reply = be_silent
    error = error_of(server.url, seconds=0.2)
    done.set()
    assert (error.retry, error.status) == (True, None)


def test_an_answer_that_trickles_ends_after_the_given_seconds(server: Server) -> None:
    done = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not done.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()
        handler.close_connection = True

    server.reply = trickle
    error = error_of(server.url, seconds=0.5)
    done.set()
    assert error.retry


def test_headers_that_trickle_end_after_the_given_seconds(server: Server) -> None:
    done = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.05):
            handler.wfile.write(b"X-More: x\r\n")
            handler.wfile.flush()
        handler.close_connection = True

    server.reply = trickle
    error = error_of(server.url, seconds=0.5)
    done.set()
    assert (error.retry, error.status) == (True, None)


def test_an_answer_that_breaks_off_may_be_whole_later(server: Server) -> None:
    def break_off(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    server.reply = break_off
    assert error_of(server.url).retry


def test_an_endless_answer_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1000)
    server.reply = plain(200, gzip.compress(b"0" * 100_000), Content_Encoding="gzip")
    error = error_of(server.url)
    assert (error.retry, error.status) == (False, 200)


def test_what_claims_to_be_compressed_and_is_not_is_an_error(server: Server) -> None:
    server.reply = plain(200, b"plain words", Content_Encoding="gzip")
    assert error_of(server.url).status is None


def test_cookies_are_not_kept(server: Server) -> None:
    server.reply = plain(200, Set_Cookie="session=1; Path=/")
    for _request in range(2):
        send("GET", server.url)
    assert "Cookie" not in server.seen[1][2]


def test_a_proxy_of_the_environment_is_not_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send("GET", server.url).body == b"hello"


def test_a_password_file_does_not_replace_our_token(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    send("GET", server.url, headers={"Authorization": "Bearer ours"})
    assert server.seen[0][2]["Authorization"] == "Bearer ours"
