"""What differs between two states of a module, as those who begin it would meet them. Pure, without words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.authoring.draft import FIGURES as FIGURE_NAMES
from lti_tool.authoring.draft import Draft, DraftText, Group, Items, publishable, read
from lti_tool.authoring.editing import ESSAY, FIGURES, FORM, NAME, READING, Place, texts_at
from lti_tool.authoring.parts import DraftQuestion, Item, by_key


class What(StrEnum):
    FIGURE = "figure"
    LANGUAGE_ADDED = "language-added"
    LANGUAGE_REMOVED = "language-removed"
    TEXT = "text"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    ANSWERS = "answers"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is where it is, `language` None for what holds in each, `name` what people know it by.

    The name of a figure is its field's; a text has been `added` or `removed` if it was or is empty.
    """

    what: What
    place: Place
    language: str | None = None
    name: str = ""


def changes(before: Draft, after: Draft) -> list[Change]:
    """Empty if the same would be offered; in the order in which people meet the parts of a module."""
    old, new = read(publishable(before)), read(publishable(after))
    return [*_figures(old, new), *_languages(old, new), *_texts(old, new), *_items(old, new)]


def _figures(old: Draft, new: Draft) -> Iterator[Change]:
    for name in FIGURE_NAMES:
        if getattr(old, name) != getattr(new, name):
            yield Change(What.FIGURE, Place(FIGURES), None, name)


def _languages(old: Draft, new: Draft) -> Iterator[Change]:
    for code in new.languages.keys() - old.languages.keys():
        yield Change(What.LANGUAGE_ADDED, Place(NAME), code)
    for code in old.languages.keys() - new.languages.keys():
        yield Change(What.LANGUAGE_REMOVED, Place(NAME), code)


def _in_both(old: Draft, new: Draft) -> list[str]:
    return [code for code in new.languages if code in old.languages]


def _texts(old: Draft, new: Draft) -> Iterator[Change]:
    for name in (NAME, READING, ESSAY, FORM):
        place = Place(name)
        for code in _in_both(old, new):
            was, now = texts_at(old, place, code), texts_at(new, place, code)
            if _said(was) != _said(now):
                yield Change(_kind_of(was, now), place, code)


def _said(texts: dict[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in texts.items()}


def _kind_of(was: dict[str, str], now: dict[str, str]) -> What:
    if not any(_said(was).values()):
        return What.ADDED
    return What.TEXT if any(_said(now).values()) else What.REMOVED


def _items(old: Draft, new: Draft) -> Iterator[Change]:
    for group in Group:
        was, now = by_key(old.main.items(group)), by_key(new.main.items(group))
        for key in [*now, *(key for key in was if key not in now)]:
            place = Place(key, group)
            if key not in was:
                yield Change(What.ADDED, place, None, now[key].name)
            elif key not in now:
                yield Change(What.REMOVED, place, None, was[key].name)
            else:
                yield from _item(old, new, place)
        if _order(was, now) != _order(now, was):
            yield Change(What.ORDER, Place(group.value))


def _item(old: Draft, new: Draft, place: Place) -> Iterator[Change]:
    was, now = _at(old.main, place), _at(new.main, place)
    if isinstance(was, DraftQuestion) and isinstance(now, DraftQuestion) and _asks(was) != _asks(now):
        yield Change(What.ANSWERS, place, None, now.name)
    for code in _in_both(old, new):
        if _said(_at(old.languages[code], place).texts()) != _said(_at(new.languages[code], place).texts()):
            yield Change(What.CHANGED, place, code, now.name)


def _asks(question: DraftQuestion) -> tuple[str, frozenset[str], tuple[str, ...]]:
    return question.kind, question.right, tuple(image.digest for image in question.images)


def _at(text: DraftText, place: Place) -> Item:
    items: Items = text.items(place.group or Group.QUESTIONS)
    return by_key(items)[place.name]


def _order(these: dict[str, Item], others: dict[str, Item]) -> list[str]:
    return [key for key in these if key in others]
