"""What people of the demo have done before anybody plays them, done through the product's own actions.

Everybody writes in their own language. In each there are at least three evaluations not begun, so that a newcomer's
essay finds two others at once. Each newcomer who finishes leaves as many as there were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import yaml
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import UtcDateTime, now, table_of
from lti_tool.demo_lms.cast import PEOPLE
from lti_tool.demo_lms.seed_launches import Launcher
from lti_tool.modules.models import Participation, StepResult
from lti_tool.modules.queries import standing_of
from lti_tool.paths import PACKAGE
from lti_tool.peer_review.actions import save_evaluation, start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers
from lti_tool.peer_review.models import Author, Evaluation, LogEntry
from lti_tool.peer_review.pools import locked_pool
from lti_tool.people.models import Person
from lti_tool.programme.queries import CurrentModule, current_module
from lti_tool.quiz.actions import save_answers, start_attempt, submit_attempt
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.queries import open_attempt, solutions_of
from lti_tool.reflection.actions import save_draft, submit_essay
from lti_tool.reflection.models import Essay

MODULE = "om1"
TEXTS = PACKAGE / "demo_lms" / "seed_texts"
# Everybody meets the same demo: with the order of arrival it decides who evaluates whom.
POOL_SEED = 20
_DATED = (Participation, StepResult, Attempt, Essay, Author, Evaluation, LogEntry)
_LOCALES = {person.sub: person.locale for person in PEOPLE}


@dataclass(frozen=True)
class Writer:
    """`wrong` has the number of wrong answers of each attempt at the test; the essay followed `days` ago."""

    sub: str
    days: float
    wrong: tuple[int, ...]


WRITERS = (
    Writer("la-amina", 12.1, (0,)),
    Writer("la-nils", 11.3, (5, 1)),
    Writer("la-thuy", 9.0, (2,)),
    Writer("la-oda", 7.2, (1,)),
    Writer("la-priya", 5.4, (0,)),
    Writer("la-eirik", 4.3, (1,)),
    Writer("la-elif", 3.1, (4, 2)),
    Writer("la-daniel", 2.4, (0,)),
)
# Who has given how many of the two evaluations, and how many days ago the first; the next came a day later.
GIVEN = (
    ("la-amina", 2, 2.6),
    ("la-nils", 2, 2.2),
    ("la-thuy", 1, 1.9),
    ("la-oda", 1, 1.1),
    ("la-daniel", 1, 0.9),
)
BEGUN = "la-thuy"
DRAFTER = Writer("la-leila", 1.2, (2,))
FAILED = Writer("la-sindre", 0.8, (5,))


def seed_work(session: Session, launcher: Launcher) -> None:
    """Do it all unless somebody has already worked in the cohort that is open."""
    module = current_module(session, MODULE)
    if session.scalars(select(Participation.id).where(Participation.cohort_id == module.cohort_id).limit(1)).first():
        return
    for language in module.content.languages:
        locked_pool(session, module.cohort_id, module.id, language).seed = POOL_SEED
    demo = _Demo(session, launcher, module)
    for writer in WRITERS:
        demo.hand_in(writer)
    for sub, times, days in GIVEN:
        for number in range(times):
            demo.evaluate(sub, number, days - number)
    demo.begin_evaluation(BEGUN, 1, days=0.3)
    demo.draft_essay(DRAFTER)
    demo.take_test(FAILED)


class _Demo:
    def __init__(self, session: Session, launcher: Launcher, module: CurrentModule) -> None:
        self._session = session
        self._launcher = launcher
        self._module = module
        self._people: dict[str, int] = {}
        self._received: dict[str, int] = {}

    def take_test(self, writer: Writer) -> None:
        person_id = self._person(writer.sub)
        for tries, wrong in enumerate(writer.wrong):
            hours = 2 - tries
            with ago(self._session, days=writer.days, hours=hours + 0.4):
                start_attempt(self._session, person_id, self._module)
            with ago(self._session, days=writer.days, hours=hours):
                self._answer(person_id, wrong)

    def hand_in(self, writer: Writer) -> None:
        self.take_test(writer)
        with ago(self._session, days=writer.days):
            person_id, language = self._person(writer.sub), _LOCALES[writer.sub]
            submit_essay(self._session, person_id, self._module, essay_text(writer.sub), 0, language=language)

    def draft_essay(self, writer: Writer) -> None:
        self.take_test(writer)
        with ago(self._session, days=writer.days):
            person_id, language = self._person(writer.sub), _LOCALES[writer.sub]
            save_draft(self._session, person_id, self._module, essay_text(f"{writer.sub}.draft"), 0, language=language)

    def evaluate(self, sub: str, number: int, days: float) -> None:
        """Give the person's evaluation 0 or 1, written in forty minutes."""
        person_id, evaluation = self._begin(sub, number, days)
        answers = self._next_answers(evaluation)
        with ago(self._session, days=days), force_locale(_LOCALES[sub]):
            submit_evaluation(self._session, person_id, evaluation.public_id, answers, evaluation.version)

    def begin_evaluation(self, sub: str, number: int, days: float) -> None:
        person_id, evaluation = self._begin(sub, number, days)
        answers = self._next_answers(evaluation)
        half = Answers(criteria=dict(list(answers.criteria.items())[:2]))
        with ago(self._session, days=days):
            save_evaluation(self._session, person_id, evaluation.public_id, half, evaluation.version)

    def _begin(self, sub: str, number: int, days: float) -> tuple[int, Evaluation]:
        person_id = self._person(sub)
        public_id = self._tasks(person_id)[number]
        with ago(self._session, days=days, hours=0.7):
            return person_id, start_evaluation(self._session, person_id, public_id)

    def _tasks(self, person_id: int) -> Sequence[str]:
        return self._session.scalars(
            select(Evaluation.public_id)
            .join(Author, Author.id == Evaluation.evaluator_id)
            .join(Participation, Participation.id == Author.participation_id)
            .where(Participation.person_id == person_id)
            .order_by(Evaluation.given_slot)
        ).all()

    def _next_answers(self, evaluation: Evaluation) -> Answers:
        """What somebody thinks of that essay; two people never write the same."""
        person_id = evaluation.author.participation.person_id
        sub = self._session.get_one(Person, person_id).subject
        earlier = self._received.setdefault(sub, 0)
        self._received[sub] += 1
        return Answers.model_validate(evaluation_texts(sub)[earlier])

    def _answer(self, person_id: int, wrong: int) -> None:
        standing = standing_of(self._session, person_id, MODULE)
        attempt = open_attempt(self._session, standing.participation_id)
        assert attempt is not None
        text = standing.content.text_in(standing.content.default_language)
        answers: dict[str, frozenset[str]] = solutions_of(text)
        for question in text.questions[:wrong]:
            answers[question.key] = frozenset([next(o.key for o in question.options if not o.correct)])
        save_answers(self._session, attempt, answers)
        submit_attempt(self._session, attempt, standing.content)

    def _person(self, sub: str) -> int:
        if sub not in self._people:
            self._people[sub] = self._launcher.arrive(sub, MODULE)
        return self._people[sub]


@contextmanager
def ago(session: Session, *, days: float, hours: float = 0) -> Iterator[None]:
    """Let everything that happens within have happened that long ago."""
    began = now()
    yield
    session.flush()
    for model in _DATED:
        moments = [column.key for column in table_of(model).columns if isinstance(column.type, UtcDateTime)]
        for row in session.scalars(select(model)):
            for name in moments:
                moment = getattr(row, name)
                if moment is not None and moment >= began:
                    setattr(row, name, moment - timedelta(days=days, hours=hours))
    session.flush()


def essay_text(name: str) -> str:
    return (TEXTS / f"{name}.md").read_text(encoding="utf-8").strip()


@cache
def evaluation_texts(author: str) -> list[Any]:
    """The two evaluations of that author's essay."""
    texts: list[Any] = yaml.safe_load((TEXTS / f"{author}.yaml").read_text(encoding="utf-8"))
    return texts
