"""Where somebody stands in a module, and who has to do something before it goes on."""

from __future__ import annotations

import enum


class Who(enum.StrEnum):
    """Who acts next. `OTHERS` are learning assistants who have not submitted their essays yet."""

    LEARNER = "learner"
    OTHERS = "others"
    COORDINATOR = "coordinator"
    NOBODY = "nobody"


class Stage(enum.StrEnum):
    """Everybody of a module is in exactly one, in this order of progress."""

    OPENED = "opened"
    TEST = "test"
    TEST_STUCK = "test-stuck"
    ESSAY = "essay"
    DRAFT = "draft"
    ESSAY_RETURNED = "essay-returned"
    WAITING = "waiting"
    NO_ESSAY = "no-essay"
    NOT_BEGUN = "not-begun"
    BEGUN = "begun"
    RETURNED = "returned"
    LAPSED = "lapsed"
    LEFT = "left"
    COMPLETE = "complete"

    @property
    def who(self) -> Who:
        return _WHO.get(self, Who.LEARNER)


# Everything else is for the learning assistant to do.
_WHO = {
    Stage.TEST_STUCK: Who.COORDINATOR,
    Stage.WAITING: Who.OTHERS,
    Stage.NO_ESSAY: Who.COORDINATOR,
    Stage.LEFT: Who.NOBODY,
    Stage.COMPLETE: Who.NOBODY,
}
