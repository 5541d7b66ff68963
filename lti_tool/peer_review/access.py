"""Load an evaluation together with the right to it. There is no other way to get at one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import content_of


@dataclass(frozen=True, slots=True)
class OwnEvaluation:
    """An evaluation and the side from which this person may see it; `content` holds the form it is written on."""

    evaluation: Evaluation
    participation: Participation
    module_key: str
    content: ModuleContent


def evaluation_to_give(session: Session, person_id: int, public_id: str, *, for_change: bool = False) -> OwnEvaluation:
    """One of the person's own tasks, or an essay they have taken as staff (`participation` is its author's then).

    Raises `NotFound` for anybody else's. `for_change` locks its row.
    """
    taken = session.scalar(select(Evaluation.staff_id).where(Evaluation.public_id == public_id)) is not None
    end = Evaluation.author_id if taken else Evaluation.evaluator_id
    whose = Evaluation.staff_id if taken else Participation.person_id
    query = (
        select(Evaluation, Participation, OnlineModule.key)
        .join(Author, Author.id == end)
        .join(Participation, Participation.id == Author.participation_id)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
        .where(Evaluation.public_id == public_id, whose == person_id)
    )
    return _own(session, query, for_change=for_change)


def evaluation_received(
    session: Session, person_id: int, module_key: str, number: int, *, for_change: bool = False
) -> OwnEvaluation:
    """Evaluation 1 or 2 of the person's own essay, once it is submitted; raises `NotFound` otherwise."""
    query = (
        select(Evaluation, Participation, OnlineModule.key)
        .join(Author, Author.id == Evaluation.author_id)
        .join(Participation, Participation.id == Author.participation_id)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
        .where(
            Evaluation.received_slot == number,
            Evaluation.status == EvaluationStatus.SUBMITTED,
            Participation.person_id == person_id,
            OnlineModule.key == module_key,
        )
        .order_by(Participation.id.desc())
        .limit(1)
    )
    return _own(session, query, for_change=for_change)


def _own(session: Session, query: Any, *, for_change: bool) -> OwnEvaluation:
    if for_change:
        query = query.with_for_update(of=Evaluation).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("no such evaluation of this person")
    evaluation, participation, module_key = row
    content = content_of(session, evaluation.content_id or participation.content_id)
    return OwnEvaluation(evaluation, participation, module_key, content)
