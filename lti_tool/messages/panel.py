"""What a page of a learning assistant shows of all this."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.messages.queries import Mailing, mailing_of, news_of
from lti_tool.messages.words import Entry, entry
from lti_tool.programme.queries import content_of


@dataclass(frozen=True, slots=True)
class Panel:
    """`mailing` is None where no mail is sent, or no address is known."""

    news: list[Entry]
    mailing: Mailing | None


def panel(session: Session, person_id: int, language: str, *, shown: str | None = None) -> Panel:
    """Of all modules; what leads to the address that the page has `shown` already is left out."""
    entries = [
        entry(item, content_of(session, item.situation.content_id).title_in(language))
        for item in news_of(session, person_id, now())
    ]
    sends_mail = current_app.config["SETTINGS"].mail is not None
    mailing = mailing_of(session, person_id) if sends_mail else None
    return Panel([one for one in entries if one.url != shown], mailing)
