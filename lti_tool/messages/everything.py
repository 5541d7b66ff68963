"""All that there is to tell people: of their modules, of their meetings, and of records that others made about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from lti_tool.completion.queries import verdicts_in
from lti_tool.completion.verdicts import Status
from lti_tool.messages.meeting_news import MeetingItem, MeetingKind
from lti_tool.messages.meeting_queries import meeting_news_for
from lti_tool.messages.news import Item
from lti_tool.messages.queries import news_for
from lti_tool.messages.record_news import RecordItem, RecordKind
from lti_tool.messages.record_queries import record_news_for
from lti_tool.programme.queries import content_of

News: TypeAlias = Item | MeetingItem | RecordItem
# What somebody is only asked for who has to take the training.
_FOR_THOSE_WHO_HAVE_TO = frozenset({MeetingKind.CHOOSE, MeetingKind.MISSED, RecordKind.AGREEMENT})


def everything_for(session: Session, people: Collection[int], moment: datetime) -> dict[int, list[News]]:
    """By person, the most urgent first; whoever has nothing to do is not in it."""
    modules, meetings = news_for(session, people, moment), meeting_news_for(session, people, moment)
    records = record_news_for(session, people, moment)
    found = {
        person_id: _in_order(modules.get(person_id, []), meetings.get(person_id, []), records.get(person_id, []))
        for person_id in people
    }
    exempt = _exempt(session, found, moment)
    asked = {
        person_id: [item for item in items if (person_id, _asked_in(item)) not in exempt]
        for person_id, items in found.items()
    }
    return {person_id: items for person_id, items in asked.items() if items}


def title_of(session: Session, item: News, language: str) -> str:
    """What the module, the meeting, the programme or the course is called; empty for a course without a title."""
    if isinstance(item, Item):
        return content_of(session, item.situation.content_id).title_in(language)
    return item.title_in(language)


def module_of(item: News) -> str | None:
    """The key of the module whose link leads to it; any link without a module leads to the others."""
    return item.situation.module_key if isinstance(item, Item) else None


def written_in(item: News) -> str | None:
    """The language that the person writes in there."""
    return item.situation.language if isinstance(item, Item) else None


def default_language_of(session: Session, item: News) -> str:
    if isinstance(item, Item):
        return content_of(session, item.situation.content_id).default_language
    return item.default_language


def _in_order(modules: list[Item], meetings: list[MeetingItem], records: list[RecordItem]) -> list[News]:
    """Dates come when they come, and choosing one can wait until what is begun is done."""
    choices = [item for item in meetings if item.kind is MeetingKind.CHOOSE]
    return [*(item for item in meetings if item not in choices), *modules, *records, *choices]


def _exempt(session: Session, found: dict[int, list[News]], moment: datetime) -> set[tuple[int, int | None]]:
    """Those of the people who need not take the training, with the cohort."""
    asked: dict[int, set[int]] = defaultdict(set)
    for person_id, items in found.items():
        for cohort_id in map(_asked_in, items):
            if cohort_id is not None:
                asked[cohort_id].add(person_id)
    return {
        (person_id, cohort_id)
        for cohort_id, people in asked.items()
        for person_id, verdict in verdicts_in(session, cohort_id, moment, people).items()
        if verdict.status is Status.EXEMPT
    }


def _asked_in(item: News) -> int | None:
    """The cohort of something that only those are asked for who have to take the training."""
    return item.cohort_id if not isinstance(item, Item) and item.kind in _FOR_THOSE_WHO_HAVE_TO else None
