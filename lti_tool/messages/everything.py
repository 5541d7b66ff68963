"""All that there is to tell people: of their modules and of their meetings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from lti_tool.messages.meeting_news import MeetingItem, MeetingKind
from lti_tool.messages.meeting_queries import meeting_news_for
from lti_tool.messages.news import Item
from lti_tool.messages.queries import news_for
from lti_tool.programme.queries import content_of

News: TypeAlias = Item | MeetingItem


def everything_for(session: Session, people: Collection[int], moment: datetime) -> dict[int, list[News]]:
    """By person, the most urgent first; whoever has nothing to do is not in it."""
    modules, meetings = news_for(session, people, moment), meeting_news_for(session, people, moment)
    return {
        person_id: _in_order(modules.get(person_id, []), meetings.get(person_id, []))
        for person_id in people
        if person_id in modules or person_id in meetings
    }


def title_of(session: Session, item: News, language: str) -> str:
    """What the module or the meeting is called."""
    if isinstance(item, MeetingItem):
        return item.title_in(language)
    return content_of(session, item.situation.content_id).title_in(language)


def module_of(item: News) -> str | None:
    """The key of the module whose link leads to it; any link without a module leads to meetings."""
    return None if isinstance(item, MeetingItem) else item.situation.module_key


def written_in(item: News) -> str | None:
    """The language that the person writes in there."""
    return None if isinstance(item, MeetingItem) else item.situation.language


def default_language_of(session: Session, item: News) -> str:
    if isinstance(item, MeetingItem):
        return item.default_language
    return content_of(session, item.situation.content_id).default_language


def _in_order(modules: list[Item], meetings: list[MeetingItem]) -> list[News]:
    """Dates come when they come, and choosing one can wait until what is begun is done."""
    choices = [item for item in meetings if item.kind is MeetingKind.CHOOSE]
    return [*(item for item in meetings if item not in choices), *modules, *choices]
