"""Read and show the evaluation form, which the content pack defines."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lti_tool.drafts import Unreadable, clean_text, stripped
from lti_tool.peer_review.answers import Answers, CriterionAnswer, Gap
from lti_tool.peer_review.feedback import LONGEST
from lti_tool.peer_review.models import Usefulness
from lti_tool.programme.content import Criterion, EvaluationForm
from lti_tool.reflection.words import count_words
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l
from lti_tool.texts import ngettext


class Wish(StrEnum):
    """Which button was used."""

    SAVE = "save"
    PREVIEW = "preview"
    SUBMIT = "submit"


class Draft(BaseModel):
    """What the page's script sends while somebody writes."""

    model_config = ConfigDict(extra="forbid")

    criteria: dict[str, CriterionAnswer]
    overall: StrictStr
    version: StrictInt

    def answers(self) -> Answers:
        return Answers(criteria=self.criteria, overall=self.overall)


class VersionedForm(FlaskForm):  # type: ignore[misc]
    """`version` is the version of the draft that the answers were written on."""

    version = HiddenField()

    def base_version(self) -> int:
        """Raises `Unreadable` for a form that is not the page's own."""
        version = self.version.data or ""
        if not (version.isascii() and version.isdigit() and len(version) <= 9):
            raise Unreadable("evaluation form without its version")
        return int(version)


class FeedbackForm(FlaskForm):  # type: ignore[misc]
    """What the evaluator is told. There is one for each evaluation on the page, so its names begin with `prefix`."""

    class Meta:
        # The application checks the page's token itself, which has no prefix.
        csrf = False

    useful = RadioField(
        _l("Was it useful?"),
        choices=[
            SelectChoice(Usefulness.YES, _l("Yes")),
            SelectChoice(Usefulness.PARTLY, _l("Partly")),
            SelectChoice(Usefulness.NO, _l("No")),
        ],
        validate_choice=False,
    )
    why = TextAreaField(
        _l("Why?"),
        description=_l("The evaluator reads this and does not learn who you are. Do not write who you are."),
        filters=[stripped],
    )

    def usefulness(self) -> Usefulness | None:
        """None when something is wanting, which is said at its field then."""
        if self.useful.data not in {None, "", *Usefulness}:
            raise Unreadable("unknown usefulness")
        if not self.useful.data:
            self.useful.errors = [_("Say whether the evaluation was useful.")]
        elif self.useful.data != Usefulness.YES and not self.why.data:
            self.why.errors = [_("Say in a few words what could have been better.")]
        elif len(self.why.data or "") > LONGEST:
            self.why.errors = [_too_long()]
        return None if self.errors else Usefulness(self.useful.data)


class FlagForm(FlaskForm):  # type: ignore[misc]
    """What coordinators alone are told."""

    class Meta:
        csrf = False

    words = TextAreaField(
        _l("What is wrong with it?"),
        description=_l("Only coordinators read this. They know who wrote the evaluation and can take it out."),
        filters=[stripped],
    )

    def complete(self) -> bool:
        """What is wanting is said at its field."""
        if not self.words.data:
            self.words.errors = [_("Say in a few words what is wrong with the evaluation.")]
        elif len(self.words.data or "") > LONGEST:
            self.words.errors = [_too_long()]
        return not self.errors


def evaluation_form(definition: EvaluationForm, answers: Answers | None = None, version: int | None = None) -> Any:
    """The form of `definition` (in the reader's language), filled with `answers`, or else with what was posted."""
    fields: dict[str, Any] = {}
    for criterion in definition.criteria:
        fields[f"level-{criterion.key}"] = _levels(criterion)
        fields[f"comment-{criterion.key}"] = _comment(criterion.comment_prompt)
    fields["overall"] = _comment(definition.overall_prompt)
    form = type("FilledForm", (VersionedForm,), fields)
    if answers is None:
        return form()
    return form(formdata=None, data=_as_data(answers), version=version)


def posted_answers(form: Any, definition: EvaluationForm) -> Answers:
    """Raises `Unreadable` when a level is posted that the form does not have."""
    criteria = {}
    for criterion in definition.criteria:
        level = form[f"level-{criterion.key}"].data or ""
        if level and level not in {known.key for known in criterion.levels}:
            raise Unreadable("unknown level")
        criteria[criterion.key] = CriterionAnswer(level=level, comment=form[f"comment-{criterion.key}"].data or "")
    return Answers(criteria=criteria, overall=form.overall.data or "")


def show_gaps(form: Any, definition: EvaluationForm, gaps: list[Gap], words_min: int) -> None:
    """Put a message at each field that is wanting; it names its criterion, because the summary lists it alone."""
    titles = {criterion.key: criterion.title for criterion in definition.criteria}
    for gap in gaps:
        title = _("Overall") if gap.criterion is None else titles[gap.criterion]
        if gap.words is None:
            form[f"level-{gap.criterion}"].errors = [_("%(title)s: choose the level that fits best.", title=title)]
        else:
            name = "overall" if gap.criterion is None else f"comment-{gap.criterion}"
            form[name].errors = [_too_short(title, gap.words, words_min)]


def wish_in(action: str | None) -> Wish:
    try:
        return Wish(action or "")
    except ValueError as error:
        raise Unreadable("unknown button") from error


def words_in(form: Any, name: str) -> int:
    return count_words(form[name].data or "")


def _levels(criterion: Criterion) -> RadioField:
    choices = [SelectChoice(level.key, level.label) for level in criterion.levels]
    return RadioField(criterion.question, choices=choices, validate_choice=False)


def _comment(prompt: str) -> TextAreaField:
    return TextAreaField(prompt, filters=[lambda text: clean_text(text or "")])


def _as_data(answers: Answers) -> dict[str, str]:
    data = {"overall": answers.overall}
    for key, answer in answers.criteria.items():
        data[f"level-{key}"], data[f"comment-{key}"] = answer.level, answer.comment
    return data


def _too_long() -> str:
    return _("Write at most %(most)s characters.", most=LONGEST)


def _too_short(title: str, words: int, words_min: int) -> str:
    return ngettext(
        "%(title)s: write at least %(min)s words; there is %(num)s now.",
        "%(title)s: write at least %(min)s words; there are %(num)s now.",
        words,
        title=title,
        min=words_min,
    )
