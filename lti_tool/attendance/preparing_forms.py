"""Read the answers that the page of a preparation or its script sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr
from wtforms import HiddenField, TextAreaField

from lti_tool.attendance.preparing import LONGEST
from lti_tool.drafts import Unreadable, clean_text
from lti_tool.texts import gettext as _


class Draft(BaseModel):
    """What the page's script sends while somebody writes; one answer for each question."""

    model_config = ConfigDict(extra="forbid")

    answers: list[Annotated[StrictStr, Field(max_length=LONGEST)]]
    version: StrictInt

    def for_questions(self, number: int) -> list[str]:
        if len(self.answers) != number:
            raise Unreadable("answers to other questions")
        return [clean_text(text) for text in self.answers]


class PreparationForm(FlaskForm):  # type: ignore[misc]
    """`version` is the version that the answers were written on."""

    version = HiddenField()

    def base_version(self) -> int:
        version = self.version.data or ""
        if not (version.isascii() and version.isdigit() and len(version) <= 9):
            raise Unreadable("preparation without its version")
        return int(version)

    @property
    def questions(self) -> list[Any]:
        return [field for field in self if field.name.startswith("answer-")]

    @property
    def answers(self) -> list[str]:
        return [field.data or "" for field in self.questions]

    def fits(self) -> bool:
        """What is too long is said at its field."""
        for field in self.questions:
            if len(field.data or "") > LONGEST:
                field.errors = [_("Write at most %(most)s characters here.", most=LONGEST)]
        return not self.errors

    def ask_for(self, places: Sequence[int]) -> None:
        """Say at its field which answer is wanting."""
        for place in places:
            text = _("Question %(number)s: write a few words, then you are prepared.", number=place + 1)
            self[f"answer-{place}"].errors = [text]


def preparation_form(
    questions: Sequence[str], answers: dict[str, str] | None = None, version: int = 0
) -> PreparationForm:
    """Filled with `answers`, or else with what was posted."""
    fields = {f"answer-{place}": _answer(question) for place, question in enumerate(questions)}
    form: type[PreparationForm] = type("Asked", (PreparationForm,), fields)
    if answers is None:
        return form()
    return form(formdata=None, version=version, data={f"answer-{place}": text for place, text in answers.items()})


def _answer(question: str) -> TextAreaField:
    return TextAreaField(question, filters=[lambda text: clean_text(text or "")])
