"""Evaluations written and decided about by the actions, for tests of what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation, StepResult
from lti_tool.passback.models import Score
from lti_tool.peer_review import reviews
from lti_tool.peer_review.actions import start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers, CriterionAnswer
from lti_tool.peer_review.models import Author, Decision, Evaluation, ReviewEntry
from lti_tool.peer_review.reviews import Decided, version_seen
from lti_tool.peer_review.undoing import undo
from lti_tool.programme.content import Step
from tests import work
from tests.cast import Cast
from tests.peer_review.giving import row, tasks_of
from tests.stages import stage

WHY = "Say what they could do next time"
NAMES = ("lina", "frode", "amir", "siri", "tuva")


def answers(overall: str = "A good read overall") -> Answers:
    return Answers(
        criteria={key: CriterionAnswer(level="l2", comment="You show it well") for key in ("c1", "c2")}, overall=overall
    )


def submit(session: Session, person_id: int, public_id: str, overall: str = "A good read overall") -> list[int]:
    start_evaluation(session, person_id, public_id)
    version = row(session, public_id).version
    sent = submit_evaluation(session, person_id, public_id, answers(overall), version)
    session.commit()
    return sent


def _lay(cast: Cast, session: Session) -> list[str]:
    for course in ("TDT4100", "LAOS"):
        cast.visit("lina", course=course)
    for name in NAMES:
        work.submit_essay(session, cast.person_id(name))
    work.try_test(session, cast.person_id("lina"), 3, passed=True)
    session.commit()
    tasks = tasks_of(session, cast.person_id("lina"))
    for public_id in tasks:
        submit(session, cast.person_id("lina"), public_id)
    return tasks


@dataclass
class Desk:
    """The cast's five have essays in; Lina has met the module in two courses, finished it, and has her points. Kari
    decides about her first evaluation (`public_id`)."""

    cast: Cast
    session: Session
    public_id: str = ""
    other_id: str = ""

    @classmethod
    def laid(cls, cast: Cast, session: Session) -> Desk:
        return cls(cast, session, *stage(cast, session, _lay))

    @property
    def kari(self) -> int:
        return self.cast.person_id("kari")

    @property
    def evaluation(self) -> Evaluation:
        return row(self.session, self.public_id)

    @property
    def seen(self) -> str:
        return version_seen(self.session, self.evaluation)

    def decide(
        self, decision: Callable[..., Decided], *, seen: str | None = None, by: str = "kari", reason: str = WHY
    ) -> Decided:
        read = self.seen if seen is None else seen
        person_id = self.cast.person_id(by)
        done = decision(self.session, self.evaluation, seen=read, reason=reason, person_id=person_id)
        self.session.commit()
        return done

    def undo(self, by: str = "kari", entry: ReviewEntry | None = None) -> list[int]:
        chosen = entry or reviews.latest(self.session, self.evaluation)
        assert chosen is not None
        sent = undo(self.session, chosen, self.cast.person_id(by))
        self.session.commit()
        return sent

    def part(self, name: str = "lina") -> Participation:
        query = select(Participation).where(Participation.person_id == self.cast.person_id(name))
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def done(self, name: str = "lina") -> dict[Step, object]:
        results = self.session.scalars(
            select(StepResult)
            .where(StepResult.participation_id == self.part(name).id)
            .execution_options(populate_existing=True)
        )
        return {result.step: result.done_at for result in results}

    def author(self, name: str = "lina") -> Author:
        return self.session.scalars(
            select(Author)
            .where(Author.participation_id == self.part(name).id)
            .execution_options(populate_existing=True)
        ).one()

    def points(self) -> list[float]:
        self.session.expire_all()
        return list(self.session.scalars(select(Score.given).order_by(Score.id)))

    def log(self) -> list[tuple[Decision, int | None, str]]:
        entries = self.session.scalars(select(ReviewEntry).order_by(ReviewEntry.id))
        return [(entry.decision, entry.person_id, entry.reason) for entry in entries]

    def others(self) -> dict[str, tuple[object, ...]]:
        """Every other evaluation, as far as a decision could change it."""
        self.session.expire_all()
        rows = self.session.scalars(select(Evaluation).where(Evaluation.public_id != self.public_id))
        return {
            e.public_id: (
                *(e.status, e.evaluator_id, e.author_id, e.given_slot, e.received_slot, e.answers, e.draft, e.version),
                *(e.submitted_at, e.read_at, e.approved_at, e.returned_at, e.voided_at),
            )
            for e in rows
        }
