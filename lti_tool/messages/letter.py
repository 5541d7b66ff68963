"""A digest as an e-mail: plain text and the same as simple HTML, in the person's language and time zone.

It says where to go and links nowhere but to where it can be ended: the tool opens from the course alone, and a message
that asks students to follow a link and sign in is what they are told not to trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from textwrap import fill
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from flask_babel import force_locale, get_locale
from flask_babel import format_datetime as in_words
from markupsafe import Markup

from lti_tool.database import now
from lti_tool.messages.everything import News
from lti_tool.messages.news import signs_of
from lti_tool.messages.queries import Door
from lti_tool.messages.words import sentence
from lti_tool.settings import Settings
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

_WIDTH = 72
_MOMENT = {"en": "EEEE d MMMM, HH:mm", "nb": "EEEE d. MMMM, HH:mm"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to do, with the title of its module or meeting and where that is; all of a message in one language."""

    item: News
    title: str
    door: Door | None
    language: str


@dataclass(frozen=True, slots=True)
class Line:
    text: Markup
    place: str


def compose(told: Sequence[Told], to: str, zone: ZoneInfo, key: str) -> EmailMessage:
    """`key` is the digest's; the same things told to the same person on the same day make the same Message-ID, so that
    a mail server can know a repetition."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mail is None:
        raise ValueError("no mail server is set")
    language = told[0].language
    with force_locale(language):
        lines = [
            Line(sentence(one.item, one.title, lambda when: _when(when, zone)), where(one.door, one.title))
            for one in told
        ]
        stop = f"{settings.base_url}{_path('messages.stop', key)}"
        message = EmailMessage()
        message["Subject"] = ngettext(
            "Learning assistant training: something for you to do",
            "Learning assistant training: %(num)s things for you to do",
            len(lines),
        )
        message.set_content(_plain(lines, stop), cte="quoted-printable")
        page = render_template("messages/digest.html", lines=lines, stop=stop, why=_why(), language=language)
        message.add_alternative(page, subtype="html", cte="quoted-printable")
    message["Message-ID"] = _message_id(told, key, now().astimezone(zone), settings.mail.sender.domain)
    message["List-Unsubscribe"] = f"<{stop}>"
    # https://www.rfc-editor.org/rfc/rfc8058#section-3.1
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return address(message, settings.mail.sender, to)


def address(message: EmailMessage, sender: Address, to: str) -> EmailMessage:
    """Add what every message of ours says of itself."""
    username, _at, domain = to.rpartition("@")
    message["From"], message["To"] = sender, Address("", username, domain)
    message["Date"] = format_datetime(now())
    # No vacation notice need answer it. https://www.rfc-editor.org/rfc/rfc3834#section-5
    message["Auto-Submitted"] = "auto-generated"
    return message


def where(door: Door | None, title: str) -> str:
    """Where the person opens the module, in words: which link, in which course, on which platform."""
    if door is None or not door.course:
        return _("You find it where you open the training in your course.")
    return _(
        "You find it as “%(link)s” in the course “%(course)s” in %(platform)s.",
        link=door.link or title,
        course=door.course,
        platform=door.platform,
    )


def _plain(lines: Sequence[Line], stop: str) -> str:
    points = [
        f"{fill('- ' + line.text.unescape(), _WIDTH, subsequent_indent='  ')}\n"
        f"{fill(line.place, _WIDTH, initial_indent='  ', subsequent_indent='  ')}"
        for line in lines
    ]
    parts = [_("Hello,"), _("In the training of learning assistants you can now do this:"), *points]
    # The address stands on a line of its own: broken in two it would lead nowhere.
    end = [fill(_why(), _WIDTH), "\n".join([_("Get no more of these e-mails:"), stop])]
    return "\n\n".join([*parts, *end]) + "\n"


def _why() -> str:
    return _(
        "You get this at most once a day, in the morning, when there is something new. The same stands on your page in "
        "the training."
    )


def _when(moment: datetime, zone: ZoneInfo) -> str:
    locale = get_locale()
    pattern = _MOMENT.get(locale.language if locale else "", _MOMENT["en"])
    return str(in_words(moment.astimezone(zone), pattern, rebase=False))


def _path(endpoint: str, key: str) -> str:
    return str(current_app.url_map.bind("").build(endpoint, {"key": key}))


def _message_id(told: Sequence[Told], key: str, day: datetime, domain: str) -> str:
    content = " ".join([key, day.date().isoformat(), *sorted(signs_of([one.item for one in told]))])
    return f"<{hashlib.sha256(content.encode()).hexdigest()[:40]}@{domain}>"
