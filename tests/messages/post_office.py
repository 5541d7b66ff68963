"""A real SMTP server on loopback, in a thread of its own, that takes what it is told to take."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lti_tool.database import now

OK = "250 fine"


@dataclass
class Mailbox:
    """What has arrived, as (address, message). `answers` are to the parts of the conversation ("MAIL", "RCPT", "DATA")
    or to one address."""

    port: int = 0
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    encrypted: list[bool] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        return [address for address, _message in self.arrived]

    def letter(self) -> EmailMessage:
        """The only one."""
        ((_address, message),) = self.arrived
        return message

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", OK)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get(address) or self.answers.get("RCPT", OK)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("DATA", OK)
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            (address,) = envelope.rcpt_tos
            self.arrived.append((address, message_from_bytes(envelope.content, policy=policy.default)))
            self.encrypted.append(session.ssl is not None)
        return answer


@contextmanager
def open_mailbox(**options: Any) -> Iterator[Mailbox]:
    """`options` are those of aiosmtpd's SMTP; `tls` encrypts from the first byte."""
    box, loop, tls = Mailbox(), asyncio.new_event_loop(), options.pop("tls", None)
    # Only in its own thread: in the test's there may be the loop that Playwright keeps.
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = loop.create_server(lambda: SMTP(box, hostname="mail.test", loop=loop, **options), "127.0.0.1", 0, ssl=tls)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result()
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(0)


def accept_only(user: str, password: str) -> Any:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        known = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return authenticate


@cache
def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What the server shows as 127.0.0.1, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    moment = now()
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    pem = signed.public_bytes(Encoding.PEM)
    (folder / "server.pem").write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
