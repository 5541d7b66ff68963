"""The form by which a module is begun."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from lti_tool.authoring.access import OwnProgramme
from lti_tool.authoring.words import step_names
from lti_tool.drafts import stripped
from lti_tool.programme.content import Step
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

LONGEST_TITLE = 200


def checkboxes(label: Any, hint: Any = "") -> SelectMultipleField:
    return SelectMultipleField(
        label,
        description=hint,
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


def new_form(programme: OwnProgramme, *, posted: bool) -> Any:
    """A title in each language of the programme, and the steps."""
    fields: dict[str, Any] = {
        f"title-{code}": StringField(
            _("Title: %(language)s", language=language_name(code)),
            description="" if code == programme.content.default_language else _("May stay empty."),
            filters=[stripped],
        )
        for code in programme.languages
    }
    fields["steps"] = checkboxes(_l("What learning assistants do in it"), _l("Beside reading, which is always there."))
    kind = type("NewModuleForm", (FlaskForm,), fields)
    form = kind() if posted else kind(formdata=None, data={"steps": [step.value for step in Step]})
    form.steps.choices = list(step_names().items())
    return form


def posted_module(form: Any, programme: OwnProgramme) -> tuple[dict[str, str], list[Step]] | None:
    """Titles by language, and steps; None when something is to be mended, with a message at each such field."""
    titles = {code: form[f"title-{code}"].data or "" for code in programme.languages}
    for code, title in titles.items():
        if len(title) > LONGEST_TITLE:
            form[f"title-{code}"].errors = [_("Write at most %(max)s characters.", max=LONGEST_TITLE)]
    default = programme.content.default_language
    if not titles[default]:
        form[f"title-{default}"].errors = [
            _("Give the module a title in %(language)s.", language=language_name(default))
        ]
    steps = posted_steps(form.steps)
    return None if form.errors else (titles, steps)


def posted_steps(field: Any) -> list[Step]:
    """What is wrong is said at the field."""
    steps = [step for step in Step if step.value in (field.data or ())]
    if not steps:
        field.errors = [_("Choose at least one.")]
    elif Step.EVALUATIONS in steps and Step.ESSAY not in steps:
        field.errors = [_("Peer evaluations are about essays: choose the essay, too.")]
    return steps
