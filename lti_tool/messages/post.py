"""The way to the mail server, and what it says of a message. No database here."""

from __future__ import annotations

import enum
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage

from lti_tool.mail_settings import MailServer, Security

SECONDS = 20.0
# "Security or policy status": the server does not take this from us, whatever the address.
# https://www.rfc-editor.org/rfc/rfc3463#section-3.8
_POLICY = re.compile(r"5\.7\.\d+")
_CLOSING = 421
_NO_SUCH_NAME = 553


class Problem(enum.StrEnum):
    """What a message failed at. Everything before `RECIPIENT` concerns all messages."""

    UNKNOWN_HOST = "unknown-host"
    NO_ANSWER = "no-answer"
    NO_ENCRYPTION = "no-encryption"
    LOGIN = "login"
    SENDER = "sender"
    BUSY = "busy"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class MailError(Exception):
    """A message that was not taken; `code` is what the server answered, if it did. Names no address."""

    def __init__(self, problem: Problem, code: int | None = None) -> None:
        super().__init__(f"{problem} {code or ''}".strip())
        self.problem = problem
        self.code = code

    @property
    def lasting(self) -> bool:
        """The server says that trying again is no use."""
        return self.code is not None and self.code >= 500

    @property
    def of_server(self) -> bool:
        return self.problem not in (Problem.RECIPIENT, Problem.MESSAGE)


@dataclass
class Line:
    """One conversation with the mail server, begun with the first message."""

    server: MailServer
    # Which certificates to trust; None trusts those that this machine does.
    context: ssl.SSLContext | None = None
    _smtp: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand one message to the server; raises `MailError`."""
        self._smtp = self._smtp or self._open()
        with _told_apart(Problem.NO_ANSWER):
            self._smtp.send_message(message)

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp.close()
            self._smtp = None

    def _open(self) -> smtplib.SMTP:
        smtp = self._connect()
        try:
            self._prepare(smtp)
        except MailError:
            smtp.close()
            raise
        return smtp

    def _connect(self) -> smtplib.SMTP:
        with _told_apart(Problem.NO_ANSWER):
            if self.server.security is Security.TLS:
                return smtplib.SMTP_SSL(self.server.host, self.server.port, timeout=SECONDS, context=self._trust())
            return smtplib.SMTP(self.server.host, self.server.port, timeout=SECONDS)

    def _trust(self) -> ssl.SSLContext:
        # Without one, smtplib trusts every certificate.
        return self.context or ssl.create_default_context()

    def _prepare(self, smtp: smtplib.SMTP) -> None:
        if self.server.security is Security.STARTTLS:
            with _told_apart(Problem.NO_ENCRYPTION):
                smtp.starttls(context=self._trust())
        if self.server.user and self.server.password:
            with _told_apart(Problem.LOGIN):
                smtp.login(self.server.user, self.server.password)


@contextmanager
def _told_apart(otherwise: Problem) -> Iterator[None]:
    """Turn what smtplib raises, whose words quote addresses, into a `MailError`."""
    try:
        yield
    except OSError as error:
        raise _explained(error, otherwise) from None


def _explained(error: OSError, otherwise: Problem) -> MailError:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, words),) = error.recipients.values()
        return _of_recipient(code, words)
    if isinstance(error, smtplib.SMTPResponseException):
        return MailError(_problem_of(error, otherwise), error.smtp_code)
    if isinstance(error, smtplib.SMTPNotSupportedError) and otherwise is Problem.NO_ANSWER:
        # Only letters in an address ask more of a server than we have seen to; this is what others answer then.
        return MailError(Problem.RECIPIENT, _NO_SUCH_NAME)
    return MailError(next((problem for kind, problem in _WITHOUT_CODE if isinstance(error, kind)), otherwise))


_WITHOUT_CODE = (
    (smtplib.SMTPServerDisconnected, Problem.NO_ANSWER),
    (socket.gaierror, Problem.UNKNOWN_HOST),
    (ssl.SSLError, Problem.NO_ENCRYPTION),
    (TimeoutError, Problem.NO_ANSWER),
)


def _of_recipient(code: int, words: bytes) -> MailError:
    if code == _CLOSING:
        return MailError(Problem.BUSY, code)
    # Many servers refuse a client they do not know only when it names a recipient.
    by_policy = code >= 500 and _POLICY.search(words.decode(errors="replace"))
    return MailError(Problem.MESSAGE if by_policy else Problem.RECIPIENT, code)


def _problem_of(error: smtplib.SMTPResponseException, otherwise: Problem) -> Problem:
    if error.smtp_code == _CLOSING:
        return Problem.BUSY
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Problem.SENDER
    if isinstance(error, smtplib.SMTPDataError):
        return Problem.MESSAGE
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Problem.LOGIN
    return Problem.BUSY if otherwise is Problem.NO_ANSWER else otherwise
