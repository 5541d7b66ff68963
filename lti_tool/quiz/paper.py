"""A test as one attempt shows it: questions in the author's order, options in the attempt's own."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from lti_tool.programme.content import Image, ModuleText, Question
from lti_tool.quiz.shuffle import shuffled


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    text: str
    feedback: str
    correct: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """`number` counts from 1."""

    number: int
    key: str
    text: str
    multiple: bool
    choices: tuple[Choice, ...]
    images: tuple[Image, ...] = ()

    @property
    def answered(self) -> bool:
        return any(choice.chosen for choice in self.choices)

    @property
    def right(self) -> bool:
        return all(choice.chosen == choice.correct for choice in self.choices)


def paper(text: ModuleText, seed: int, answers: Mapping[str, Set[str]]) -> list[Asked]:
    """The questions of `text` with what was chosen in `answers`."""
    return [
        Asked(
            number,
            question.key,
            question.text,
            question.kind == "multiple",
            _choices(question, seed, answers.get(question.key, frozenset())),
            question.images,
        )
        for number, question in enumerate(text.questions, start=1)
    ]


def _choices(question: Question, seed: int, chosen: Set[str]) -> tuple[Choice, ...]:
    options = {option.key: option for option in question.options}
    return tuple(
        Choice(key, options[key].text, options[key].feedback, options[key].correct, key in chosen)
        for key in shuffled(options, seed, question.key)
    )
