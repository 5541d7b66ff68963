"""`lti-tool mail test`."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import make_msgid

import click
from flask import current_app
from flask.cli import AppGroup

from lti_tool.mail_settings import MailServer, is_mail_address
from lti_tool.messages.letter import address
from lti_tool.messages.post import Line, MailError, Problem
from lti_tool.settings import Settings

mail = AppGroup("mail", help="The e-mails to learning assistants.")

_WORDS = {
    Problem.UNKNOWN_HOST: "There is no host called {host}. Check LTI_TOOL_SMTP_URL.",
    Problem.NO_ANSWER: (
        "{host} does not answer at port {port}. Check the host and the port, and that a firewall lets this machine "
        "through. smtp:// is for ports that begin without encryption, smtps:// for those that begin with it."
    ),
    Problem.NO_ENCRYPTION: (
        "No safe connection to {host} at port {port}: it offers no STARTTLS, or its certificate is not one that this "
        "machine trusts. smtps:// is for servers that encrypt from the beginning, smtp+plain:// for those that never "
        "do."
    ),
    Problem.LOGIN: "{host} does not accept this user and password. What is special in them must be %-encoded.",
    Problem.SENDER: "{host} does not let us send as {sender}. Check LTI_TOOL_MAIL_FROM, or log in as its owner.",
    Problem.BUSY: "{host} is busy or closing. Try again in a few minutes.",
    Problem.RECIPIENT: "{host} does not take messages to that address.",
    Problem.MESSAGE: "{host} does not take the message from us: it may want a login, or know this machine's address.",
}


@mail.command()
@click.argument("recipient", metavar="ADDRESS")
def test(recipient: str) -> None:
    """Send one message to ADDRESS, and say what is wrong if that fails."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mail is None:
        raise click.ClickException("No mail server is set. Set LTI_TOOL_SMTP_URL and LTI_TOOL_MAIL_FROM.")
    if not is_mail_address(recipient):
        raise click.BadParameter("That is no e-mail address.", param_hint="ADDRESS")
    line = Line(settings.mail)
    try:
        line.send(_message(settings.mail, recipient))
    except MailError as error:
        raise click.ClickException(_explanation(settings.mail, error)) from error
    finally:
        line.close()
    click.echo(f"{settings.mail.host} has taken the message. If it does not arrive, look among the unwanted ones.")


def _message(server: MailServer, recipient: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Learning assistant training: a test"
    message["Message-ID"] = make_msgid(domain=server.sender.domain)
    message.set_content("The training of learning assistants can send e-mail.\n", cte="quoted-printable")
    return address(message, server.sender, recipient)


def _explanation(server: MailServer, error: MailError) -> str:
    words = _WORDS[error.problem].format(host=server.host, port=server.port, sender=server.sender)
    return f"{words} (It answered {error.code}.)" if error.code else words
