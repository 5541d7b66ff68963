"""Weighs what was submitted or flagged since, so that the inbox can be ordered by doubt.

Evaluations are taken with a lease, read and weighed without a lock, and written if nobody has weighed them later: two
workers at once, or one that dies, do no harm. An evaluation is compared with those of its pool and its evaluator's own
that were submitted before it, voided ones included: a text that has been turned down once is still a copy.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, cast, func, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool.database import db, now, table_of
from lti_tool.lti.upsert import insert_into
from lti_tool.moderation.doubt import Figures, doubt_points, largest_gap, seconds_to_read, seconds_to_write
from lti_tool.moderation.likeness import Library, words_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Doubt, Evaluation, EvaluationStatus, Feedback, Usefulness
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.queries import content_of
from lti_tool.reflection.models import Essay
from lti_tool.reflection.words import count_words

BATCH = 20
# What one run takes on; the next minute takes the rest.
MOST_BATCHES = 50
LEASE = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """Evaluations that are ours to weigh until `lease` ends."""

    evaluation_ids: list[int]
    lease: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A submitted evaluation; `person_id` is who wrote it, `text` its answers as they are stored."""

    id: int
    pool_id: int
    person_id: int
    submitted_at: datetime
    text: str

    @property
    def answers(self) -> dict[str, Any]:
        answers: dict[str, Any] = json.loads(self.text)
        return answers

    @property
    def comments(self) -> list[str]:
        answers = self.answers
        return [answer["comment"] for answer in answers["criteria"].values()] + [answers["overall"]]

    def may_copy(self, other: Written) -> bool:
        """Whether `other` was there before it, in its pool or by the same person."""
        near = other.pool_id == self.pool_id or other.person_id == self.person_id
        return near and (other.submitted_at, other.id) < (self.submitted_at, self.id)


@dataclass(frozen=True, slots=True)
class Paper:
    """An evaluation to weigh, with what else that takes; `counts` is False for a voided one."""

    written: Written
    author_id: int
    essay: str
    content: ModuleContent
    seconds: int
    counts: bool
    flagged: bool
    not_useful: bool

    def levels(self) -> dict[str, int]:
        """How high each criterion was rated, by its key."""
        form = self.content.text_in(self.content.default_language).form
        heights = {(row.key, level.key): height for row in form.criteria for height, level in enumerate(row.levels)}
        chosen = [(key, answer["level"]) for key, answer in self.written.answers["criteria"].items()]
        return {key: heights[key, level] for key, level in chosen if (key, level) in heights}


def weigh_evaluations() -> None:
    """Takes on all that is due, in batches with a commit each."""
    weighed = 0
    for _batch in range(MOST_BATCHES):
        claimed = claim(db.session)
        db.session.commit()
        if not claimed.evaluation_ids:
            break
        weighed += weigh(db.session, claimed)
        db.session.commit()
    if weighed:
        log.info("evaluations weighed", extra={"evaluations": weighed})


def claim(session: Session) -> Claim:
    """Lease what is due longest and nobody holds. Commit before weighing."""
    due = select(Evaluation.id).where(Evaluation.weigh_at <= now()).order_by(Evaluation.weigh_at, Evaluation.id)
    ids = list(session.scalars(due.limit(BATCH).with_for_update(skip_locked=True)))
    claimed = Claim(ids, now() + LEASE)
    session.execute(update(Evaluation).where(Evaluation.id.in_(ids)).values(weigh_at=claimed.lease))
    return claimed


def weigh(session: Session, claimed: Claim) -> int:
    """Weigh what is claimed and the other evaluations of the same essays; returns how many that were."""
    moment = now()
    papers = papers_of(session, claimed.evaluation_ids)
    others = {other.id: other for other in _others(session, papers)}
    # Weighing takes long; on SQLite an open transaction would keep all other writers waiting.
    session.rollback()
    library = Library({number: other.text for number, other in others.items()}, lambda number: others[number].comments)
    rows = [{**_doubt(paper, papers, library, others), "weighed_at": moment} for paper in papers]
    _write(session, rows)
    ours = (Evaluation.id.in_(claimed.evaluation_ids), Evaluation.weigh_at == claimed.lease)
    session.execute(update(Evaluation).where(*ours).values(weigh_at=None))
    return len(rows)


