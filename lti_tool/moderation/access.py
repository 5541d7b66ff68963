"""Load an evaluation together with the right to review it. There is no other way to get at one here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Decision, Evaluation, Pool, ReviewEntry
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


def decision_in(session: Session, cohort_ids: Collection[int], entry_id: int) -> tuple[ReviewEntry, str]:
    """A decision about an evaluation, and the public id of that; raises `NotFound` for one of any other cohort."""
    found = session.execute(_decisions(cohort_ids).where(ReviewEntry.id == entry_id)).one_or_none()
    if found is None:
        raise NotFound("no such decision in these cohorts")
    return found.ReviewEntry, found.public_id


def decided_together(session: Session, cohort_ids: Collection[int], marker: str) -> list[tuple[ReviewEntry, str]]:
    """As `decision_in`, those that were taken at once; raises `NotFound` when there are none."""
    together = ReviewEntry.before["together"].as_string() == marker
    found = session.execute(_decisions(cohort_ids).where(together)).all()
    if not found:
        raise NotFound("nothing was decided together under this name")
    return [(row.ReviewEntry, row.public_id) for row in found]


def _decisions(cohort_ids: Collection[int]) -> Select[ReviewEntry, str]:
    return (
        select(ReviewEntry, Evaluation.public_id)
        .join(Evaluation, Evaluation.id == ReviewEntry.evaluation_id)
        .join(Pool, Pool.id == Evaluation.pool_id)
        .where(Pool.cohort_id.in_(cohort_ids), ReviewEntry.decision != Decision.UNDONE)
        .order_by(Evaluation.id)
    )
