"""What there is to choose from, and what a person has done in it."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.errors import NotFound
from lti_tool.modules.choices import Candidate, Choice, choice_of, choices_in
from lti_tool.modules.dates import Deadlines, every_deadline_of
from lti_tool.modules.models import Participation
from lti_tool.modules.programmes import modules_for
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.programme.content import ModuleContent, ModuleText, ProgrammeContent, Work, in_language
from lti_tool.programme.queries import content_of, current_module, current_programmes


class Why(enum.StrEnum):
    """Why a choice can no longer be changed."""

    COMPLETE = "complete"
    BEING_EVALUATED = "being evaluated"
    HAS_EVALUATED = "has evaluated"


@dataclass(frozen=True, slots=True)
class Done:
    """What has come of a module that somebody has begun; `settled` is None while they can give it up.

    `in_pool`: their essay is in the peer evaluation. `writing`: they have begun to evaluate another's.
    """

    settled: Why | None
    in_pool: bool
    writing: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """One module as those who choose see it; `fits` are the kinds of work that it fits, those that were asked for
    first, and `matches` is how many of these there are. `done` is None until they begin.
    """

    candidate: Candidate
    content: ModuleContent
    text: ModuleText
    fits: tuple[str, ...]
    matches: int
    deadlines: Deadlines
    done: Done | None

    @property
    def key(self) -> str:
        return self.candidate.key

    @property
    def settled(self) -> Why | None:
        return self.done.settled if self.done else None

    @property
    def may_be_given_up(self) -> bool:
        return self.candidate.chosen and self.settled is None


@dataclass(frozen=True, slots=True)
class Selection:
    """All that one choice is between, in the order in which it is shown."""

    programme: ProgrammeContent
    choice: Choice
    offers: tuple[Offer, ...]

    @property
    def taken(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.candidate.taken]

    @property
    def changeable(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.may_be_given_up]

    def offer(self, key: str) -> Offer:
        return next(offer for offer in self.offers if offer.key == key)


def selections(session: Session, person_id: int, language: str, wanted: Collection[str] = ()) -> list[Selection]:
    """Every choice that the person has; what fits the `wanted` kinds of work best comes first.

    Six statements, however many modules there are, and one more for each programme after the first.
    """
    modules = modules_for(session, person_id)
    contents = {module.key: module.content for module in modules}
    own = {module.programme_id for module in modules}
    found = [
        (programme.content, choice)
        for programme in current_programmes(session, person_id)
        if programme.id in own
        for choice in choices_in(session, person_id, programme)
        if choice.is_free
    ]
    begun = [one.participation_id for _content, choice in found for one in choice.candidates if one.participation_id]
    done = done_in(session, begun)
    dates = every_deadline_of(session, person_id, {choice.cohort_id for _content, choice in found})

    def offer(programme: ProgrammeContent, choice: Choice, candidate: Candidate) -> Offer:
        content = contents.get(candidate.key) or content_of(session, candidate.content_id or 0)
        fits = [work for work in programme.work if work.key in content.work]
        fits.sort(key=lambda work: work.key not in wanted)
        return Offer(
            candidate,
            content,
            content.text_in(language),
            tuple(work_title(programme, work, language) for work in fits),
            sum(work.key in wanted for work in fits),
            dates.get((choice.cohort_id, candidate.module_id), {}),
            done.get(candidate.participation_id or 0),
        )

    return [
        Selection(programme, choice, tuple(sorted(offers, key=lambda one: -one.matches)))
        for programme, choice in found
        for offers in [[offer(programme, choice, one) for one in choice.candidates]]
    ]


def work_title(programme: ProgrammeContent, work: Work, language: str) -> str:
    return in_language(work.titles, language, programme.default_language)


def selection_with(session: Session, person_id: int, key: str, language: str) -> Selection:
    """The choice that this module is one of; raises `NotFound` where it is none."""
    for selection in selections(session, person_id, language):
        if selection.choice.candidate(key) is not None:
            return selection
    raise NotFound("nothing to choose there")


def choice_with(session: Session, person_id: int, key: str) -> Choice:
    """As `selection_with`, without all that is only shown."""
    choice = choice_of(session, person_id, current_module(session, key, person_id))
    if choice is None:
        raise NotFound("nothing to choose there")
    return choice


def done_in(session: Session, participation_ids: Collection[int]) -> dict[int, Done]:
    """One statement; none where there is nothing to ask for."""
    if not participation_ids:
        return {}
    rows = session.execute(_DONE, {"participations": list(participation_ids)})
    return {row.id: Done(_why(row), row.in_pool, row.writing) for row in rows}


def _why(row: Row[Any]) -> Why | None:
    if row.completed_at is not None:
        return Why.COMPLETE
    if row.being_evaluated:
        return Why.BEING_EVALUATED
    return Why.HAS_EVALUATED if row.has_evaluated else None


def _done_query() -> Select[*tuple[Any, ...]]:
    part, author, evaluation = table_of(Participation).c, table_of(Author).c, table_of(Evaluation).c
    given, received = evaluation.evaluator_id == author.id, evaluation.author_id == author.id
    writing = and_(given, evaluation.status == EvaluationStatus.STARTED, evaluation.released_at.is_(None))
    return (
        select(
            part.id,
            part.completed_at,
            and_(author.id.is_not(None), author.withdrawn_at.is_(None)).label("in_pool"),
            exists().where(received, evaluation.started_at.is_not(None)).label("being_evaluated"),
            exists().where(given, evaluation.submitted_at.is_not(None)).label("has_evaluated"),
            exists().where(writing).label("writing"),
        )
        .select_from(table_of(Participation).outerjoin(table_of(Author), author.participation_id == part.id))
        .where(part.id.in_(bindparam("participations", expanding=True)))
    )


_DONE = _done_query()
