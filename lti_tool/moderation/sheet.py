"""All that the page of one evaluation shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lti_tool.moderation import queries
from lti_tool.moderation.access import Reviewed, evaluation_in
from lti_tool.moderation.comparing import Row, compared
from lti_tool.moderation.history import Happened, history
from lti_tool.moderation.queries import Doubted, Line
from lti_tool.moderation.view import Show
from lti_tool.moderation.words import explained
from lti_tool.peer_review.answers import Answers
from lti_tool.peer_review.consequences import Consequences, consequences
from lti_tool.peer_review.feedback import feedback_of
from lti_tool.peer_review.models import Evaluation, Feedback
from lti_tool.people.names import Somebody
from lti_tool.programme.content import EvaluationForm
from lti_tool.reflection.models import Essay

_SUBMITTED = (Show.TO_REVIEW, Show.RETURNED, Show.APPROVED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The essay's other evaluation that counts, and both criterion by criterion; `overall` of this one and that one."""

    other: Line
    rows: list[Row]
    overall: tuple[str, str]

    @property
    def differing(self) -> int:
        """On so many criteria they do not agree."""
        return sum(bool(row.apart) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`others` are the essay's other evaluations. `answers` is None until it is submitted: a draft is its writer's own.
    `foreseen` is what returning or voiding it would bring about."""

    evaluation: Evaluation
    line: Line
    others: list[Line]
    essay: Essay
    module_title: str
    form: EvaluationForm
    answers: Answers | None
    approver: Somebody | None
    comparison: Comparison | None
    doubt: Doubted | None
    reasons: list[str]
    feedback: Feedback | None
    foreseen: Consequences
    history: list[Happened]


def sheet_of(session: Session, cohort_ids: Collection[int], reviewed: Reviewed, language: str) -> Sheet:
    row, text = reviewed.evaluation, reviewed.content.text_in(language)
    lines = {line.public_id: line for line in queries.evaluations_of_essay(session, cohort_ids, row.author_id)}
    line = lines.pop(row.public_id)
    doubt = queries.doubt_of(session, row.id)
    return Sheet(
        evaluation=row,
        line=line,
        others=list(lines.values()),
        essay=row.author.essay,
        module_title=text.title,
        form=text.form,
        answers=Answers.model_validate(row.answers) if row.answers else None,
        approver=queries.somebody(session, row.approved_by),
        comparison=_comparison(session, cohort_ids, row, text.form, list(lines.values())),
        doubt=doubt,
        reasons=explained(doubt.figures, text.form) if doubt else [],
        feedback=feedback_of(session, row.id),
        foreseen=consequences(session, row),
        history=history(session, row.id),
    )


def _comparison(
    session: Session, cohort_ids: Collection[int], row: Evaluation, form: EvaluationForm, others: list[Line]
) -> Comparison | None:
    other = next((line for line in others if line.state in _SUBMITTED), None)
    stored = evaluation_in(session, cohort_ids, other.public_id).evaluation.answers if other else None
    if other is None or row.answers is None or stored is None:
        return None
    one, two = Answers.model_validate(row.answers), Answers.model_validate(stored)
    return Comparison(other, compared(form, one, two), (one.overall, two.overall))
