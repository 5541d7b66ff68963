"""The forms about what is agreed on, and the final evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lti_tool.course_module.agreement import Expectations, Seen
from lti_tool.course_module.answers import NOT_SEEN, TEXTS, Answers, Judged, Level
from lti_tool.course_module.words import level_words, text_prompts
from lti_tool.drafts import Unreadable, clean_text, stripped
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

_CHOICES = (*Level, NOT_SEEN)
_LONGEST = 10_000


class Wish(StrEnum):
    """Which button of an evaluation was used."""

    SAVE = "save"
    SUBMIT = "submit"
    TAKE_BACK = "take-back"


class Draft(BaseModel):
    """What the page's script sends while somebody writes."""

    model_config = ConfigDict(extra="forbid")

    outcomes: dict[str, Judged]
    development: StrictStr
    works: StrictStr
    change: StrictStr
    version: StrictInt

    def answers(self) -> Answers:
        return Answers(**self.model_dump(exclude={"version"}))


def _prose(label: Any, hint: Any = "") -> Any:
    return TextAreaField(label, description=hint, filters=[stripped])


class _Versioned(FlaskForm):  # type: ignore[misc]
    """`version` is that of the text which the page showed."""

    version = HiddenField()

    def base_version(self) -> int:
        """Raises `Unreadable` for a form that is not the page's own."""
        return number_in(self.version.data)


class AgreementForm(_Versioned):
    tasks = _prose(
        _l("The work tasks"), _l("What learning assistants do in the course, when and where, and what they do not do.")
    )
    communication = _prose(
        _l("Communication with the course teacher"),
        _l("How you keep in touch, how quickly one can expect an answer, and what to do when somebody is ill."),
    )
    follow_up = _prose(_l("The follow-up"), _l("When you meet during the term, what for, and what is to be prepared."))

    def expectations(self) -> Expectations | None:
        """None when something is wanting, which is said at its field then."""
        for field in (self.tasks, self.communication, self.follow_up):
            if field.raw_data == []:
                raise Unreadable("agreement form without its fields")
            if not field.data:
                field.errors = [_("%(title)s: write what you have agreed on.", title=field.label.text)]
            elif len(field.data) > _LONGEST:
                field.errors = [_too_long()]
        if self.errors:
            return None
        return Expectations(self.tasks.data or "", self.communication.data or "", self.follow_up.data or "")


class AdditionForm(_Versioned):
    addition = _prose(
        _l("What holds for them alone"),
        _l("Such as another task or other hours. They are asked to confirm it. Leave it empty if nothing does."),
    )

    def text(self) -> str | None:
        """None when it cannot be stored, which is said at the field then."""
        if self.addition.raw_data == []:
            raise Unreadable("form without its field")
        if len(self.addition.data or "") > _LONGEST:
            self.addition.errors = [_too_long()]
            return None
        return self.addition.data or ""


class RemarkForm(FlaskForm):  # type: ignore[misc]
    """`seen` and `seen_addition` are the revisions that the page showed. There is one form for each course, so its
    names begin with `prefix`."""

    class Meta:
        # The application checks the page's token itself, which has no prefix.
        csrf = False

    seen = HiddenField()
    seen_addition = HiddenField()
    remark = _prose(
        _l("Your remark"), _l("If something is missing, or you see it differently. Your course teacher reads it.")
    )

    def revisions(self) -> Seen:
        """Raises `Unreadable` for a form that is not the page's own."""
        if self.remark.raw_data == []:
            raise Unreadable("confirmation without its fields")
        return Seen(number_in(self.seen.data), number_in(self.seen_addition.data))

    def text(self, *, wanted: bool) -> str | None:
        """None when something is wanting, which is said at the field then; `wanted` is whether it may not be empty."""
        if wanted and not self.remark.data:
            self.remark.errors = [_("Write what you want to say about it.")]
        elif len(self.remark.data or "") > _LONGEST:
            self.remark.errors = [_too_long()]
        return None if self.errors else self.remark.data or ""


def evaluation_form(outcomes: Mapping[str, str], answers: Answers | None = None, version: int | None = None) -> Any:
    """The form about `outcomes` (their wording by key), filled with `answers`, or else with what was posted."""
    fields: dict[str, Any] = {}
    for key, wording in outcomes.items():
        fields[f"level-{key}"] = RadioField(wording, choices=_levels(), validate_choice=False)
        fields[f"comment-{key}"] = _comment(wording)
    for name, (prompt, hint) in text_prompts().items():
        fields[name] = _comment(prompt, hint)
    form = type("FilledEvaluation", (_Versioned,), fields)
    if answers is None:
        return form()
    return form(formdata=None, data=_as_data(answers), version=version)


def posted_answers(form: Any, outcomes: Mapping[str, str]) -> Answers:
    """Raises `Unreadable` for a level that there is not, and for a form without its fields."""
    if any(form[name].raw_data == [] for name in TEXTS):
        raise Unreadable("evaluation form without its fields")
    judged = {}
    for key in outcomes:
        level = form[f"level-{key}"].data or ""
        if level and level not in _CHOICES:
            raise Unreadable("unknown level")
        judged[key] = Judged(level=level, comment=form[f"comment-{key}"].data or "")
    return Answers(outcomes=judged, **{name: form[name].data or "" for name in TEXTS})


def show_gaps(form: Any, gaps: list[str]) -> None:
    """Put a message at each field that is wanting; it names the field, because the summary lists it alone."""
    for name in gaps:
        title = form[name].label.text
        form[name].errors = [
            _("Choose a level: %(title)s.", title=title)
            if name.startswith("level-")
            else _("Write a few words: %(title)s.", title=title)
        ]


def wish_in(action: str | None) -> Wish:
    try:
        return Wish(action or "")
    except ValueError as error:
        raise Unreadable("unknown button") from error


def number_in(text: str | None) -> int:
    """Raises `Unreadable` for what no page of ours has in a hidden field."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Unreadable("form without its version")
    return int(text)


def _levels() -> list[SelectChoice]:
    return [SelectChoice(key, label) for key, (label, _description) in level_words().items()]


def _comment(prompt: str, hint: str = "") -> TextAreaField:
    return TextAreaField(prompt, description=hint, filters=[lambda text: clean_text(text or "")])


def _as_data(answers: Answers) -> dict[str, str]:
    data = {name: getattr(answers, name) for name in TEXTS}
    for key, one in answers.outcomes.items():
        data[f"level-{key}"], data[f"comment-{key}"] = one.level, one.comment
    return data


def _too_long() -> str:
    return _("Write at most %(most)s characters.", most=_LONGEST)
