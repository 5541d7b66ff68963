"""The form for what holds in every language of a module: its steps and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_decimal, get_locale
from wtforms import StringField

from lti_tool.authoring.access import OwnProgramme
from lti_tool.authoring.forms import PlaceForm
from lti_tool.authoring.new_form import checkboxes, posted_steps
from lti_tool.authoring.words import step_names
from lti_tool.drafts import stripped
from lti_tool.programme.content import in_language
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

MOST_ATTEMPTS = 1000


def _number(label: Any, hint: Any = "") -> Any:
    return StringField(
        label,
        description=hint,
        filters=[stripped],
        render_kw={"inputmode": "decimal", "size": 6},
    )


class FiguresForm(PlaceForm):
    """Numbers are read as people type them, with a comma or a point."""

    steps = checkboxes(_l("What learning assistants do in it"), _l("Beside reading, which is always there."))
    hours = _number(_l("Hours of work altogether"))
    reading_minutes = _number(_l("Minutes to read"))
    pass_share = _number(_l("Right answers to pass, in per cent"))
    attempts_allowed = _number(_l("Attempts at the test"), _l("Empty for any number."))
    essay_words_min = _number(_l("Words of an essay, at least"))
    essay_words_max = _number(_l("Words of an essay, at most"))
    comment_words_min = _number(_l("Words of each comment in an evaluation, at least"))
    learning_outcomes = checkboxes(_l("Learning outcomes"))
    work = checkboxes(_l("Kinds of work that it fits"))


def figures_form(
    programme: OwnProgramme, figures: Mapping[str, Any] | None = None, version: int | None = None
) -> FiguresForm:
    """Filled with `figures`, or else with what was posted."""
    form = FiguresForm() if figures is None else FiguresForm(formdata=None, data=_as_data(figures), version=version)
    language, default = str(get_locale()), programme.content.default_language
    form.steps.choices = list(step_names().items())
    form.learning_outcomes.choices = [
        (outcome.key, programme.content.outcome_in(outcome.key, language))
        for outcome in programme.content.learning_outcomes
    ]
    form.work.choices = [(work.key, in_language(work.titles, language, default)) for work in programme.content.work]
    return form


def posted_figures(form: FiguresForm) -> dict[str, Any] | None:
    """None when something is to be mended, with a message at each such field."""
    share = _read(form.pass_share, float, 1, 100)
    found: dict[str, Any] = {
        "steps": tuple(posted_steps(form.steps)),
        "hours": _read(form.hours, float, 0.1, 100),
        "reading_minutes": _read(form.reading_minutes, int, 1, 600),
        "pass_share": None if share is None else round(share / 100, 6),
        "attempts_allowed": _read(form.attempts_allowed, int, 1, MOST_ATTEMPTS) if form.attempts_allowed.data else None,
        "essay_words_min": _read(form.essay_words_min, int, 1, 10_000),
        "essay_words_max": _read(form.essay_words_max, int, 1, 10_000),
        "comment_words_min": _read(form.comment_words_min, int, 1, 500),
        "learning_outcomes": _chosen(form.learning_outcomes),
        "work": _chosen(form.work),
    }
    if not form.errors and found["essay_words_min"] > found["essay_words_max"]:
        form.essay_words_max.errors = [_("The most words of an essay are fewer than the least.")]
    return None if form.errors else found


def _chosen(field: Any) -> tuple[str, ...]:
    return tuple(key for key, _title in field.choices if key in (field.data or ()))


def _read(field: Any, kind: Callable[[str], Any], least: float, most: float) -> Any:
    """The number in a field; None, with a message there, for anything else."""
    try:
        number = kind((field.data or "").replace(",", "."))
        fits = least <= number <= most
    except ValueError:
        fits = False
    if not fits:
        values = {"name": field.label.text, "least": format_decimal(least), "most": format_decimal(most)}
        field.errors = [_("%(name)s: a number from %(least)s to %(most)s.", **values)]
        return None
    return number


def _as_data(figures: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: _plain(value) for name, value in figures.items() if isinstance(value, int | float)}
    lists = {name: list(value) for name, value in figures.items() if isinstance(value, tuple)}
    return {**texts, **lists, "pass_share": _plain(round(figures["pass_share"] * 100, 4))}


def _plain(number: float) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)
