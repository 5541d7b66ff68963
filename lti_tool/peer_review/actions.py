"""Starting, writing, submitting and reading evaluations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError
from lti_tool.modules.actions import record_result
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
        lock_essay(session, evaluation.author.essay_id)
        session.flush()
    return evaluation


def save_evaluation(session: Session, person_id: int, public_id: str, answers: Answers, version: int) -> OwnEvaluation:
    """Keep `answers` as the draft written on `version`.

    Raises `ChangedElsewhere` when something else was saved on that version (the same again is no conflict),
    `NotBegun`, `EvaluationClosed`, and ValueError for answers that do not belong to the form.
    """
    own = evaluation_to_give(session, person_id, public_id, for_change=True)
    evaluation = own.evaluation
    if evaluation.status is EvaluationStatus.OPEN:
        raise NotBegun
    if not evaluation.editable:
        raise EvaluationClosed if evaluation.voided_at is None else EvaluationVoided
    draft = fitted(answers, form_of(own)).stored()
    if draft != evaluation.draft:
        if version != evaluation.version:
            raise ChangedElsewhere(evaluation.version, evaluation.draft)
        evaluation.draft, evaluation.version, evaluation.saved_at = draft, version + 1, now()
        session.flush()
    return own


def submit_evaluation(session: Session, person_id: int, public_id: str, answers: Answers, version: int) -> list[int]:
    """Hand the evaluation in, or hand in a better one; returns the scores to send after the commit.

    One that was returned counts again then, and its author reads it anew. Raises as `save_evaluation`, `Incomplete`,
    `Unchanged`, and `TakenOver` (which leaves the draft to be saved).
    """
    _reclaim(session, person_id, public_id)
    own = save_evaluation(session, person_id, public_id, answers, version)
    evaluation = own.evaluation
    missing = gaps(Answers.model_validate(evaluation.draft), form_of(own), own.content.comment_words_min)
    if missing:
        raise Incomplete(missing)
    if evaluation.answers != evaluation.draft:
        _hand_in(evaluation)
        session.flush()
    elif evaluation.returned_at is not None:
        raise Unchanged
    if evaluation.evaluator_id is None:
        return []
    # The participation's lock makes two last evaluations at once see each other.
    session.refresh(own.participation, with_for_update={"key_share": True})
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
    waived = session.scalars(select(Author.waived_given).where(Author.id == author_id)).one()
    return _given(session, author_id) - without + waived >= EVALUATIONS_TO_GIVE


def _reclaim(session: Session, person_id: int, public_id: str) -> None:
    """Give a released evaluation its place again, and let nobody release it from here on.

    Raises `TakenOver` when there is none.
    """
    evaluation = _with_pool_locked(session, person_id, public_id).evaluation
    if evaluation.released_at is not None and not restore(session, evaluation):
        raise TakenOver
    session.expire(evaluation)


def _with_pool_locked(session: Session, person_id: int, public_id: str) -> OwnEvaluation:
    """Until the pool's lock is ours, the allocation may still exchange the essay."""
    pool_id = evaluation_to_give(session, person_id, public_id).evaluation.pool_id
    session.execute(select(Pool.id).where(Pool.id == pool_id).with_for_update())
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


def _given(session: Session, evaluator_id: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Evaluation)
        .where(
            Evaluation.evaluator_id == evaluator_id,
            Evaluation.status == EvaluationStatus.SUBMITTED,
            Evaluation.returned_at.is_(None),
            Evaluation.voided_at.is_(None),
        )
    ).one()
