"""Starting, saving and submitting an attempt at the test."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.modules.actions import record_result, take_part
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.programme.queries import CurrentModule, content_of
from lti_tool.quiz.attention import attention
from lti_tool.quiz.marking import mark
from lti_tool.quiz.models import LARGEST_SEED, Answer, Attempt
from lti_tool.quiz.queries import answers_of, solutions_of, test_state
from lti_tool.texts import gettext as _


class AttemptEnded(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "attempt already submitted",
            title=_("This attempt has been submitted"),
            explanation=_("Answers can no longer be changed. What you submitted counts."),
        )


def start_attempt(session: Session, person_id: int, module: CurrentModule) -> bool:
    """Open an attempt unless one is open, the test is passed or no attempt is left; True if one is open afterwards."""
    participation = take_part(session, person_id, module)
    # Two starts at once: the second waits here and then sees the first one's attempt.
    session.refresh(participation, with_for_update={"key_share": True})
    state = test_state(session, participation.id, content_of(session, participation.content_id))
    if state.open_attempt or not state.may_start:
        return state.open_attempt
    session.add(
        Attempt(participation_id=participation.id, number=state.attempts_used + 1, seed=secrets.randbelow(LARGEST_SEED))
    )
    session.flush()
    return True


def save_answers(
    session: Session, attempt: Attempt, answers: Mapping[str, Collection[str]], seconds: int | None = None
) -> None:
    """Keep the chosen options of some questions; the others stay as they are. Raises `AttemptEnded`.

    `seconds` of attention were given to the answers since they were last saved, as the page has measured; None where
    it could not.
    """
    if attempt.submitted_at is not None:
        raise AttemptEnded
    found = session.scalars(select(Answer).where(Answer.attempt_id == attempt.id))
    known = {answer.question_key: answer for answer in found}
    moment = now()
    elapsed = int((moment - attempt.started_at).total_seconds())
    for question_key, chosen in answers.items():
        answer = known.get(question_key) or Answer(attempt_id=attempt.id, question_key=question_key)
        answer.chosen, answer.saved_at = sorted(chosen), moment
        if seconds is not None:
            others = sum(other.seconds or 0 for other in known.values() if other is not answer)
            answer.seconds = attention(answer.seconds, seconds, elapsed - others)
        session.add(answer)
    session.flush()


def submit_attempt(session: Session, attempt: Attempt, content: ModuleContent) -> list[int]:
    """Mark the saved answers; returns the scores to send after the commit. Submitting again changes nothing."""
    if attempt.submitted_at is not None:
        return []
    solutions = solutions_of(content.text_in(content.default_language))
    marks = mark(solutions, answers_of(session, attempt.id), content.pass_share)
    attempt.submitted_at, attempt.right, attempt.passed = now(), marks.right, marks.passed
    session.flush()
    if not marks.passed:
        return []
    return record_result(session, attempt.participation, Step.TEST, f"{marks.right}/{marks.total}")