def papers_of(session: Session, evaluation_ids: Collection[int]) -> list[Paper]:
    """All that was submitted about the essays that these evaluations are about."""
    essays = select(Evaluation.author_id).where(Evaluation.id.in_(evaluation_ids))
    author = aliased(Author)
    rows = session.execute(
        _submitted(Evaluation.author_id.in_(essays))
        .join(author, author.id == Evaluation.author_id)
        .join(Essay, Essay.id == author.essay_id)
        .outerjoin(Feedback, Feedback.evaluation_id == Evaluation.id)
        .add_columns(
            Evaluation.author_id,
            Evaluation.content_id,
            Evaluation.started_at,
            Evaluation.voided_at,
            Essay.submitted_text,
            Feedback.flagged_at,
            Feedback.useful,
        )
        .order_by(Evaluation.id)
    ).all()
    contents = {number: content_of(session, number) for number in {row.content_id for row in rows}}
    return [_paper(row, contents[row.content_id]) for row in rows]


def _submitted(*which: ColumnElement[bool]) -> Any:
    person_id = func.coalesce(Participation.person_id, Evaluation.staff_id).label("person_id")
    # Most are compared by their words alone; to read the JSON of thousands would take longer than that.
    text = cast(Evaluation.answers, Text).label("text")
    return (
        select(Evaluation.id, Evaluation.pool_id, person_id, Evaluation.submitted_at, text)
        .outerjoin(Author, Author.id == Evaluation.evaluator_id)
        .outerjoin(Participation, Participation.id == Author.participation_id)
        .where(Evaluation.status == EvaluationStatus.SUBMITTED, Evaluation.answers.is_not(None), *which)
    )


def _written(row: Row[Any]) -> Written:
    return Written(row.id, row.pool_id, row.person_id, row.submitted_at, row.text)


def _paper(row: Row[Any], content: ModuleContent) -> Paper:
    return Paper(
        written=_written(row),
        author_id=row.author_id,
        essay=row.submitted_text,
        content=content,
        seconds=max(0, round((row.submitted_at - row.started_at).total_seconds())),
        counts=row.voided_at is None,
        flagged=row.flagged_at is not None,
        not_useful=row.useful is Usefulness.NO,
    )


def _others(session: Session, papers: Sequence[Paper]) -> list[Written]:
    """All that the papers could have been copied from, and themselves."""
    pools, people = ({getattr(paper.written, name) for paper in papers} for name in ("pool_id", "person_id"))
    own = select(Author.id).join(Participation, Participation.id == Author.participation_id)
    own = own.where(Participation.person_id.in_(people))
    queries = _submitted(Evaluation.pool_id.in_(pools)), _submitted(Evaluation.evaluator_id.in_(own))
    return [_written(row) for query in queries for row in session.execute(query)]


def _doubt(paper: Paper, papers: Sequence[Paper], library: Library[int], others: dict[int, Written]) -> dict[str, Any]:
    """The row of a paper, but for its moment."""
    written = paper.written
    before = {number for number, other in others.items() if written.may_copy(other)}
    copied = library.most_alike(written.id, before, paper.essay)
    beside = [other for other in papers if other.author_id == paper.author_id and other.counts and other is not paper]
    gap = largest_gap(paper.levels(), [other.levels() for other in beside])
    words = sum(map(count_words, written.comments))
    figures = Figures(
        words=words,
        distinct_words=len({word for comment in written.comments for word in words_of(comment)}),
        words_min=paper.content.comment_words_min * len(written.comments),
        seconds=paper.seconds,
        seconds_needed=seconds_to_read(count_words(paper.essay)) + seconds_to_write(words),
        gap=gap[1] if gap else None,
        gap_on=gap[0] if gap else None,
        copied_share=copied[1] if copied else None,
        flagged=paper.flagged,
        not_useful=paper.not_useful,
    )
    mark = {"evaluation_id": written.id, "copied_id": copied[0] if copied else None}
    return {**asdict(figures), **mark, "points": doubt_points(figures)}


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """What was weighed later stays."""
    if not rows:
        return
    table = table_of(Doubt)
    statement = insert_into(session.connection(), table).values(list(rows))
    changed = {name: statement.excluded[name] for name in rows[0] if name != "evaluation_id"}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["evaluation_id"], set_=changed, where=table.c.weighed_at <= statement.excluded.weighed_at
        )
    )
