"""A term of peer evaluation played through the actions that people use, to see who ends up with what.

Authors hand in over weeks, begin and submit their evaluations when they find the time, and some leave on the way. The
coordinator does nothing: what the tool does not solve by itself must stand in the list of shortages.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.lti.models import Platform
from lti_tool.modules.models import Participation
from lti_tool.peer_review.actions import EVALUATIONS_TO_GIVE, start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers, CriterionAnswer
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogEntry, LogKind
from lti_tool.peer_review.pools import withdraw
from lti_tool.peer_review.queries import Task, evaluation_state
from lti_tool.peer_review.shortages import shortages
from lti_tool.people.models import Person
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.queries import CurrentModule
from lti_tool.reflection.actions import submit_essay

# How likely somebody is to begin, or to finish, an evaluation on a given day.
BEGINS, FINISHES = 0.4, 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """`dropouts` is the share of authors, in [0, 1], who leave at some time after handing in."""

    authors: int
    dropouts: float
    languages: tuple[str, ...]
    weeks: int
    seed: int

    @property
    def days(self) -> int:
        return self.weeks * 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """Numbers of authors who have not left: `exact` have given two and received two; the others are named in the list
    of shortages or not (`short_silent`). `stuck` can do nothing more, have not given two and are not named.
    `changed_edges` are evaluations of others that were moved because somebody left.
    """

    authors: int
    left: int
    exact: int
    short_named: int
    short_silent: int
    stuck: int
    changed_edges: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Actor:
    person_id: int
    language: str
    arrives: int
    leaves: int | None


def play(session: Session, module: CurrentModule, plan: Plan) -> Outcome:
    """Play the term in an open cohort where nobody has handed in; commits after each thing that somebody does."""
    term = _Term(session, module, plan)
    for day in range(plan.days):
        term.pass_day(day)
    term.finish()
    return term.outcome()


class _Term:
    def __init__(self, session: Session, module: CurrentModule, plan: Plan) -> None:
        self.session, self.module, self.plan = session, module, plan
        self.rng = random.Random(plan.seed)  # noqa: S311 - a run must be repeatable
        self.essay = " ".join(["word"] * module.content.essay_words_min)
        self.answers = _answers(module.content)
        self.present: dict[int, int] = {}
        self.actors = self._cast()
        self.left = self.changed = 0

    def _cast(self) -> list[_Actor]:
        people = add_people(self.session, self.plan.authors)
        self.session.commit()
        return [self._actor(person_id) for person_id in people]

    def _actor(self, person_id: int) -> _Actor:
        plan, arrives = self.plan, self.rng.randrange(max(1, self.plan.days))
        leaves = self.rng.randrange(arrives, plan.days + 1) if self.rng.random() < plan.dropouts else None
        return _Actor(person_id, self.rng.choice(plan.languages), arrives, leaves)

    def pass_day(self, day: int) -> None:
        actors = self.rng.sample(self.actors, len(self.actors))
        for actor in actors:
            if actor.arrives == day:
                self._hand_in(actor)
        for actor in actors:
            if actor.person_id in self.present:
                self._work(actor, BEGINS, FINISHES)
            if actor.leaves == day:
                self._leave(actor)

    def finish(self) -> None:
        """Those who are still to leave do so, and the others do all that there is to do."""
        for actor in self.actors:
            if actor.leaves == self.plan.days:
                self._leave(actor)
        for _ in range(2):
            for actor in self.actors:
                if actor.person_id in self.present:
                    self._work(actor, 1, 1)

    def _hand_in(self, actor: _Actor) -> None:
        submit_essay(self.session, actor.person_id, self.module, self.essay, 0, language=actor.language)
        query = select(Participation.id).where(Participation.person_id == actor.person_id)
        self.present[actor.person_id] = self.session.scalars(query).one()
        self.session.commit()

    def _work(self, actor: _Actor, begins: float, finishes: float) -> None:
        for task in evaluation_state(self.session, self.present[actor.person_id]).tasks:
            if task.status is EvaluationStatus.OPEN and self.rng.random() < begins:
                start_evaluation(self.session, actor.person_id, task.public_id)
                self._submit(actor, task, finishes)
            elif task.status is EvaluationStatus.STARTED:
                self._submit(actor, task, finishes)
        self.session.commit()

    def _submit(self, actor: _Actor, task: Task, finishes: float) -> None:
        if self.rng.random() < finishes:
            submit_evaluation(self.session, actor.person_id, task.public_id, self.answers, 1)

    def _leave(self, actor: _Actor) -> None:
        participation = self.session.get_one(Participation, self.present.pop(actor.person_id))
        before = self.session.scalar(select(func.max(LogEntry.id))) or 0
        withdraw(self.session, participation, reason="simulated", person_id=None)
        moved = select(func.count()).where(LogEntry.id > before, LogEntry.kind == LogKind.TAKEN_BACK)
        self.changed += self.session.scalars(moved.where(LogEntry.reason == "exchange")).one()
        self.session.commit()
        self.left += 1

    def outcome(self) -> Outcome:
        named = {item.person_id for item in shortages(self.session, [self.module.cohort_id])}
        given, received = self._done(Evaluation.evaluator_id), self._done(Evaluation.author_id)
        exact = {person for person in self.present if (given[person], received[person]) == (2, 2)}
        short = self.present.keys() - exact
        silent = short - named
        stuck = {person for person in silent if given[person] < EVALUATIONS_TO_GIVE and not self._can_work(person)}
        counts = (len(exact), len(short & named), len(silent), len(stuck))
        return Outcome(self.plan.authors, self.left, *counts, self.changed)

    def _done(self, end: Any) -> Counter[int]:
        """Submitted evaluations that each person has given, or has received in a place that counts."""
        rows = self.session.execute(
            select(Participation.person_id, func.count())
            .join(Author, Author.participation_id == Participation.id)
            .join(Evaluation, end == Author.id)
            .where(Evaluation.status == EvaluationStatus.SUBMITTED)
            .group_by(Participation.person_id)
        )
        return Counter({row[0]: row[1] for row in rows})

    def _can_work(self, person_id: int) -> bool:
        tasks = evaluation_state(self.session, self.present[person_id]).tasks
        return any(task.status is not EvaluationStatus.SUBMITTED for task in tasks)


def add_people(session: Session, number: int) -> Sequence[int]:
    """People of a platform that does not exist; not committed."""
    address = "https://simulation.invalid/"
    platform = Platform(
        name="Simulation",
        issuer=address,
        client_id="simulation",
        auth_url=address,
        token_url=address,
        jwks_url=address,
        token_audience=None,
    )
    session.add(platform)
    session.flush()
    rows = [{"platform_id": platform.id, "subject": f"author-{n}"} for n in range(number)]
    people = table_of(Person).c
    return (
        session.scalars(insert(Person).returning(people.id, sort_by_parameter_order=True), rows).all() if rows else []
    )


def _answers(content: ModuleContent) -> Answers:
    comment = " ".join(["word"] * content.comment_words_min)
    form = content.text_in(content.default_language).evaluation
    criteria = {c.key: CriterionAnswer(level=c.levels[0].key, comment=comment) for c in form.criteria}
    return Answers(criteria=criteria, overall=comment)
