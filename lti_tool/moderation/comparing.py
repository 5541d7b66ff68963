"""Two evaluations of the same essay, criterion by criterion."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.peer_review.answers import Answers, CriterionAnswer
from lti_tool.programme.content import Criterion, EvaluationForm


@dataclass(frozen=True, slots=True)
class Side:
    """One evaluator's answer: `level` counts from 1, None if there is none that the form knows."""

    level: int | None
    label: str
    comment: str


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    levels: int
    sides: tuple[Side, Side]

    @property
    def apart(self) -> int | None:
        one, other = (side.level for side in self.sides)
        return None if one is None or other is None else abs(one - other)


def compared(form: EvaluationForm, one: Answers, other: Answers) -> list[Row]:
    """Of two versions of a form, `form` is that of the first: a level that it does not know has no number."""
    return [
        Row(
            criterion.title,
            len(criterion.levels),
            (_side(criterion, one.of(criterion.key)), _side(criterion, other.of(criterion.key))),
        )
        for criterion in form.criteria
    ]


def _side(criterion: Criterion, answer: CriterionAnswer) -> Side:
    for number, level in enumerate(criterion.levels, 1):
        if level.key == answer.level:
            return Side(number, level.label, answer.comment)
    return Side(None, "", answer.comment)
