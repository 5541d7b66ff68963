"""What a page of a learning assistant shows of all this."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.messages.everything import everything_for, title_of
from lti_tool.messages.queries import Mailing, mailing_of
from lti_tool.messages.words import Entry, entry


@dataclass(frozen=True, slots=True)
class Panel:
    """`mailing` is None where no mail is sent, or no address is known."""

    news: list[Entry]
    mailing: Mailing | None


def panel(session: Session, person_id: int, language: str, *, shown: str | None = None) -> Panel:
    """Of all modules and meetings; what leads to the address that the page has `shown` already is left out."""
    entries = [
        entry(item, title_of(session, item, language))
        for item in everything_for(session, [person_id], now()).get(person_id, [])
    ]
    sends_mail = current_app.config["SETTINGS"].mail is not None
    mailing = mailing_of(session, person_id) if sends_mail else None
    return Panel([one for one in entries if one.url != shown], mailing)
