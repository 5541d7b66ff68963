"""Where a person stands with the test of a module."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.programme.content import ModuleContent, ModuleText
from lti_tool.quiz.marking import needed_to_pass
from lti_tool.quiz.models import Answer, Attempt


@dataclass(frozen=True, slots=True)
class TestState:
    """`attempts_used` counts submitted attempts only; `attempts_allowed` is None for any number of them."""

    attempts_used: int
    attempts_allowed: int | None
    best_right: int | None
    total: int
    needed: int
    passed: bool
    open_attempt: bool

    @property
    def may_start(self) -> bool:
        """True when another attempt can be begun (or the open one gone on with)."""
        return not self.passed and (self.attempts_allowed is None or self.attempts_used < self.attempts_allowed)


def test_state(session: Session, participation_id: int | None, content: ModuleContent) -> TestState:
    """One statement; none for somebody who has not begun."""
    total = len(content.text_in(content.default_language).questions)
    needed = needed_to_pass(total, content.pass_share)
    if participation_id is None:
        return TestState(0, content.attempts_allowed, None, total, needed, passed=False, open_attempt=False)
    row = session.execute(_ATTEMPTS, {"participation_id": participation_id}).one()
    return TestState(
        attempts_used=row.used,
        attempts_allowed=content.attempts_allowed,
        best_right=row.best,
        total=total,
        needed=needed,
        passed=row.passes > 0,
        open_attempt=row.begun > row.used,
    )


_attempt = table_of(Attempt).c
_ATTEMPTS = select(
    func.count(_attempt.id).label("begun"),
    func.count(_attempt.submitted_at).label("used"),
    func.max(_attempt.right_answers).label("best"),
    func.count(_attempt.id).filter(_attempt.passed.is_(True)).label("passes"),
).where(_attempt.participation_id == bindparam("participation_id"))


def solutions_of(text: ModuleText) -> dict[str, frozenset[str]]:
    """The right options of every question, by key."""
    return {
        question.key: frozenset(option.key for option in question.options if option.correct)
        for question in text.questions
    }


def open_attempt(session: Session, participation_id: int | None) -> Attempt | None:
    return session.scalars(
        select(Attempt).where(Attempt.participation_id == participation_id, Attempt.submitted_at.is_(None))
    ).one_or_none()


def attempt_numbered(session: Session, participation_id: int | None, number: int) -> Attempt | None:
    return session.scalars(
        select(Attempt).where(Attempt.participation_id == participation_id, Attempt.number == number)
    ).one_or_none()


def submitted_attempts(session: Session, participation_id: int | None) -> list[Attempt]:
    """The newest first."""
    return list(
        session.scalars(
            select(Attempt)
            .where(Attempt.participation_id == participation_id, Attempt.submitted_at.is_not(None))
            .order_by(Attempt.number.desc())
        )
    )


def answers_of(session: Session, attempt_id: int) -> dict[str, frozenset[str]]:
    """The chosen options by question; unanswered questions are left out."""
    rows = session.execute(select(Answer.question_key, Answer.chosen).where(Answer.attempt_id == attempt_id))
    return {row.question_key: frozenset(row.chosen) for row in rows if row.chosen}
