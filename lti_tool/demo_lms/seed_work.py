"""What people of the demo have done before anybody plays them, done through the product's own actions.

Everybody writes in their own language. In each there are at least three evaluations not begun, so that a newcomer's
essay finds two others at once. Each newcomer who finishes leaves as many as there were. Whatever day it is, all dates
are ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import yaml
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.choosing.actions import choose
from lti_tool.demo_lms import seed_past as past
from lti_tool.demo_lms.cast import OTHER_MODULE, PEOPLE
from lti_tool.demo_lms.seed_dates import give_more_time, set_demo_dates
from lti_tool.demo_lms.seed_launches import Launcher
from lti_tool.demo_lms.seed_past import TEXTS
from lti_tool.demo_lms.seed_story import (
    ALONE_DAYS,
    ALONE_REASON,
    APPROVED,
    BEGUN,
    CHOICES,
    DRAFTER,
    FAILED,
    FINISHED,
    GIVEN,
    JUDGED,
    OTHER_WRITER,
    RETURNED,
    SECOND,
    WRITERS,
    Given,
    Judged,
    Reviewed,
    Writer,
)
from lti_tool.demo_lms.seed_training import seed_training
from lti_tool.modules.models import ModuleChoice, Participation, StepResult
from lti_tool.modules.queries import standing_of
from lti_tool.peer_review.actions import read_evaluation, save_evaluation, start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers
from lti_tool.peer_review.feedback import flag, give_feedback
from lti_tool.peer_review.models import Author, Evaluation, Feedback, LogEntry, ReviewEntry
from lti_tool.peer_review.pools import locked_pool
from lti_tool.peer_review.reviews import Decided, approve, return_to_evaluator, version_seen
from lti_tool.peer_review.shortages import Side, waive
from lti_tool.people.models import Person
from lti_tool.programme.queries import CurrentModule, current_module
from lti_tool.quiz.actions import save_answers, start_attempt, submit_attempt
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.queries import open_attempt, solutions_of
from lti_tool.reflection.actions import save_draft, submit_essay
from lti_tool.reflection.models import Essay

MODULE = "om1"
# Everybody meets the same demo: with the order of arrival it decides who evaluates whom.
POOL_SEED = 20
_DATED = (
    Participation,
    ModuleChoice,
    StepResult,
    Attempt,
    Essay,
    Author,
    Evaluation,
    Feedback,
    LogEntry,
    ReviewEntry,
)
_LOCALES = {person.sub: person.locale for person in PEOPLE}


def seed_work(session: Session, launcher: Launcher, coordinator_id: int) -> None:
    """Do it all unless somebody has already worked in the cohort that is open."""
    module = current_module(session, MODULE)
    if _begun(session, module.cohort_id):
        return
    for language in module.content.languages:
        locked_pool(session, module.cohort_id, module.id, language).seed = POOL_SEED
    demo = _Demo(session, launcher, module)
    _work(demo)
    _judge(demo, coordinator_id)
    demo.finish_alone(FINISHED, CHOICES[FINISHED.sub], coordinator_id)
    set_demo_dates(session, module.cohort_id, coordinator_id)
    give_more_time(session, module, coordinator_id, demo.person(DRAFTER.sub))
    seed_training(session, launcher, demo.person, module.cohort_id, coordinator_id)


def seed_other_work(session: Session, launcher: Launcher, coordinator_id: int) -> None:
    """The same for the other programme, where essays go to the coordinator and the course leaders alone."""
    module = current_module(session, OTHER_MODULE)
    if _begun(session, module.cohort_id):
        return
    _Demo(session, launcher, module).hand_in(OTHER_WRITER)
    set_demo_dates(session, module.cohort_id, coordinator_id)


def _begun(session: Session, cohort_id: int) -> bool:
    query = select(Participation.id).where(Participation.cohort_id == cohort_id)
    return session.scalars(query.limit(1)).first() is not None


def _work(demo: _Demo) -> None:
    for writer in WRITERS:
        demo.hand_in(writer)
    for given in GIVEN:
        for number in range(len(given.days)):
            demo.evaluate(given, number)
    demo.begin_evaluation(BEGUN, 1, days=0.3)
    demo.draft_essay(DRAFTER)
    demo.take_test(FAILED)
    for sub, key in CHOICES.items():
        demo.choose(sub, key, days=1.2)
    demo.take_test(SECOND, CHOICES[SECOND.sub])


def _judge(demo: _Demo, coordinator_id: int) -> None:
    for judged in JUDGED:
        demo.judge(judged)
    demo.decide(approve, APPROVED, coordinator_id)
    demo.decide(return_to_evaluator, RETURNED, coordinator_id)


class _Demo:
    def __init__(self, session: Session, launcher: Launcher, module: CurrentModule) -> None:
        self._session = session
        self._launcher = launcher
        self._module = module
        self._people: dict[str, int] = {}
        self._received: dict[str, int] = {}

    def take_test(self, writer: Writer, key: str = MODULE) -> None:
        person_id = self.person(writer.sub)
        for tries, wrong in enumerate(writer.wrong):
            hours = 2 - tries
            with ago(self._session, days=writer.days, hours=hours + 0.4):
                start_attempt(self._session, person_id, current_module(self._session, key))
            with ago(self._session, days=writer.days, hours=hours):
                self._answer(person_id, key, wrong)

    def hand_in(self, writer: Writer) -> None:
        self.take_test(writer)
        with ago(self._session, days=writer.days):
            person_id, language = self.person(writer.sub), _LOCALES[writer.sub]
            submit_essay(self._session, person_id, self._module, essay_text(writer.sub), 0, language=language)

    def finish_alone(self, writer: Writer, key: str, coordinator_id: int) -> None:
        """Hand in the essay of a module in which nobody else has, so that the coordinator asks for no evaluations."""
        self.take_test(writer, key)
        session, person_id, module = self._session, self.person(writer.sub), current_module(self._session, key)
        with ago(session, days=writer.days):
            text, language = essay_text(f"{writer.sub}.{key}"), _LOCALES[writer.sub]
            submit_essay(session, person_id, module, text, 0, language=language)
        author = session.scalars(
            select(Author)
            .join(Participation, Participation.id == Author.participation_id)
            .where(Participation.person_id == person_id, Participation.module_id == module.id)
        ).one()
        with ago(session, days=ALONE_DAYS):
            for side in Side:
                waive(session, author, side, reason=ALONE_REASON, person_id=coordinator_id)

    def draft_essay(self, writer: Writer) -> None:
        self.take_test(writer)
        with ago(self._session, days=writer.days):
            person_id, language = self.person(writer.sub), _LOCALES[writer.sub]
            save_draft(self._session, person_id, self._module, essay_text(f"{writer.sub}.draft"), 0, language=language)

    def evaluate(self, given: Given, number: int) -> None:
        days = given.days[number]
        person_id, evaluation = self._begin(given.sub, number, days, given.minutes)
        answers = self._next_answers(evaluation, given.text)
        with ago(self._session, days=days), force_locale(_LOCALES[given.sub]):
            submit_evaluation(self._session, person_id, evaluation.public_id, answers, evaluation.version)

    def begin_evaluation(self, sub: str, number: int, days: float) -> None:
        person_id, evaluation = self._begin(sub, number, days)
        answers = self._next_answers(evaluation)
        half = Answers(criteria=dict(list(answers.criteria.items())[:2]))
        with ago(self._session, days=days):
            save_evaluation(self._session, person_id, evaluation.public_id, half, evaluation.version)

    def judge(self, judged: Judged) -> None:
        where = self._session, self.person(judged.sub), MODULE, judged.number
        with ago(self._session, days=judged.days):
            read_evaluation(*where)
            if judged.useful:
                give_feedback(*where, useful=judged.useful, why=judged.why)
            if judged.flag:
                flag(*where, judged.flag)

    def decide(self, decision: Callable[..., Decided], reviewed: Reviewed, coordinator_id: int) -> None:
        public_id = self._tasks(self.person(reviewed.sub))[reviewed.number]
        evaluation = self._session.scalars(select(Evaluation).where(Evaluation.public_id == public_id)).one()
        seen = version_seen(self._session, evaluation)
        with ago(self._session, days=reviewed.days):
            decision(self._session, evaluation, seen=seen, reason=reviewed.reason, person_id=coordinator_id)

    def choose(self, sub: str, key: str, *, days: float) -> None:
        with ago(self._session, days=days):
            choose(self._session, self.person(sub), key)

    def person(self, sub: str) -> int:
        if sub not in self._people:
            self._people[sub] = self._launcher.arrive(sub, self._module.key)
        return self._people[sub]

    def _begin(self, sub: str, number: int, days: float, minutes: float = 40) -> tuple[int, Evaluation]:
        person_id = self.person(sub)
        public_id = self._tasks(person_id)[number]
        with ago(self._session, days=days, hours=minutes / 60):
            return person_id, start_evaluation(self._session, person_id, public_id)

    def _tasks(self, person_id: int) -> Sequence[str]:
        return self._session.scalars(
            select(Evaluation.public_id)
            .join(Author, Author.id == Evaluation.evaluator_id)
            .join(Participation, Participation.id == Author.participation_id)
            .where(Participation.person_id == person_id)
            .order_by(Evaluation.given_slot)
        ).all()

    def _next_answers(self, evaluation: Evaluation, text: str = "") -> Answers:
        """What somebody thinks of that essay; two people never write the same, unless it is the named `text`."""
        if text:
            return Answers.model_validate(evaluation_texts(text)[0])
        person_id = evaluation.author.participation.person_id
        sub = self._session.get_one(Person, person_id).subject
        earlier = self._received.setdefault(sub, 0)
        self._received[sub] += 1
        return Answers.model_validate(evaluation_texts(sub)[earlier])

    def _answer(self, person_id: int, key: str, wrong: int) -> None:
        """Everybody finds other questions difficult."""
        standing = standing_of(self._session, person_id, key)
        attempt = open_attempt(self._session, standing.participation_id)
        assert attempt is not None
        text = standing.content.text_in(standing.content.default_language)
        answers: dict[str, frozenset[str]] = solutions_of(text)
        first = 3 * person_id
        for number in range(first, first + wrong):
            question = text.questions[number % len(text.questions)]
            wrong_ones = [option.key for option in question.options if not option.correct]
            answers[question.key] = frozenset([wrong_ones[number % len(wrong_ones)]])
        save_answers(self._session, attempt, answers)
        submit_attempt(self._session, attempt, standing.content)


def ago(session: Session, *, days: float, hours: float = 0) -> AbstractContextManager[None]:
    """Let everything that happens within have happened that long ago."""
    return past.ago(session, _DATED, days=days, hours=hours)


def essay_text(name: str) -> str:
    return (TEXTS / f"{name}.md").read_text(encoding="utf-8").strip()


@cache
def evaluation_texts(author: str) -> list[Any]:
    """The two evaluations of that author's essay, or what somebody writes of any."""
    texts: list[Any] = yaml.safe_load((TEXTS / f"{author}.yaml").read_text(encoding="utf-8"))
    return texts
