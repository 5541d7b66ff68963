"""What one side of the final evaluation says, and what is still missing before it can be submitted."""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictStr

from lti_tool.drafts import clean_text

# What is said besides the learning outcomes, in the order of the form.
TEXTS = ("development", "works", "change")


class Level(enum.StrEnum):
    """How far somebody has come with a learning outcome, from lowest to highest."""

    BEGINNING = "beginning"
    DEVELOPING = "developing"
    SECURE = "secure"
    LEADING = "leading"


# Not every course gives occasion for every learning outcome, and a level that is guessed says nothing.
NOT_SEEN = "not-seen"
_CHOICES = frozenset({*Level, NOT_SEEN})


class Judged(BaseModel):
    """`level` is a `Level`, `NOT_SEEN`, or empty while nothing is chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: StrictStr = ""
    comment: StrictStr = ""


class Answers(BaseModel):
    """Complete or not; `outcomes` by the key of the learning outcome. `development` is about the whole term, `works`
    and `change` about how learning assistants are used in the course."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcomes: dict[str, Judged] = {}
    development: StrictStr = ""
    works: StrictStr = ""
    change: StrictStr = ""

    def of(self, outcome: str) -> Judged:
        return self.outcomes.get(outcome, Judged())

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def fitted(answers: Answers, outcomes: Collection[str]) -> Answers:
    """`answers` as they can be stored. Raises ValueError for a learning outcome or a level that there is not."""
    if not answers.outcomes.keys() <= set(outcomes):
        raise ValueError("unknown learning outcome")
    if any(one.level and one.level not in _CHOICES for one in answers.outcomes.values()):
        raise ValueError("unknown level")
    judged = {key: answers.of(key) for key in outcomes}
    return Answers(
        outcomes={key: Judged(level=one.level, comment=clean_text(one.comment)) for key, one in judged.items()},
        **{name: clean_text(getattr(answers, name)) for name in TEXTS},
    )


def gaps(answers: Answers, outcomes: Collection[str]) -> list[str]:
    """What must be filled in before submitting, in the order of the form: "level-" with the key of a learning outcome,
    or one of `TEXTS`. Comments are free."""
    unjudged = [f"level-{key}" for key in outcomes if not answers.of(key).level]
    return unjudged + [name for name in TEXTS if not getattr(answers, name).strip()]
