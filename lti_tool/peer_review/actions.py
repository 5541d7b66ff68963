"""Starting, writing, submitting and reading evaluations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError
from lti_tool.modules.actions import lock_participation, record_result
from lti_tool.modules.models import Participation
from lti_tool.peer_review.access import OwnEvaluation, evaluation_received, evaluation_to_give
from lti_tool.peer_review.answers import Answers, Gap, fitted, gaps
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Pool
from lti_tool.peer_review.pools import restore
from lti_tool.programme.content import EvaluationForm, Step
from lti_tool.reflection.actions import lock_essay
from lti_tool.texts import gettext as _


class ChangedElsewhere(Conflict):
    """Another tab saved something else on the same version; `version` and `draft` are that."""

    def __init__(self, version: int, draft: dict[str, Any]) -> None:
        super().__init__(
            "evaluation version moved on",
            title=_("Your evaluation was changed somewhere else"),
            explanation=_("Another tab or device has saved something else in the meantime. Nothing was overwritten."),
        )
        self.version = version
        self.draft = draft


class NotBegun(Conflict):
    """Until it is begun its essay may still be exchanged, so there is nothing to write about."""

    def __init__(self) -> None:
        super().__init__(
            "evaluation is not begun",
            title=_("You have not begun this evaluation"),
            explanation=_("Begin it first: from then on the essay stays the same. Nothing was saved."),
        )


class EvaluationClosed(Conflict):
    """Read by its author or approved: it stays as it was submitted."""

    def __init__(self, explanation: str = "") -> None:
        super().__init__(
            "evaluation is closed",
            title=_("This evaluation can no longer be changed"),
            explanation=explanation
            or _(
                "The author has read it or the coordinator has approved it, so what you wrote just now was not saved."
            ),
        )


class EvaluationVoided(EvaluationClosed):
    """A coordinator does not let it count; its evaluator has another essay instead, or will have."""

    def __init__(self) -> None:
        super().__init__(_("The coordinator has taken this evaluation out, so what you wrote just now was not saved."))


class TakenOver(Conflict):
    """It was released when its evaluator left or let the time run out, and its place is somebody else's now."""

    def __init__(self) -> None:
        super().__init__(
            "evaluation is taken over",
            title=_("Somebody else evaluates this essay now"),
            explanation=_("What you wrote is kept, but it can no longer be submitted."),
        )


class Incomplete(DomainError):
    """Something that the form asks for is missing; `gaps` say what."""

    status = 422

    def __init__(self, found: list[Gap]) -> None:
        super().__init__("evaluation incomplete")
        self.gaps = found


