"""The final evaluation: written by each side for itself, and seen by both once both have submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.course_module.answers import Answers, fitted, gaps
from lti_tool.course_module.models import FinalEvaluation, Side
from lti_tool.course_module.scope import CourseModule
from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError
from lti_tool.people.models import Membership
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Subject:
    """The learning assistant whom both sides write about, and where."""

    module: CourseModule
    person_id: int


@dataclass(frozen=True, slots=True)
class OneSide:
    """The final evaluation as one side may see it. `other` is what the other side says: None until both have
    submitted, whatever it has written."""

    side: Side
    answers: Answers
    version: int
    saved_at: datetime | None
    submitted_at: datetime | None
    other_submitted_at: datetime | None
    other: Answers | None

    @property
    def released(self) -> bool:
        return self.submitted_at is not None and self.other_submitted_at is not None


class ChangedElsewhere(Conflict):
    """Another tab or another instructor saved something else on the same version; `version` and `answers` are that."""

    def __init__(self, version: int, answers: Answers) -> None:
        super().__init__(
            "final evaluation version moved on",
            title=_("The evaluation was changed somewhere else"),
            explanation=_("It has been changed in another tab or by somebody else. Nothing was overwritten."),
        )
        self.version = version
        self.answers = answers


class Closed(Conflict):
    """Submitted, so that it stays as it is until it is taken back."""

    def __init__(self) -> None:
        super().__init__(
            "final evaluation is submitted",
            title=_("This evaluation is submitted"),
            explanation=_("It was submitted in the meantime, so what you wrote just now was not saved."),
        )


class Released(Conflict):
    """Both sides can read both, so neither can be changed."""

    def __init__(self) -> None:
        super().__init__(
            "final evaluation is released",
            title=_("This evaluation can no longer be changed"),
            explanation=_("The other side has submitted as well, so both can be read now. Nothing was changed."),
        )


class Incomplete(DomainError):
    """`gaps` are the fields that are still empty."""

    status = 422

    def __init__(self, found: list[str]) -> None:
        super().__init__("final evaluation incomplete")
        self.gaps = found


def other_of(side: Side) -> Side:
    return Side.DEPARTMENT if side is Side.ASSISTANT else Side.ASSISTANT


def side_of(session: Session, subject: Subject, side: Side) -> OneSide:
    """What that side may see."""
    rows = {row.side: row for row in _rows(session, subject)}
    own, other = rows.get(side), rows.get(other_of(side))
    released = all(row is not None and row.submitted_at is not None for row in (own, other))
    return OneSide(
        side,
        Answers.model_validate(own.answers) if own else Answers(),
        own.version if own else 0,
        own.saved_at if own else None,
        own.submitted_at if own else None,
        other.submitted_at if other else None,
        Answers.model_validate(other.answers) if other and released else None,
    )


def save(
    session: Session, actor_id: int, subject: Subject, side: Side, answers: Answers, *, version: int
) -> FinalEvaluation:
    """Keep `answers` as that side's draft; `version` is the one they were written on, 0 for the first.

    Raises `ChangedElsewhere` when something else was saved on that version (the same again is no conflict), `Closed`
    and `Released`, and ValueError for answers that do not belong to the form.
    """
    own, other = _locked(session, subject, side)
    draft = fitted(answers, subject.module.outcomes).stored()
    if own is None:
        own = _begun(subject, side, actor_id, draft)
        session.add(own)
    elif draft != own.answers:
        if own.submitted_at is not None:
            raise Released if other and other.submitted_at else Closed
        if own.version != version:
            raise ChangedElsewhere(own.version, Answers.model_validate(own.answers))
        own.answers, own.version, own.saved_at, own.written_by = draft, version + 1, now(), actor_id
    session.flush()
    return own


def submit(
    session: Session, actor_id: int, subject: Subject, side: Side, answers: Answers, *, version: int
) -> FinalEvaluation:
    """Hand it in. Both sides see both from when the second has done so; twice is the same as once.

    Raises as `save`, and `Incomplete`.
    """
    own = save(session, actor_id, subject, side, answers, version=version)
    if own.submitted_at is None:
        missing = gaps(Answers.model_validate(own.answers), subject.module.outcomes)
        if missing:
            raise Incomplete(missing)
        own.submitted_at, own.written_by = now(), actor_id
        session.flush()
    return own


def take_back(session: Session, actor_id: int, subject: Subject, side: Side) -> None:
    """Let that side change it again, as a draft; nothing to do where it is one. Raises `Released`."""
    own, other = _locked(session, subject, side)
    if own is None or own.submitted_at is None:
        return
    if other is not None and other.submitted_at is not None:
        raise Released
    own.submitted_at, own.written_by = None, actor_id
    session.flush()


def _begun(subject: Subject, side: Side, actor_id: int, draft: dict[str, object]) -> FinalEvaluation:
    module = subject.module
    return FinalEvaluation(
        course_id=module.course_id,
        cohort_id=module.cohort_id,
        person_id=subject.person_id,
        side=side,
        answers=draft,
        written_by=actor_id,
    )


def _locked(session: Session, subject: Subject, side: Side) -> tuple[FinalEvaluation | None, FinalEvaluation | None]:
    """Both sides, while nobody else can change either. The membership is locked, for a side may have no row yet."""
    where = (Membership.person_id == subject.person_id, Membership.course_id == subject.module.course_id)
    session.execute(select(Membership.person_id).where(*where).with_for_update(key_share=True))
    rows = {row.side: row for row in _rows(session, subject)}
    return rows.get(side), rows.get(other_of(side))


def _rows(session: Session, subject: Subject) -> Sequence[FinalEvaluation]:
    module = subject.module
    return session.scalars(
        select(FinalEvaluation)
        .where(
            FinalEvaluation.course_id == module.course_id,
            FinalEvaluation.cohort_id == module.cohort_id,
            FinalEvaluation.person_id == subject.person_id,
        )
        .execution_options(populate_existing=True)
    ).all()
