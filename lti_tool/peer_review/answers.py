"""What an evaluator answers, and what is still missing before it can be submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictStr

from lti_tool.drafts import clean_text
from lti_tool.programme.content import EvaluationForm
from lti_tool.reflection.words import count_words


class CriterionAnswer(BaseModel):
    """`level` is the key of a level, empty while none is chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: StrictStr = ""
    comment: StrictStr = ""


class Answers(BaseModel):
    """Answers by the key of their criterion, complete or not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria: dict[str, CriterionAnswer] = {}
    overall: StrictStr = ""

    def of(self, criterion: str) -> CriterionAnswer:
        return self.criteria.get(criterion, CriterionAnswer())

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing: a criterion's level, or a comment that has only `words`. `criterion` None: the overall one."""

    criterion: str | None
    words: int | None


def fitted(answers: Answers, form: EvaluationForm) -> Answers:
    """`answers` as they can be stored. Raises ValueError for a criterion or level that the form does not have."""
    levels = {criterion.key: {level.key for level in criterion.levels} for criterion in form.criteria}
    for key, answer in answers.criteria.items():
        if answer.level and answer.level not in levels.get(key, set()):
            raise ValueError("unknown level")
    if not answers.criteria.keys() <= levels.keys():
        raise ValueError("unknown criterion")
    cleaned = {
        key: CriterionAnswer(level=answers.of(key).level, comment=clean_text(answers.of(key).comment)) for key in levels
    }
    return Answers(criteria=cleaned, overall=clean_text(answers.overall))


def gaps(answers: Answers, form: EvaluationForm, words_min: int) -> list[Gap]:
    """Everything that must be mended before submitting, in the order of the form."""
    found: list[Gap] = []
    for criterion in form.criteria:
        answer = answers.of(criterion.key)
        if not answer.level:
            found.append(Gap(criterion.key, None))
        found += _short(criterion.key, answer.comment, words_min)
    return found + _short(None, answers.overall, words_min)


def _short(criterion: str | None, comment: str, words_min: int) -> list[Gap]:
    words = count_words(comment)
    return [Gap(criterion, words)] if words < words_min else []
