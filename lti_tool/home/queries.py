"""Everything the pages of a learning assistant say about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.home.tasks import Plan, plan
from lti_tool.lti.models import LineItem
from lti_tool.modules.dates import Deadline, Deadlines, deadlines_of
from lti_tool.modules.queries import Standing, standing_of
from lti_tool.passback.models import Delivery, Score
from lti_tool.peer_review.queries import EvaluationState, evaluation_state
from lti_tool.people.models import Course, ResourceLink
from lti_tool.programme.content import Step
from lti_tool.quiz.queries import TestState, test_state
from lti_tool.reflection.queries import EssayState, essay_state


@dataclass(frozen=True, slots=True)
class SentScore:
    """How far the points of a finished module got on their way to one course's gradebook, with the comment beside them.

    Of a module that is not finished any more they are 0.
    """

    course: str | None
    given: float
    comment: str
    state: Delivery
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """One person in one module."""

    standing: Standing
    test: TestState
    essay: EssayState
    evaluations: EvaluationState
    plan: Plan
    scores: tuple[SentScore, ...]
    deadlines: Deadlines

    @property
    def key(self) -> str:
        return self.standing.module.key

    @property
    def taken_back(self) -> tuple[SentScore, ...]:
        """The module was complete, and a step of it is open again."""
        return () if self.standing.completed_at else tuple(score for score in self.scores if score.given == 0)

    def deadline(self, step: Step) -> Deadline | None:
        """When the step is due for this person: their evaluations may be due later than the step."""
        own = [task.deadline for task in self.evaluations.tasks if task.deadline and step is Step.EVALUATIONS]
        return max(own, key=lambda one: one.due_at, default=self.deadlines.get(step))


def progress_in(session: Session, person_id: int, module_key: str) -> Progress:
    """Raises `NotFound` where the module cannot be opened."""
    standing = standing_of(session, person_id, module_key)
    module = standing.module
    return progress_of(session, person_id, standing, deadlines_of(session, person_id, module.cohort_id, module.id))


def progress_of(session: Session, person_id: int, standing: Standing, deadlines: Deadlines) -> Progress:
    """A few statements where they have begun, none where they have not."""
    test = test_state(session, standing.participation_id, standing.content)
    essay = essay_state(session, standing.participation_id)
    evaluations = evaluation_state(session, standing.participation_id)
    scores = _scores(session, person_id, standing.module.key) if standing.participation_id else ()
    found = plan(test, essay, evaluations, standing.done, standing.content.steps)
    return Progress(standing, test, essay, evaluations, found, scores, deadlines)


def _scores(session: Session, person_id: int, module_key: str) -> tuple[SentScore, ...]:
    rows = session.execute(_SCORES, {"person_id": person_id, "module_key": module_key})
    return tuple(SentScore(row.title, row.given, row.comment, row.state, row.sent_at) for row in rows)


_score, _item = table_of(Score), table_of(LineItem)
_link, _course = table_of(ResourceLink), table_of(Course)
_SCORES = (
    select(_course.c.title, _score.c.given, _score.c.comment, _score.c.state, _score.c.sent_at)
    .select_from(_score)
    .join(_item, _item.c.id == _score.c.line_item_id)
    .join(_link, _item.c.link_id == _link.c.id)
    .join(_course, _course.c.id == _link.c.course_id)
    .where(_score.c.person_id == bindparam("person_id"), _link.c.module_key == bindparam("module_key"))
    .order_by(_score.c.id)
)
