"""What coordinators type of dates, and the moments it means in their time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from lti_tool.drafts import stripped
from lti_tool.local_time import NoMoment, Skipped, comes_twice, moment_in, typed
from lti_tool.modules.date_actions import Dated, StepKey
from lti_tool.programme.content import Step
from lti_tool.schedule.queries import Schedule
from lti_tool.schedule.words import step_titles
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

LONGEST_GRACE_HOURS = 24 * 60
MOST_DAYS = 90
LONGEST_REASON = 500


def _moment_field(label: Any, hint: Any = "") -> Any:
    return StringField(label, description=hint, filters=[stripped], render_kw={"type": "datetime-local"})


def _number_field(label: Any, hint: Any = "") -> Any:
    return StringField(label, description=hint, filters=[stripped], render_kw={"inputmode": "numeric", "size": 4})


class _DatesForm(FlaskForm):  # type: ignore[misc]
    """`version` is the version of the dates that the page showed, `seen` how many evaluations it said would go back."""

    version = HiddenField()
    seen = HiddenField()
    days = _number_field(
        _l("Days for an evaluation, at least"),
        _l("Whoever gets an essay late has at least so many days for it, whatever the date says."),
    )


def dates_form(schedule: Schedule, zone: ZoneInfo, *, posted: bool) -> Any:
    """A form with a date and a grace for each step, filled with what is stored or else with what was posted."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {"days": str(schedule.days_to_evaluate), "version": schedule.version}
    for key in _keys(schedule):
        due, grace = names_of(key)
        fields[due] = _moment_field(_l("Due"))
        fields[grace] = _number_field(_l("Grace, hours"))
        dated = schedule.dates.get(key)
        data[due] = typed(dated.due_at if dated else None, zone)
        data[grace] = str(dated.grace_hours) if dated else ""
    form = type("FilledDates", (_DatesForm,), fields)
    return form() if posted else form(formdata=None, data=data)


def names_of(key: StepKey) -> tuple[str, str]:
    module_id, step = key
    return f"due-{module_id}-{step.value}", f"grace-{module_id}-{step.value}"


def posted_dates(form: Any, schedule: Schedule, zone: ZoneInfo) -> Schedule | None:
    """The schedule as the form has it; None when something is to be mended, with a message at each such field."""
    dates: dict[StepKey, Dated] = {}
    for key in _keys(schedule):
        due, grace = (form[name] for name in names_of(key))
        stored = schedule.dates.get(key)
        due_at = _moment(due, zone, stored.due_at if stored else None, _named(schedule, key))
        hours = _number(grace, _named(schedule, key), 0, LONGEST_GRACE_HOURS, 0)
        if due_at is not None and hours is not None:
            dates[key] = Dated(due_at, hours)
    days = _number(form.days, _("Days for an evaluation"), 1, MOST_DAYS, None)
    if days is None or form.errors:
        return None
    return replace(schedule, dates=dates, days_to_evaluate=days)


def doubled(schedule: Schedule, zone: ZoneInfo) -> list[str]:
    """Which steps are due at a time that the clocks show twice."""
    return [_named(schedule, key) for key, dated in schedule.dates.items() if comes_twice(dated.due_at, zone)]


class ExtensionForm(FlaskForm):  # type: ignore[misc]
    """More time for one person; `seen` is how many of their evaluations the page said would go back."""

    seen = HiddenField()
    module = SelectField(_l("Module"), validate_choice=False)
    steps = SelectMultipleField(
        _l("Steps"),
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    until = _moment_field(_l("New date"), _l("The grace of the step comes on top of it."))
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Other coordinators read it. The learning assistant does not."),
        filters=[stripped],
    )


def extension_form(schedule: Schedule, *, posted: bool) -> ExtensionForm:
    form = ExtensionForm() if posted else ExtensionForm(formdata=None)
    form.module.choices = [(str(module_id), title) for module_id, title in schedule.modules.items()]
    offered = {step for steps in schedule.steps.values() for step in steps}
    form.steps.choices = [(step.value, title) for step, title in step_titles().items() if step in offered]
    return form


def posted_extension(form: ExtensionForm, schedule: Schedule, zone: ZoneInfo) -> tuple[list[StepKey], datetime] | None:
    """Which steps, and until when; None when something is to be mended, with a message at each such field."""
    module_id = next((one for one in schedule.modules if str(one) == form.module.data), None)
    if module_id is None:
        form.module.errors = [_("Choose a module.")]
    steps = [step for step in Step if step.value in (form.steps.data or ())]
    missing = [step_titles()[step] for step in steps if module_id and step not in schedule.steps[module_id]]
    if not steps:
        form.steps.errors = [_("Choose at least one step.")]
    elif missing:
        form.steps.errors = [_("The module does not have this step: %(steps)s.", steps=", ".join(missing))]
    until = _moment(form.until, zone, None, _("New date"))
    if until is None and not form.until.errors:
        form.until.errors = [_("Give a date and a time.")]
    if not form.reason.data:
        form.reason.errors = [_("Write why. One sentence is enough.")]
    elif len(form.reason.data) > LONGEST_REASON:
        form.reason.errors = [_("Write at most %(max)s characters.", max=LONGEST_REASON)]
    if module_id is None or until is None or form.errors:
        return None
    keys = [(module_id, step) for step in steps]
    _must_be_later(form, schedule, keys, until)
    return None if form.errors else (keys, until)


def _must_be_later(form: ExtensionForm, schedule: Schedule, keys: list[StepKey], until: datetime) -> None:
    early = [key for key in keys if key in schedule.dates and until <= schedule.dates[key].due_at]
    if early:
        names = ", ".join(step_titles()[step] for _module, step in early)
        form.until.errors = [_("This is not later than the date that everybody has: %(steps)s.", steps=names)]


def _keys(schedule: Schedule) -> list[StepKey]:
    return [(module_id, step) for module_id in schedule.modules for step in schedule.steps[module_id]]


def _named(schedule: Schedule, key: StepKey) -> str:
    module_id, step = key
    return f"{schedule.modules[module_id]}, {step_titles()[step]}"


def _moment(field: Any, zone: ZoneInfo, stored: datetime | None, title: str) -> datetime | None:
    try:
        return moment_in(field.data or "", zone, stored)
    except Skipped as gap:
        field.errors = [
            _(
                "%(title)s: there is no such time that night, because the clocks are put forward. "
                "Choose %(instead)s, or another time.",
                title=title,
                instead=gap.instead,
            )
        ]
    except NoMoment:
        field.errors = [
            _("%(title)s: write the date and the time, such as 2026-11-26T14:00, or leave it empty.", title=title)
        ]
    return None


def _number(field: Any, title: str, least: int, most: int, usual: int | None) -> int | None:
    text = field.data or ""
    if not text and usual is not None:
        return usual
    if text.isascii() and text.isdigit() and len(text) <= 6 and least <= int(text) <= most:
        return int(text)
    field.errors = [_("%(title)s: a whole number from %(least)s to %(most)s.", title=title, least=least, most=most)]
    return None