class Unchanged(DomainError):
    """It was returned, and is word for word what it was then."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "returned evaluation is unchanged",
            explanation=_("You have changed nothing since the coordinator returned it. Change it, then submit it."),
        )


def start_evaluation(session: Session, person_id: int, public_id: str) -> Evaluation:
    """Show the essay to its evaluator: from now on neither the pair nor the essay changes. Once is enough."""
    own = _with_pool_locked(session, person_id, public_id)
    evaluation = own.evaluation
    if evaluation.status is EvaluationStatus.OPEN:
        evaluation.status, evaluation.started_at = EvaluationStatus.STARTED, now()
        evaluation.content_id = own.participation.content_id
        session.flush()
        lock_essay(session, session.execute(_ESSAY_OF, {"author_id": evaluation.author_id}).scalar_one())
    return evaluation


def save_evaluation(session: Session, person_id: int, public_id: str, answers: Answers, version: int) -> OwnEvaluation:
    """Keep `answers` as the draft written on `version`.

    Raises `ChangedElsewhere` when something else was saved on that version (the same again is no conflict),
    `NotBegun`, `EvaluationClosed`, and ValueError for answers that do not belong to the form.
    """
    own = evaluation_to_give(session, person_id, public_id, for_change=True)
    _write(own, answers, version)
    session.flush()
    return own


def _write(own: OwnEvaluation, answers: Answers, version: int) -> Answers:
    """The answers as they are in the draft then."""
    evaluation = own.evaluation
    if evaluation.status is EvaluationStatus.OPEN:
        raise NotBegun
    if not evaluation.editable:
        raise EvaluationClosed if evaluation.voided_at is None else EvaluationVoided
    fitting = fitted(answers, form_of(own))
    draft = fitting.stored()
    if draft != evaluation.draft:
        if version != evaluation.version:
            raise ChangedElsewhere(evaluation.version, evaluation.draft)
        evaluation.draft, evaluation.version, evaluation.saved_at = draft, version + 1, now()
    return fitting


def submit_evaluation(session: Session, person_id: int, public_id: str, answers: Answers, version: int) -> list[int]:
    """Hand the evaluation in, or hand in a better one; returns the scores to send after the commit.

    One that was returned counts again then, and its author reads it anew. Raises as `save_evaluation`, `Incomplete`,
    `Unchanged`, and `TakenOver` (which leaves the draft to be saved).
    """
    own = _reclaimed(session, person_id, public_id)
    evaluation, written = own.evaluation, _write(own, answers, version)
    missing = gaps(written, form_of(own), own.content.comment_words_min)
    if missing:
        raise Incomplete(missing)
    if evaluation.answers != evaluation.draft:
        _hand_in(evaluation)
    elif evaluation.returned_at is not None:
        raise Unchanged
    session.flush()
    if evaluation.evaluator_id is None:
        return []
    # Its lock makes two last evaluations at once see each other.
    lock_participation(session, own.participation)
    return record_given(session, own.participation, evaluation.evaluator_id)


def _hand_in(evaluation: Evaluation) -> None:
    evaluation.answers, evaluation.submitted_at = evaluation.draft, now()
    evaluation.status, evaluation.weigh_at = EvaluationStatus.SUBMITTED, evaluation.submitted_at
    if evaluation.returned_at is not None:
        evaluation.returned_at = evaluation.read_at = None


def record_given(session: Session, participation: Participation, author_id: int) -> list[int]:
    """Note the step as done when enough is given or waived; returns the scores to send after the commit.

    What is given counts whatever becomes of the essay.
    """
    return record_result(session, participation, Step.EVALUATIONS) if gives_enough(session, author_id) else []


def gives_enough(session: Session, author_id: int, *, without: int = 0) -> bool:
    """With what is waived, and `without` so many of those given.

    What is returned counts again once it is submitted anew, what is voided never.
    """
    given_or_waived = session.execute(_GIVEN_OR_WAIVED, {"author_id": author_id}).scalar_one()
    return bool(given_or_waived - without >= EVALUATIONS_TO_GIVE)


def _reclaimed(session: Session, person_id: int, public_id: str) -> OwnEvaluation:
    """Give a released evaluation its place again, and let nobody release it from here on.

    Raises `TakenOver` when there is none.
    """
    own = _with_pool_locked(session, person_id, public_id)
    if own.evaluation.released_at is not None:
        if not restore(session, own.evaluation):
            raise TakenOver
        session.refresh(own.evaluation)
    return own


def _with_pool_locked(session: Session, person_id: int, public_id: str) -> OwnEvaluation:
    """Until the pool's lock is ours, the allocation may still exchange the essay."""
    session.execute(_LOCK_POOL, {"public_id": public_id})
    session.expire_all()
    return evaluation_to_give(session, person_id, public_id, for_change=True)


def read_evaluation(session: Session, person_id: int, module_key: str, number: int) -> Evaluation:
    """The author opens evaluation 1 or 2 of their essay; from then on it stays as it is."""
    evaluation = evaluation_received(session, person_id, module_key, number, for_change=True).evaluation
    if evaluation.read_at is None:
        evaluation.read_at = now()
        session.flush()
    return evaluation


def form_of(own: OwnEvaluation) -> EvaluationForm:
    """The evaluation form in the pack's default language: keys are the same in every language."""
    return own.content.text_in(own.content.default_language).form


EVALUATIONS_TO_GIVE = 2

_ESSAY_OF = select(Author.essay_id).where(Author.id == bindparam("author_id"))
_LOCK_POOL = (
    select(Pool.id)
    .join(Evaluation, Evaluation.pool_id == Pool.id)
    .where(Evaluation.public_id == bindparam("public_id"))
    .with_for_update(of=Pool)
)
_given = (
    select(func.count())
    .where(
        Evaluation.evaluator_id == Author.id,
        Evaluation.status == EvaluationStatus.SUBMITTED,
        Evaluation.returned_at.is_(None),
        Evaluation.voided_at.is_(None),
    )
    .scalar_subquery()
)
_GIVEN_OR_WAIVED = select(_given + Author.waived_given).where(Author.id == bindparam("author_id"))
