"""What coordinators say about the next term, beside its dates."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from lti_tool.people.names import shown_name
from lti_tool.schedule.next_term_queries import Coordinator, Preparation
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l


class AlongForm(FlaskForm):  # type: ignore[misc]
    """Who and what is taken along."""

    coordinators = SelectMultipleField(
        _l("Who coordinates it with you"),
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    teams = BooleanField(_l("Keep the same course teams apart"))


def along_form(found: Preparation, *, posted: bool) -> AlongForm:
    """Everything is taken along, unless something else was posted."""
    choices = [(str(one.grant_id), _called(one)) for one in found.coordinators]
    everything = {"coordinators": [value for value, _label in choices], "teams": True}
    form = AlongForm() if posted else AlongForm(formdata=None, data=everything)
    form.coordinators.choices = choices
    form.teams.description = ", ".join(found.teams)
    return form


def grants_in(form: AlongForm, found: Preparation) -> list[int]:
    chosen = form.coordinators.data or ()
    return [one.grant_id for one in found.coordinators if str(one.grant_id) in chosen]


def _called(one: Coordinator) -> str:
    if one.person is not None:
        return shown_name(one.person, staff=True)
    return _("All instructors of the course %(course)s", course=one.course or "–")


class OpeningForm(FlaskForm):  # type: ignore[misc]
    """`closes` is the id of the cohort that the page said is open until then, or "none"."""

    closes = HiddenField()
