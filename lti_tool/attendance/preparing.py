"""What somebody does before a meeting, in the tool; it holds for whichever date they come to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lti_tool.attendance.models import Preparation
from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError
from lti_tool.modules.choices import take_turn
from lti_tool.programme.actions import enrol
from lti_tool.texts import gettext as _

LONGEST = 5000
# A person, a cohort and the key of a meeting.
Whose = tuple[int, int, str]


class PreparedElsewhere(Conflict):
    """Another tab or device has saved other `answers` since this one was opened."""

    def __init__(self, version: int, answers: dict[str, str]) -> None:
        super().__init__(
            "preparation version moved on",
            title=_("Your answers were changed somewhere else"),
            explanation=_("Another tab or device has saved other answers in the meantime. Nothing was overwritten."),
        )
        self.version = version
        self.answers = answers


class Unanswered(DomainError):
    """`questions` are the places of those without an answer."""

    status = 422

    def __init__(self, questions: Sequence[int]) -> None:
        super().__init__("questions without an answer")
        self.questions = tuple(questions)


def preparation_of(session: Session, whose: Whose) -> Preparation | None:
    return session.get(Preparation, whose)


def save_preparation(session: Session, whose: Whose, answers: Sequence[str], version: int) -> Preparation:
    """Keep the answers, one for each question; `version` is the one they were written on, 0 for the first.

    Whoever takes an answer away again is not prepared any more. Raises `PreparedElsewhere` unless the answers are the
    same, so that a repeat whose first answer was lost succeeds.
    """
    # There may be no row yet to lock.
    take_turn(session, whose[0])
    said = {str(place): text for place, text in enumerate(answers)}
    found = session.get(Preparation, whose, populate_existing=True)
    if found is None:
        return _begin(session, whose, said)
    if found.answers != said:
        if found.version != version:
            raise PreparedElsewhere(found.version, dict(found.answers))
        found.answers, found.version, found.saved_at = said, version + 1, now()
        if unanswered(answers):
            found.done_at = None
    session.flush()
    return found


def finish(session: Session, whose: Whose, answers: Sequence[str], version: int) -> Preparation:
    """Keep the answers and note that the person is prepared; since when, the first time says. Raises as
    `save_preparation`, and `Unanswered`."""
    saved = save_preparation(session, whose, answers, version)
    missing = unanswered(answers)
    if missing:
        raise Unanswered(missing)
    saved.done_at = saved.done_at or now()
    session.flush()
    return saved


def unanswered(answers: Sequence[str]) -> list[int]:
    return [place for place, text in enumerate(answers) if not text.strip()]


def _begin(session: Session, whose: Whose, said: dict[str, str]) -> Preparation:
    person_id, cohort_id, meeting_key = whose
    enrol(session, person_id, cohort_id)
    begun = Preparation(person_id=person_id, cohort_id=cohort_id, meeting_key=meeting_key, answers=said, version=1)
    session.add(begun)
    session.flush()
    return begun
