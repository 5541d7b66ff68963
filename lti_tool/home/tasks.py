"""From where a person stands to their task list: every part of a module with its state, and the one next step."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.peer_review.models import EvaluationStatus
from lti_tool.peer_review.queries import EvaluationState
from lti_tool.programme.content import Step
from lti_tool.quiz.queries import TestState
from lti_tool.reflection.queries import EssayState


class Part(enum.StrEnum):
    READING = "reading"
    TEST = "test"
    ESSAY = "essay"
    EVALUATIONS = "evaluations"


class Status(enum.StrEnum):
    # Free to use at any time, counts for nothing.
    OPEN = "open"
    NOT_STARTED = "not started"
    STARTED = "started"
    # Cannot be opened before an earlier part is done.
    LATER = "later"
    # Somebody else has to do something first.
    WAITING = "waiting"
    # No attempts are left.
    STUCK = "stuck"
    # A coordinator wants it written anew.
    RETURNED = "returned"
    # The time for it ran out; another is to be had.
    LAPSED = "lapsed"
    DONE = "done"


_DOABLE = (Status.NOT_STARTED, Status.STARTED, Status.RETURNED, Status.LAPSED)


@dataclass(frozen=True, slots=True)
class Task:
    """`at` is when the state came about: last saved, done, or waiting since."""

    part: Part
    status: Status
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`next_part` is None when everything is done or nothing can be done right now."""

    tasks: tuple[Task, ...]
    next_part: Part | None

    def task(self, part: Part) -> Task:
        return next(task for task in self.tasks if task.part is part)

    @property
    def done(self) -> int:
        return sum(task.status is Status.DONE for task in self.tasks)

    @property
    def begun(self) -> bool:
        return any(task.status not in (Status.OPEN, Status.NOT_STARTED, Status.LATER) for task in self.tasks)

    @property
    def complete(self) -> bool:
        return self.done == self.total

    @property
    def total(self) -> int:
        """The parts that count: all but the reading."""
        return len(self.tasks) - 1


def plan(
    test: TestState,
    essay: EssayState,
    evaluations: EvaluationState,
    done: Mapping[Step, datetime],
    steps: Collection[Step] = tuple(Step),
) -> Plan:
    """`done` maps the steps that count as finished to when; nothing that happens later takes one back.

    `steps` are those of the module.
    """
    # A returned essay keeps its place among the others.
    essay_in = Step.ESSAY in done or essay.returned_at is not None
    states = {
        Step.TEST: lambda: _test(test),
        Step.ESSAY: lambda: _essay(essay),
        Step.EVALUATIONS: lambda: _evaluations(evaluations, essay_in),
    }
    counted = (_done(Part(step), done) or states[step]() for step in Step if step in steps)
    tasks = (Task(Part.READING, Status.OPEN), *counted)
    found = Plan(tasks, _first_doable(tasks))
    return found if found.begun else Plan(tasks, Part.READING)


def _done(part: Part, done: Mapping[Step, datetime]) -> Task | None:
    at = done.get(Step(part.value))
    return Task(part, Status.DONE, at) if at else None


def _test(test: TestState) -> Task:
    if not test.may_start:
        return Task(Part.TEST, Status.STUCK)
    begun = test.attempts_used > 0 or test.open_attempt
    return Task(Part.TEST, Status.STARTED if begun else Status.NOT_STARTED)


def _essay(essay: EssayState) -> Task:
    if essay.returned_at is not None:
        return Task(Part.ESSAY, Status.RETURNED, essay.returned_at)
    return Task(Part.ESSAY, Status.STARTED if essay.saved_at else Status.NOT_STARTED, essay.saved_at)


def _evaluations(evaluations: EvaluationState, essay_in: bool) -> Task:
    if not essay_in:
        return Task(Part.EVALUATIONS, Status.LATER)
    upcoming = evaluations.next_task
    if upcoming is None and evaluations.lapsed and not evaluations.withdrawn:
        return Task(Part.EVALUATIONS, Status.LAPSED)
    if upcoming is None:
        return Task(Part.EVALUATIONS, Status.WAITING, evaluations.waiting_since)
    if upcoming.returned_at is not None:
        return Task(Part.EVALUATIONS, Status.RETURNED, upcoming.returned_at)
    begun = any(evaluation.status is not EvaluationStatus.OPEN for evaluation in evaluations.tasks)
    return Task(Part.EVALUATIONS, Status.STARTED if begun else Status.NOT_STARTED, upcoming.saved_at)


def _first_doable(tasks: tuple[Task, ...]) -> Part | None:
    doable = (task.part for task in tasks if task.status in _DOABLE)
    return next(doable, None)
