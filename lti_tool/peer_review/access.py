"""Load an evaluation together with the right to it. There is no other way to get at one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import content_of

Query: TypeAlias = Select[Evaluation, Participation, str]
# To read a row, and to change it.
Queries: TypeAlias = tuple[Query, Query]


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
    names = {"public_id": public_id, "person_id": person_id}
    return _found(session, (_TASK, _TAKEN), names, for_change=for_change)


def evaluation_received(
    session: Session, person_id: int, module_key: str, number: int, *, for_change: bool = False
) -> OwnEvaluation:
    """Evaluation 1 or 2 of the person's own essay, once it is submitted; raises `NotFound` otherwise."""
    names = {"number": number, "person_id": person_id, "module_key": module_key}
    return _found(session, (_RECEIVED,), names, for_change=for_change)


def _found(session: Session, queries: Iterable[Queries], names: dict[str, Any], *, for_change: bool) -> OwnEvaluation:
    for reading, changing in queries:
        row = session.execute(changing if for_change else reading, names).one_or_none()
        if row is not None:
            return _own(session, *row)
    raise NotFound("no such evaluation of this person")


def _own(session: Session, evaluation: Evaluation, participation: Participation, module_key: str) -> OwnEvaluation:
    content = content_of(session, evaluation.content_id or participation.content_id)
    return OwnEvaluation(evaluation, participation, module_key, content)


def _seen_from(end: Any) -> Query:
    return (
        select(Evaluation, Participation, OnlineModule.key)
        .join(Author, Author.id == end)
        .join(Participation, Participation.id == Author.participation_id)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
    )


def _with_lock(query: Query) -> Queries:
    return query, query.with_for_update(of=Evaluation).execution_options(populate_existing=True)


# Made once: SQLAlchemy takes longer to make one of these than the database to answer it.
_named = Evaluation.public_id == bindparam("public_id")
_TASK = _with_lock(_seen_from(Evaluation.evaluator_id).where(_named, Participation.person_id == bindparam("person_id")))
_TAKEN = _with_lock(_seen_from(Evaluation.author_id).where(_named, Evaluation.staff_id == bindparam("person_id")))
_RECEIVED = _with_lock(
    _seen_from(Evaluation.author_id)
    .where(
        Evaluation.received_slot == bindparam("number"),
        Evaluation.status == EvaluationStatus.SUBMITTED,
        Participation.person_id == bindparam("person_id"),
        OnlineModule.key == bindparam("module_key"),
    )
    .order_by(Participation.id.desc())
    .limit(1)
)
