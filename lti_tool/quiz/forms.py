"""Read the answers that a page or its script sends. Anything that the page does not offer is refused."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from werkzeug.datastructures import MultiDict

from lti_tool.drafts import Unreadable
from lti_tool.programme.content import Question

PREFIX = "q-"
_OTHER_FIELDS = {"csrf_token", "action"}


class Wish(StrEnum):
    """Which button was used. `SUBMIT_ANYWAY` confirms that unanswered questions count as wrong."""

    SAVE = "save"
    SUBMIT = "submit"
    SUBMIT_ANYWAY = "submit-anyway"


class OneAnswer(BaseModel):
    """What the page's script sends when a choice changes.

    `seconds` is how long the question has had its reader's attention since it was last sent.
    """

    model_config = ConfigDict(extra="forbid")

    question: StrictStr
    chosen: list[StrictStr]
    seconds: StrictInt | None = None


def wish_in(form: MultiDict[str, str]) -> Wish:
    try:
        return Wish(form.get("action", ""))
    except ValueError as error:
        raise Unreadable("unknown button") from error


def answers_in(form: MultiDict[str, str], questions: Collection[Question]) -> dict[str, list[str]]:
    """The chosen options by question.

    A question of the kind `single` that is not in the form is left out: a radio button cannot be unchecked, so the
    form comes from a tab that did not know of an answer given elsewhere. Missing check boxes mean none chosen.
    """
    by_field = {PREFIX + question.key: question for question in questions}
    if set(form) - set(by_field) - _OTHER_FIELDS:
        raise Unreadable("unknown field in a test")
    return {
        question.key: checked_choice(question, form.getlist(field))
        for field, question in by_field.items()
        if field in form or question.kind == "multiple"
    }


def answer_in(body: OneAnswer, questions: Collection[Question]) -> dict[str, list[str]]:
    for question in questions:
        if question.key == body.question:
            return {question.key: checked_choice(question, body.chosen)}
    raise Unreadable("unknown question")


def checked_choice(question: Question, chosen: list[str]) -> list[str]:
    """`chosen` as it is, if the question offers it; raises `Unreadable` otherwise."""
    unknown = set(chosen) - {option.key for option in question.options}
    if unknown or len(set(chosen)) != len(chosen) or (question.kind == "single" and len(chosen) > 1):
        raise Unreadable("a choice that the question does not offer")
    return chosen
