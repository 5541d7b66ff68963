"""What can be placed: every online module that can be started today, and the pages across them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.columns import Subject, column_for
from lti_tool.lti.deep_linking.items import Link
from lti_tool.modules.actions import FULL_SCORE
from lti_tool.programme.content import ModuleContent, ModuleText, ProgrammeContent
from lti_tool.programme.models import Cohort, Programme
from lti_tool.programme.queries import CurrentModule, ProgrammeTerm, current_modules, current_programmes
from lti_tool.texts import gettext as _

Period = tuple[datetime, datetime]
_DAY_ENDS = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` tells it from the others in the form; `content` and `words` are those of a module, None for a page.
    `programme_id` is None for a page that is of none."""

    name: str
    link: Link
    programme_id: int | None = None
    content: ModuleContent | None = None
    words: ModuleText | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The modules of one programme. `apart` are those of one that the course has nothing to do with, as far as is
    known; `wholes` is the whole programme, if it can be placed."""

    programme: str
    apart: bool
    modules: tuple[Choice, ...]
    wholes: tuple[Choice, ...]


def choices(session: Session, language: str, timezone: str) -> list[Choice]:
    """Modules first, in teaching order, then whole programmes and pages; links carry the texts of `language`."""
    periods = _periods(session, ZoneInfo(timezone))
    modules = [_module(module, language, periods.get(module.cohort_id)) for module in current_modules(session)]
    planned = [one for one in current_programmes(session) if one.content.requirements]
    wholes = [_whole(one, language, periods.get(one.cohort_id)) for one in planned]
    return [*modules, *wholes, *_pages()]


def shelves(session: Session, offered: Sequence[Choice], known: Collection[int], language: str) -> list[Shelf]:
    """What is offered of each programme; those that are `known` to be the course's come first, if any are."""
    found = [
        Shelf(one.content.title_in(language), bool(known) and one.id not in known, *_of(one.id, offered))
        for one in current_programmes(session)
    ]
    filled = [shelf for shelf in found if shelf.modules or shelf.wholes]
    # Where nothing is the course's own, nothing is set apart.
    if all(shelf.apart for shelf in filled):
        return [replace(shelf, apart=False) for shelf in filled]
    return sorted(filled, key=lambda shelf: shelf.apart)


def _of(programme_id: int, offered: Sequence[Choice]) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    own = [choice for choice in offered if choice.programme_id == programme_id]
    return tuple(one for one in own if one.content), tuple(one for one in own if not one.content)


def _module(module: CurrentModule, language: str, period: Period | None) -> Choice:
    words = module.content.text_in(language)
    subject = Subject(module.key)
    column = column_for(subject, words.title, FULL_SCORE)
    link = Link(words.title, words.summary, subject.custom, column, period)
    return Choice(f"module-{module.key}", link, module.programme_id, module.content, words)


def _whole(term: ProgrammeTerm, language: str, period: Period | None) -> Choice:
    programme = term.content
    subject = Subject(programme.key, whole=True)
    title = _("%(programme)s: completed", programme=programme.title_in(language))
    text = _("My training, with one column for the whole programme: full points once everything it asks for is done.")
    link = Link(title, text, subject.custom, column_for(subject, title, FULL_SCORE), period)
    return Choice(f"programme-{programme.key}", link, term.id)


def _pages() -> list[Choice]:
    own = _("Every online module, with what is done and what comes next. One link for the whole programme.")
    results = _("How far the learning assistants of the course have come. They themselves see their training there.")
    evaluations = _("The evaluations that await a coordinator's approval. Everybody else sees their start page there.")
    return [
        Choice("training", Link(_("My training"), own, {})),
        Choice("results", Link(_("Results of the training"), results, {"page": "results"})),
        Choice("evaluations", Link(_("Review of evaluations"), evaluations, {"page": "evaluations"})),
    ]


def _periods(session: Session, zone: ZoneInfo) -> dict[int, Period]:
    """When the terms of the open cohorts begin and end, by cohort. A term that is over would close its links."""
    rows = session.execute(select(Cohort.id, Cohort.term, Programme.body).join(Programme).where(Cohort.is_open))
    found = {row.id: _period(ProgrammeContent.model_validate(row.body), row.term, zone) for row in rows}
    return {cohort_id: period for cohort_id, period in found.items() if period and period[1] > now()}


def _period(programme: ProgrammeContent, term: str, zone: ZoneInfo) -> Period | None:
    days = programme.days_of(term)
    if days is None:
        return None
    return datetime.combine(days[0], time.min, zone), datetime.combine(days[1], _DAY_ENDS, zone)
