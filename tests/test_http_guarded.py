"""The way out, guarded: which sockets are opened, to which addresses, and under which name."""

from __future__ import annotations

import datetime
import io
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lti_tool import connections
from lti_tool.connections import _InTime, errand
from lti_tool.guard import Guard, Resolve
from lti_tool.http import OutgoingError, send
from tests.answering import Server, plain, running
from tests.guarded import under
from tests.lti.platform import key_pair

PUBLIC = "93.184.216.34"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as started:
        yield started


def answers(*addresses: str) -> Resolve:
    return lambda _host, _port: addresses


def error_of(guard: Guard, url: str) -> OutgoingError:
    with under(guard), pytest.raises(OutgoingError) as raised:
        send("GET", url)
    return raised.value


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that would have been connected to; nobody answers."""
    asked: list[str] = []

    def refuse(address: tuple[str, int], *_rest: Any) -> socket.socket:
        asked.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(connections, "create_connection", refuse)
    return asked


def test_an_address_that_is_not_public_is_never_connected_to(connected: list[str]) -> None:
    for addresses in (["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["fe80::1%lo"], ["::ffff:127.0.0.1"]):
        error = error_of(Guard(resolve=answers(*addresses)), "https://lms.test/")
        assert (str(error), error.retry) == ("not asked: lms.test is not on the public Internet", False)
    assert connected == []


def test_plain_http_is_never_connected_to(connected: list[str]) -> None:
    error = error_of(Guard(resolve=answers(PUBLIC)), "http://lms.test/")
    assert (str(error), error.retry) == ("not asked: the address must begin with https://", False)
    assert connected == []


def test_the_connection_goes_to_the_address_that_was_judged(connected: list[str]) -> None:
    turns = iter([[PUBLIC], ["127.0.0.1"]])
    error = error_of(Guard(resolve=lambda _host, _port: next(turns)), "https://rebinding.test/")
    assert error.retry
    assert connected == [PUBLIC]
    assert list(turns) == [["127.0.0.1"]], "the name is looked up once"


def test_a_few_addresses_are_tried_in_turn(connected: list[str]) -> None:
    error = error_of(Guard(resolve=answers(*(f"93.184.216.{number}" for number in range(1, 9)))), "https://lms.test/")
    assert error.retry
    assert connected == ["93.184.216.1", "93.184.216.2", "93.184.216.3"]


def test_the_next_address_answers_where_the_first_does_not(server: Server) -> None:
    with under(Guard(development=True, resolve=answers("127.0.0.2", "127.0.0.1"))):
        assert send("GET", f"http://lms.test:{server.port}/").body == b"hello"
    assert server.seen[0][2]["Host"] == f"lms.test:{server.port}"


def test_a_name_nobody_knows_may_be_known_later() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    assert error_of(Guard(resolve=unknown), "https://lms.test/").retry


def test_without_an_application_the_strict_guard_holds(server: Server) -> None:
    with pytest.raises(OutgoingError, match="not asked"):
        send("GET", server.url)
    with pytest.raises(OutgoingError, match="not asked"):
        send("GET", f"https://127.0.0.1:{server.port}/")
    assert server.seen == []


def test_a_redirect_inwards_is_not_followed(server: Server) -> None:
    server.reply = plain(302, Location="http://127.0.0.1/admin")
    guard = Guard(internal_hosts=frozenset({"lms.test"}), resolve=answers("127.0.0.1"))
    assert error_of(guard, f"http://lms.test:{server.port}/").status == 302
    assert len(server.seen) == 1


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, list[str | None]]]:
    """A TLS server with a certificate for lms.test, which is trusted, and the names it was asked for."""
    key, name = key_pair("first"), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lms.test")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("lms.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    context, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), list[str | None]()
    context.load_cert_chain(file)
    context.sni_callback = lambda _socket, asked, _context: names.append(asked)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(Encoding.PEM))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    with running(context) as server:
        yield server, names


def test_certificates_are_checked_for_the_name_and_not_for_the_address(
    certified: tuple[Server, list[str | None]],
) -> None:
    server, names = certified
    guard = Guard(internal_hosts=frozenset({"lms.test", "other.test"}), resolve=answers("127.0.0.1"))
    with under(guard):
        assert send("GET", f"https://lms.test:{server.port}/").body == b"hello"
    assert error_of(guard, f"https://other.test:{server.port}/").status is None
    assert names == ["lms.test", "other.test"]
    assert len(server.seen) == 1


def test_one_application_does_not_lend_its_open_connections_to_a_stricter_one(
    certified: tuple[Server, list[str | None]],
) -> None:
    server, _names = certified
    url = f"https://lms.test:{server.port}/"
    with under(Guard(internal_hosts=frozenset({"lms.test"}), resolve=answers("127.0.0.1"))):
        send("GET", url)
    assert not error_of(Guard(resolve=answers("127.0.0.1")), url).retry
    assert len(server.seen) == 1


def test_a_socket_is_waited_for_until_the_deadline_and_no_longer() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(3000)
    with ours, theirs, errand(Guard(), time.monotonic() + 1000), io.BufferedReader(_InTime(ours)) as stream:
        theirs.sendall(b"x")
        assert stream.read(1) == b"x"
        assert (ours.gettimeout() or 0) < 1001
