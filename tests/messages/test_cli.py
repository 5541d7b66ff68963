"""`lti-tool mail test`: one message, and what is wrong in plain words."""

from __future__ import annotations

from email.headerregistry import Address

import pytest
from click.testing import Result
from flask import Flask

from lti_tool.mail_settings import MailServer, Security
from lti_tool.messages.cli import _WORDS, mail
from lti_tool.messages.post import Problem
from tests.messages.post_office import Mailbox


def run(app: Flask, recipient: str = "me@example.edu") -> Result:
    return app.test_cli_runner().invoke(mail, ["test", recipient])


def test_the_message_arrives(app: Flask, mailbox: Mailbox) -> None:
    result = run(app)
    assert (result.exit_code, mailbox.addresses) == (0, ["me@example.edu"])
    assert "127.0.0.1 has taken the message." in result.output
    assert mailbox.letter()["Subject"] == "Learning assistant training: a test"


@pytest.mark.parametrize(
    ("stage", "answer", "words"),
    [
        ("MAIL", "550 5.7.1 no", "does not let us send as Training <training@tool.test>. Check LTI_TOOL_MAIL_FROM"),
        ("RCPT", "550 5.1.1 no", "does not take messages to that address. (It answered 550.)"),
        ("RCPT", "554 5.7.1 no", "may want a login"),
        ("DATA", "421 later", "is busy or closing"),
    ],
)
def test_a_refusal_is_explained(app: Flask, mailbox: Mailbox, stage: str, answer: str, words: str) -> None:
    mailbox.answers[stage] = answer
    result = run(app)
    assert result.exit_code == 1
    assert words in result.output


def test_a_server_without_encryption_is_explained(
    app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = MailServer("127.0.0.1", mailbox.port, Security.STARTTLS, Address("", "t", "tool.test"))
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].with_changes(mail=server))
    result = run(app)
    assert "it offers no STARTTLS" in result.output
    assert "smtp+plain://" in result.output


def test_what_is_missing_is_named(app: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "That is no e-mail address." in run(app, "me").output
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].with_changes(mail=None))
    assert "Set LTI_TOOL_SMTP_URL and LTI_TOOL_MAIL_FROM." in run(app).output
    assert mailbox.arrived == []


def test_every_problem_has_its_words() -> None:
    assert set(_WORDS) == set(Problem)
