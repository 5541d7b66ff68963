"""Handing a message to real servers: encrypted, with a login, and what is said when that fails."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest

from lti_tool.mail_settings import MailServer, Security
from lti_tool.messages.letter import address
from lti_tool.messages.post import Line, MailError, Problem
from tests.messages.post_office import accept_only, certificate, open_mailbox

SENDER = Address("Training", "training", "tool.test")
Contexts = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    return certificate(Path(tmp_path_factory.mktemp("certificate")))


def server_at(port: int, security: Security = Security.NONE) -> MailServer:
    return MailServer("127.0.0.1", port, security, SENDER)


def letter(to: str = "lina@student.example.edu") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("Blåbær\n", cte="quoted-printable")
    return address(message, SENDER, to)


def problem(line: Line, to: str = "lina@student.example.edu") -> MailError:
    with pytest.raises(MailError) as caught:
        line.send(letter(to))
    line.close()
    assert "example.edu" not in str(caught.value)
    return caught.value


def test_several_messages_go_through_one_conversation() -> None:
    with open_mailbox() as box:
        line = Line(server_at(box.port))
        for name in ("lina", "frode"):
            line.send(letter(f"{name}@student.example.edu"))
        line.close()
    assert box.addresses == ["lina@student.example.edu", "frode@student.example.edu"]
    message = box.arrived[0][1]
    assert (str(message["From"]), message["Auto-Submitted"]) == ("Training <training@tool.test>", "auto-generated")
    assert message.get_content() == "Blåbær\r\n"


def test_starttls_comes_before_the_login_and_the_message(tls: Contexts) -> None:
    ours, theirs = tls
    options = {"tls_context": ours, "require_starttls": True, "auth_required": True}
    with open_mailbox(**options, authenticator=accept_only("training", "p@ss:word")) as box:
        line = Line(replace(server_at(box.port, Security.STARTTLS), user="training", password="p@ss:word"), theirs)
        line.send(letter())
        line.close()
    assert box.encrypted == [True]


def test_tls_may_come_first(tls: Contexts) -> None:
    ours, theirs = tls
    with open_mailbox(tls=ours) as box:
        line = Line(server_at(box.port, Security.TLS), theirs)
        line.send(letter())
        line.close()
    assert len(box.arrived) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for_is_not_believed(tls: Contexts, security: Security) -> None:
    options = {"tls": tls[0]} if security is Security.TLS else {"tls_context": tls[0]}
    with open_mailbox(**options) as box:
        assert problem(Line(server_at(box.port, security))).problem is Problem.NO_ENCRYPTION
    assert box.arrived == []


def test_nothing_goes_unencrypted_to_a_server_without_starttls() -> None:
    with open_mailbox() as box:
        assert problem(Line(server_at(box.port, Security.STARTTLS))).problem is Problem.NO_ENCRYPTION
    assert box.arrived == []


def test_a_wrong_password_is_told_from_a_server_that_wants_none(tls: Contexts) -> None:
    ours, theirs = tls
    with open_mailbox(tls_context=ours, authenticator=accept_only("training", "right"), auth_required=True) as box:
        error = problem(
            Line(replace(server_at(box.port, Security.STARTTLS), user="training", password="wrong"), theirs)
        )
    assert (error.problem, error.code, error.of_server) == (Problem.LOGIN, 535, True)
    with open_mailbox() as box:
        assert problem(Line(replace(server_at(box.port), user="training", password="wrong"))).problem is Problem.LOGIN


@pytest.mark.parametrize(
    ("stage", "answer", "expected", "lasting"),
    [
        ("MAIL", "550 5.7.1 not you", Problem.SENDER, True),
        ("RCPT", "550 5.1.1 no such user", Problem.RECIPIENT, True),
        ("RCPT", "550 no such user", Problem.RECIPIENT, True),
        ("RCPT", "450 4.2.0 greylisted", Problem.RECIPIENT, False),
        ("RCPT", "554 5.7.1 relay access denied", Problem.MESSAGE, True),
        ("RCPT", "421 4.3.2 closing", Problem.BUSY, False),
        ("DATA", "554 5.6.0 unwanted", Problem.MESSAGE, True),
        ("DATA", "451 4.3.0 later", Problem.MESSAGE, False),
    ],
)
def test_a_refusal_says_what_it_is_about(stage: str, answer: str, expected: Problem, lasting: bool) -> None:
    with open_mailbox() as box:
        box.answers[stage] = answer
        error = problem(Line(server_at(box.port)))
    assert (error.problem, error.lasting, error.code) == (expected, lasting, int(answer[:3]))


def test_an_address_that_the_server_has_no_letters_for_is_refused() -> None:
    with open_mailbox() as box:
        error = problem(Line(server_at(box.port)), "bjørk@student.example.edu")
    assert (error.problem, error.lasting) == (Problem.RECIPIENT, True)


def test_after_one_refusal_the_next_message_still_goes() -> None:
    with open_mailbox() as box:
        box.answers["gone@student.example.edu"] = "550 5.1.1 no such user"
        line = Line(server_at(box.port))
        with pytest.raises(MailError):
            line.send(letter("gone@student.example.edu"))
        line.send(letter())
        line.close()
    assert box.addresses == ["lina@student.example.edu"]


def test_a_server_that_is_not_there_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert problem(Line(server_at(port))).problem is Problem.NO_ANSWER


def test_a_host_that_nobody_knows_is_told_from_one_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert problem(Line(replace(server_at(25), host="mail.invalid"))).problem is Problem.UNKNOWN_HOST
