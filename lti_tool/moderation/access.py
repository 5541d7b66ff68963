"""Load an evaluation together with the right to review it. There is no other way to get at one here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, Pool
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import content_of
from lti_tool.reflection.models import Essay


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An evaluation of a cohort that the person coordinates; `content` holds the form it is written on."""

    evaluation: Evaluation
    module_key: str
    content: ModuleContent


def evaluation_in(
    session: Session, cohort_ids: Collection[int], public_id: str, *, for_change: bool = False
) -> Reviewed:
    """Raises `NotFound` for an evaluation of any other cohort. `for_change` locks its row."""
    query = (
        select(Evaluation, OnlineModule.key, Participation.content_id)
        .join(Pool, Pool.id == Evaluation.pool_id)
        .join(OnlineModule, OnlineModule.id == Pool.module_id)
        .join(Author, Author.id == func.coalesce(Evaluation.evaluator_id, Evaluation.author_id))
        .join(Participation, Participation.id == Author.participation_id)
        .where(Evaluation.public_id == public_id, Pool.cohort_id.in_(cohort_ids))
    )
    if for_change:
        query = query.with_for_update(of=Evaluation).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("no such evaluation in these cohorts")
    evaluation, module_key, content_id = row
    return Reviewed(evaluation, module_key, content_of(session, evaluation.content_id or content_id))


def author_in(session: Session, cohort_ids: Collection[int], essay: str) -> Author:
    """The author of the essay with this public id; raises `NotFound` for one of any other cohort."""
    query = select(Author).join(Essay, Essay.id == Author.essay_id).join(Pool, Pool.id == Author.pool_id)
    found = session.scalars(query.where(Essay.public_id == essay, Pool.cohort_id.in_(cohort_ids))).one_or_none()
    if found is None:
        raise NotFound("no such author in these cohorts")
    return found


def arrangement_in(session: Session, cohort_ids: Collection[int], public_id: str) -> Evaluation:
    """An essay that staff have taken, or a volunteer's third; raises `NotFound` for anything else."""
    arranged = or_(Evaluation.volunteered, Evaluation.staff_id.is_not(None))
    query = select(Evaluation).join(Pool, Pool.id == Evaluation.pool_id).where(arranged)
    found = session.scalars(
        query.where(Evaluation.public_id == public_id, Pool.cohort_id.in_(cohort_ids))
    ).one_or_none()
    if found is None:
        raise NotFound("no such arrangement in these cohorts")
    return found
