"""What the pages about writing modules say of parts, fields, problems and changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, url_for

from lti_tool.authoring.changes import Change, What
from lti_tool.authoring.draft import Draft, Group
from lti_tool.authoring.editing import ESSAY, FIGURES, FORM, NAME, READING, Place, item_at
from lti_tool.authoring.problems import Problem, Why
from lti_tool.authoring.queries import Standing
from lti_tool.programme.content import Step
from lti_tool.programme.video_hosts import NAMES
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l
from lti_tool.texts import ngettext

_LONGEST_NAME = 80
_PARTS: dict[str, Any] = {
    NAME: _l("Name and summary"),
    FIGURES: _l("Steps and figures"),
    READING: _l("Reading"),
    ESSAY: _l("Essay task"),
    FORM: _l("Frame of the evaluation form"),
    Group.QUESTIONS: _l("Test"),
    Group.CRITERIA: _l("Criteria"),
    Group.VIDEOS: _l("Videos"),
    Group.TOPICS: _l("Further material"),
}
_ITEMS: dict[Group, Any] = {
    Group.QUESTIONS: _l("Question"),
    Group.CRITERIA: _l("Criterion"),
    Group.VIDEOS: _l("Video"),
    Group.TOPICS: _l("Text"),
}
_FIGURES: dict[str, Any] = {
    "steps": _l("Steps"),
    "pass_share": _l("Share of right answers to pass"),
    "attempts_allowed": _l("Attempts at the test"),
    "essay_words_min": _l("Words of an essay, at least"),
    "essay_words_max": _l("Words of an essay, at most"),
    "comment_words_min": _l("Words of each comment in an evaluation, at least"),
    "reading_minutes": _l("Minutes to read"),
    "hours": _l("Hours of work altogether"),
    "learning_outcomes": _l("Learning outcomes"),
    "work": _l("Kinds of work that it fits"),
}


def init_words(app: Flask) -> None:
    app.add_template_filter(part_title)
    app.add_template_filter(problem_words)
    app.add_template_filter(change_words)
    app.add_template_filter(language_name, "language_name")


def part_title(name: str) -> str:
    return str(_PARTS[name])


def figure_title(name: str) -> str:
    return str(_FIGURES[name])


def item_title(group: Group, name: str) -> str:
    """Such as "Question “What now?”", shortened; only what it is while it has no name."""
    kind, short = str(_ITEMS[group]), shortened(name)
    return _("%(kind)s “%(name)s”", kind=kind, name=short) if short else kind


def shortened(name: str) -> str:
    flat = " ".join(name.split())
    return flat if len(flat) <= _LONGEST_NAME else f"{flat[:_LONGEST_NAME].rstrip()}…"


def place_title(draft: Draft, place: Place) -> str:
    if place.group is None:
        return part_title(place.name)
    names = (item_at(draft, place, code).name for code in (draft.default_language, *draft.languages))
    return item_title(place.group, next(filter(None, names), ""))


def field_title(place: Place, name: str) -> str:
    """What a text of that place is called; `name` as forms know it."""
    kind, _dash, rest = name.partition("-")
    if kind == "image":
        return _("Picture %(number)s in words", number=rest)
    if kind in ("option", "level") and rest:
        what = rest.rpartition("-")[2]
        return str(_INNER[kind, what])
    return str(_FIELDS[place.group or place.name, name])


_INNER: dict[tuple[str, str], Any] = {
    ("option", "text"): _l("Text"),
    ("option", "feedback"): _l("Feedback: why it is right or wrong"),
    ("level", "label"): _l("Name of the level"),
    ("level", "description"): _l("What one sees in an essay on this level"),
}
_FIELDS: dict[tuple[str, str], Any] = {
    (NAME, "title"): _l("Title"),
    (NAME, "summary"): _l("Summary"),
    (NAME, "audience"): _l("For whom"),
    (READING, "reading"): _l("Reading"),
    (ESSAY, "essay_prompt"): _l("Essay task"),
    (FORM, "introduction"): _l("Introduction to the form"),
    (FORM, "overall_prompt"): _l("Question about the essay as a whole"),
    (Group.QUESTIONS, "text"): _l("Question"),
    (Group.QUESTIONS, "answers"): _l("Right answers"),
    (Group.CRITERIA, "title"): _l("Title"),
    (Group.CRITERIA, "question"): _l("Question to the evaluator"),
    (Group.CRITERIA, "comment_prompt"): _l("What the comment should say"),
    (Group.VIDEOS, "title"): _l("Title"),
    (Group.VIDEOS, "url"): _l("Address of the video"),
    (Group.VIDEOS, "minutes"): _l("Minutes"),
    (Group.VIDEOS, "summary"): _l("Summary"),
    (Group.VIDEOS, "transcript"): _l("The video in words"),
    (Group.VIDEOS, "questions"): _l("Questions to think about"),
    (Group.TOPICS, "title"): _l("Title"),
    (Group.TOPICS, "text"): _l("Text"),
}


def problem_words(problem: Problem) -> str:
    """What is wrong, to stand behind the name of the place."""
    if problem.why is Why.WORD_LIMITS:
        return _("The most words of an essay are fewer than the least.")
    if problem.why is Why.NO_ITEM:
        return _NOTHING[Group(problem.place.name)]()
    if problem.why is Why.OTHER:
        return _("The steps and the texts do not fit together.")
    field = field_title(problem.place, problem.field) if problem.field else ""
    return str(_WHYS[problem.why]) % {"field": field, "limit": problem.limit, "hosts": ", ".join(NAMES)}


def problems_words(found: Sequence[Problem]) -> list[str]:
    """What is wrong with one place; several texts that are not written are only counted."""
    empty = [problem for problem in found if problem.why is Why.EMPTY]
    if len(empty) < 2:
        return [problem_words(problem) for problem in found]
    counted = ngettext("%(num)s text is not written yet.", "%(num)s texts are not written yet.", len(empty))
    return [counted, *(problem_words(problem) for problem in found if problem.why is not Why.EMPTY)]


_NOTHING = {
    Group.QUESTIONS: lambda: _("The test has no question yet."),
    Group.CRITERIA: lambda: _("The evaluation form has no criterion yet."),
}
_WHYS: dict[Why, Any] = {
    Why.EMPTY: _l("“%(field)s” is not written yet."),
    Why.TOO_LONG: _l("“%(field)s” is longer than %(limit)s characters."),
    Why.NO_ADDRESS: _l("“%(field)s” must be the address of a video on %(hosts)s."),
    Why.NO_NUMBER: _l("“%(field)s” must be a whole number from 1 to 600."),
    Why.NO_RIGHT_ANSWER: _l("No option is marked as right."),
    Why.NO_WRONG_ANSWER: _l("Every option is marked as right."),
    Why.SEVERAL_RIGHT_ANSWERS: _l("Several options are marked as right, but only one can be chosen."),
    Why.MARKDOWN: _l(
        "“%(field)s”, line %(limit)s: HTML, pictures and links that are no full address (https://...) are not shown."
    ),
}


def change_words(change: Change) -> str:
    """A sentence about one change."""
    if change.what is What.FIGURE:
        return _("%(name)s: changed", name=figure_title(change.name))
    if change.what is What.LANGUAGE_ADDED:
        return _("The module is offered in this language from now on.")
    if change.what is What.LANGUAGE_REMOVED:
        return _("The module is no longer offered in this language.")
    if change.what is What.ORDER:
        return _("%(name)s: in another order", name=part_title(change.place.name))
    group = change.place.group
    name = item_title(group, change.name) if group else part_title(change.place.name)
    return {
        What.TEXT: lambda: _("%(name)s: changed", name=name),
        What.CHANGED: lambda: _("%(name)s: changed", name=name),
        What.ADDED: lambda: _("%(name)s: new", name=name),
        What.REMOVED: lambda: _("%(name)s: taken out", name=name),
        What.ANSWERS: lambda: _("%(name)s: other answers count as right", name=name),
    }[change.what]()


def standing_words(standing: Standing, number: int | None) -> str:
    if standing is Standing.OFFERED:
        return _("Version %(number)s is offered", number=number)
    if standing is Standing.RETIRED:
        return _("Retired")
    return _("Not offered any more") if standing is Standing.WITHDRAWN else _("Never published")


def step_names() -> dict[str, str]:
    return {Step.TEST: _("Test"), Step.ESSAY: _("Reflection essay"), Step.EVALUATIONS: _("Peer evaluations")}


def address_of(key: str, draft: Draft, problem: Problem) -> str:
    """Where a problem is mended."""
    place = problem.place
    if place.name == FIGURES:
        return url_for("authoring.figures", key=key, _anchor=problem.field)
    if place.group is None and place.name in set(Group):
        return url_for("authoring.items", key=key, group=place.name)
    language = problem.language or draft.default_language
    anchor = f"t-{problem.field}" if problem.field and problem.field != "answers" else "answers"
    return url_for("authoring.edit", key=key, address=str(place), language=language, _anchor=anchor)
