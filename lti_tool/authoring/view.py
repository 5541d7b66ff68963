"""What the pages about one module show: its parts with their states, and what a place stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from lti_tool.authoring.draft import Draft, Group
from lti_tool.authoring.editing import ESSAY, FORM, NAME, READING, Place, item_at, texts_at
from lti_tool.authoring.problems import Problem, Why, problems
from lti_tool.authoring.words import item_title, part_title
from lti_tool.programme.content import Step
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

# What a module has for a step, and for none in particular.
_STEPS: dict[str, Step] = {
    Group.QUESTIONS: Step.TEST,
    ESSAY: Step.ESSAY,
    FORM: Step.EVALUATIONS,
    Group.CRITERIA: Step.EVALUATIONS,
}
_PARTS: tuple[str, ...] = (NAME, READING, Group.VIDEOS, Group.TOPICS, Group.QUESTIONS, ESSAY, FORM, Group.CRITERIA)


@dataclass(frozen=True, slots=True)
class State:
    """How far something is in one language; `kind` is one of those of `status_tag`."""

    language: str
    text: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """`count` is how many items a group has, None for a text."""

    name: str
    title: str
    count: int | None
    states: list[State]


@dataclass(frozen=True, slots=True)
class ItemLine:
    key: str
    title: str
    name: str
    problems: list[Problem]
    states: list[State]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The places before and behind one, as addresses."""

    before: str | None
    after: str | None


def part_lines(key: str, draft: Draft) -> list[PartLine]:
    """The parts that the steps of the module ask for, with their states in each language."""
    found = problems(draft)
    return [_part(key, draft, name, found) for name in _PARTS if name not in _STEPS or _STEPS[name] in draft.steps]


def item_lines(key: str, draft: Draft, group: Group, page: slice) -> list[ItemLine]:
    """Those of one page."""
    found = _by_place(problems(draft))
    return [_item(key, draft, Place(item.key, group), found) for item in draft.main.items(group)[page]]


def _by_place(found: Iterable[Problem]) -> dict[Place, list[Problem]]:
    places: dict[Place, list[Problem]] = {}
    for problem in found:
        places.setdefault(problem.place, []).append(problem)
    return places


def neighbours(draft: Draft, place: Place) -> Neighbours:
    """Within its group, or among the texts of the module."""
    if place.group is not None:
        order = [str(Place(item.key, place.group)) for item in draft.main.items(place.group)]
    else:
        order = [name for name in _PARTS if name not in set(Group) and _STEPS.get(name, draft.steps[0]) in draft.steps]
    at = order.index(str(place)) if str(place) in order else len(order)
    return Neighbours(order[at - 1] if 0 < at < len(order) else None, order[at + 1] if at + 1 < len(order) else None)


def _part(key: str, draft: Draft, name: str, found: Sequence[Problem]) -> PartLine:
    if name not in set(Group):
        states = [_state(key, draft, Place(name), code, found) for code in draft.languages]
        return PartLine(name, part_title(name), None, states)
    group = Group(name)
    states = [_group_state(key, draft, group, code, found) for code in draft.languages]
    return PartLine(name, part_title(name), len(draft.main.items(group)), states)


def _group_state(key: str, draft: Draft, group: Group, language: str, found: Iterable[Problem]) -> State:
    url = url_for("authoring.items", key=key, group=group)
    if language in draft.left_out:
        return State(language, _("Left out"), "todo", url)
    if not draft.main.items(group):
        needed = any(problem.place == Place(group.value) for problem in found)
        return State(language, _("Nothing yet") if needed else _("None"), "failed" if needed else "todo", url)
    mine = [problem for problem in found if problem.place.group is group and problem.language in (language, None)]
    return State(language, *_said(mine), url)


def _item(key: str, draft: Draft, place: Place, found: Mapping[Place, Sequence[Problem]]) -> ItemLine:
    names = (item_at(draft, place, code).name for code in (draft.default_language, *draft.languages))
    name, here = next(filter(None, names), ""), found.get(place, [])
    states = [_state(key, draft, place, code, here) for code in draft.languages]
    mine = [problem for problem in here if problem.language is None]
    return ItemLine(place.name, item_title(place.group or Group.QUESTIONS, name), name, mine, states)


def _state(key: str, draft: Draft, place: Place, language: str, found: Iterable[Problem]) -> State:
    url = url_for("authoring.edit", key=key, address=str(place), language=language)
    if language in draft.left_out:
        return State(language, _("Left out"), "todo", url)
    mine = [problem for problem in found if problem.place == place and problem.language == language]
    if mine and not any(text.strip() for text in texts_at(draft, place, language).values()):
        return State(language, _("Missing"), "failed", url)
    return State(language, *_said(mine), url)


def _said(found: Sequence[Problem]) -> tuple[str, str]:
    if not found:
        return _("Complete"), "done"
    empty = sum(problem.why is Why.EMPTY for problem in found)
    if empty == len(found):
        return ngettext("%(num)s text missing", "%(num)s texts missing", empty), "waiting"
    return ngettext("%(num)s thing to mend", "%(num)s things to mend", len(found)), "waiting"
