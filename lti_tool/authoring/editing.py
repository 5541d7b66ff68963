"""How a draft changes: its texts by place and language, and what it consists of, in all languages at once.

Editing one language changes no text of another, and what a module consists of is the same in each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from lti_tool.authoring.draft import ITEM_TYPES, Draft, DraftText, Group, Items, Removed
from lti_tool.authoring.keys import key_for, next_key
from lti_tool.authoring.parts import LEVELS, DraftCriterion, DraftLevel, DraftOption, DraftQuestion, Item, by_key
from lti_tool.programme import content

FEWEST_OPTIONS = 2
FIRST_OPTIONS = 4
MOST_ITEMS = 200
# What was taken out longest ago is forgotten first.
MOST_REMOVED = 20
WHOLE = "*"
_LONGEST_KEY = 64
# Of a key to which a number is added.
_KEY_ROOM = 50
NAME, READING, ESSAY, FORM, FIGURES = "name", "reading", "essay", "form", "figures"
TEXT_PLACES: dict[str, tuple[str, ...]] = {
    NAME: ("title", "summary", "audience"),
    READING: ("reading",),
    ESSAY: ("essay_prompt",),
    FORM: ("introduction", "overall_prompt"),
}
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ITEM = re.compile(r"(questions|criteria|videos|topics)\.([a-z0-9]+(?:-[a-z0-9]+)*)")


class NoSuchPlace(LookupError):
    """The draft does not have it, or not any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is edited on one page: a text of the module, or one item of a group."""

    name: str
    group: Group | None = None

    @classmethod
    def parse(cls, address: str) -> Self:
        found = _ITEM.fullmatch(address)
        if found:
            return cls(found[2], Group(found[1]))
        if address not in TEXT_PLACES:
            raise NoSuchPlace(address)
        return cls(address)

    def __str__(self) -> str:
        return f"{self.group}.{self.name}" if self.group else self.name


def item_at(draft: Draft, place: Place, language: str) -> Item:
    """Raises `NoSuchPlace` for what is not there."""
    if place.group is None or language not in draft.languages:
        raise NoSuchPlace(str(place))
    found = by_key(draft.languages[language].items(place.group)).get(place.name)
    if found is None:
        raise NoSuchPlace(str(place))
    return found


def texts_at(draft: Draft, place: Place, language: str) -> dict[str, str]:
    """What is written there, by the names that forms use."""
    if place.group is not None:
        return item_at(draft, place, language).texts()
    if language not in draft.languages:
        raise NoSuchPlace(language)
    text = draft.languages[language]
    return (text.evaluation if place.name == FORM else text).written(TEXT_PLACES[place.name])


def with_texts(draft: Draft, place: Place, language: str, texts: Mapping[str, str]) -> Draft:
    """The texts whose names the place does not have are left out."""
    text, names = draft.languages[language], TEXT_PLACES.get(place.name, ())
    if place.group is not None:
        item = item_at(draft, place, language).with_texts(texts)
        return draft.with_text(language, text.with_items(place.group, _replaced(text.items(place.group), item)))
    if place.name == FORM:
        return draft.with_text(language, text.with_(evaluation=text.evaluation.rewritten(texts, names)))
    return draft.with_text(language, text.rewritten(texts, names))


@dataclass(frozen=True, slots=True)
class Answers:
    """What a question asks for, whatever the language: `right` are keys of options."""

    kind: str
    right: frozenset[str]


def answers_at(draft: Draft, place: Place) -> Answers:
    question = _question(draft, place)
    return Answers(question.kind, question.right)


def with_answers(draft: Draft, place: Place, answers: Answers) -> Draft:
    def answered(question: DraftQuestion) -> DraftQuestion:
        options = tuple(option.with_(correct=option.key in answers.right) for option in question.options)
        return question.with_(kind=answers.kind, options=options)

    return _each_question(draft, place, answered)


def with_option_added(draft: Draft, place: Place) -> Draft:
    new = DraftOption(key=next_key("option-", [option.key for option in _question(draft, place).options]))
    return _each_question(draft, place, lambda question: question.with_(options=(*question.options, new)))


def with_option_removed(draft: Draft, place: Place, key: str) -> Draft:
    """Raises `NoSuchPlace` for an option that is not there; two are left in any case."""
    options = _question(draft, place).options
    if key not in by_key(options):
        raise NoSuchPlace(key)
    if len(options) <= FEWEST_OPTIONS:
        return draft
    return _each_question(
        draft,
        place,
        lambda question: question.with_(options=tuple(option for option in question.options if option.key != key)),
    )


def added(draft: Draft, group: Group, name: str, language: str) -> tuple[Draft, Place]:
    """A new item at the end, known by `name` in that language."""
    key = key_for(name, _keys(draft, group), ITEM_TYPES[group].__name__.removeprefix("Draft").lower())
    shell = _new(group, key)
    grown = draft.in_each(lambda text: text.with_items(group, (*text.items(group), shell)))
    place, first = Place(key, group), next(iter(shell.texts()))
    return with_texts(grown, place, language, {first: name}), place


def copied(draft: Draft, place: Place) -> tuple[Draft, Place]:
    """The same again behind it, in every language."""
    item = item_at(draft, place, draft.default_language)
    group = _group(place)
    key = next_key(f"{item.key[:_KEY_ROOM]}-", _keys(draft, group))

    def grown(text: DraftText) -> DraftText:
        items = text.items(group)
        at = _position(items, place.name)
        return text.with_items(group, (*items[: at + 1], items[at].with_(key=key), *items[at + 1 :]))

    return draft.in_each(grown), Place(key, group)


def moved(draft: Draft, place: Place, steps: int) -> Draft:
    """So many places towards the end, or the beginning if `steps` is negative; at most to where the list ends."""
    item_at(draft, place, draft.default_language)
    group = _group(place)

    def reordered(text: DraftText) -> DraftText:
        items = list(text.items(group))
        at = _position(items, place.name)
        item = items.pop(at)
        items.insert(max(0, min(len(items), at + steps)), item)
        return text.with_items(group, tuple(items))

    return draft.in_each(reordered)


def removed(draft: Draft, place: Place) -> tuple[Draft, int]:
    """Without the item; also the number that `restored` needs."""
    item_at(draft, place, draft.default_language)
    group = _group(place)
    number = max((gone.number for gone in draft.removed), default=0) + 1
    gone = Removed(
        number=number,
        group=group,
        position=_position(draft.main.items(group), place.name),
        items={code: item_at(draft, place, code).model_dump(mode="json") for code in draft.languages},
    )
    left = draft.in_each(
        lambda text: text.with_items(group, tuple(item for item in text.items(group) if item.key != place.name))
    )
    return left.with_(removed=(*draft.removed, gone)[-MOST_REMOVED:]), number


def restored(draft: Draft, number: int) -> tuple[Draft, Place]:
    """With what was removed where it stood; raises `NoSuchPlace` for what is not known any more."""
    gone = next((gone for gone in draft.removed if gone.number == number), None)
    if gone is None:
        raise NoSuchPlace(str(number))
    kind = ITEM_TYPES[gone.group]
    items = {code: kind.model_validate(body) for code, body in gone.items.items()}
    key = next(iter(items.values())).key
    shell = next(iter(items.values())).blank()
    if key in by_key(draft.main.items(gone.group)):
        return draft.with_(removed=_others(draft, number)), Place(key, gone.group)

    def grown(code: str, text: DraftText) -> DraftText:
        before, back = text.items(gone.group), items.get(code, shell)
        return text.with_items(gone.group, (*before[: gone.position], back, *before[gone.position :]))

    languages = {code: grown(code, text) for code, text in draft.languages.items()}
    return draft.with_(languages=languages, removed=_others(draft, number)), Place(key, gone.group)


def with_questions(draft: Draft, questions: Sequence[content.Question | DraftQuestion], language: str) -> Draft:
    """The questions at the end, written in that language; a key that is taken is replaced by another."""
    keys = free_keys(draft, [(question.key, question.key) for question in questions])
    new = [
        DraftQuestion.model_validate(question.model_dump(mode="json")).with_(key=key)
        for question, key in zip(questions, keys, strict=True)
    ]
    return draft.with_(
        languages={
            code: text.with_(questions=(*text.questions, *(one if code == language else one.blank() for one in new)))
            for code, text in draft.languages.items()
        }
    )


def free_keys(draft: Draft, wishes: Sequence[tuple[str, str]]) -> list[str]:
    """A key for each new question: the first of its names if that can be a key and is free, else one like it, or like
    the second.
    """
    taken, numbers, keys = _keys(draft, Group.QUESTIONS), Counter[str](), []
    for name, text in wishes:
        is_key = len(name) <= _LONGEST_KEY and _KEY.fullmatch(name)
        wanted = key = name if is_key else key_for(text, (), "question")
        while key in taken:
            numbers[wanted] += 1
            key = f"{wanted[:_KEY_ROOM].rstrip('-')}-{numbers[wanted]}"
        taken.add(key)
        keys.append(key)
    return keys


def change_noted(draft: Draft, version: int, *marks: str) -> Draft:
    """`marks` are as `mark` makes them."""
    return draft.with_(changed={**draft.changed, **dict.fromkeys(marks, version)})


def mark(place: Place, language: str) -> str:
    return f"{place}/{language}"


def marks(draft: Draft, place: Place) -> list[str]:
    """Of the place in every language."""
    return [mark(place, code) for code in draft.languages]


def changed_at(draft: Draft, place: Place, language: str) -> int:
    """The version of the draft that changed the place last; 0 if none has."""
    return max(draft.changed.get(mark(place, language), 0), draft.changed.get(WHOLE, 0))


def _others(draft: Draft, number: int) -> tuple[Removed, ...]:
    return tuple(gone for gone in draft.removed if gone.number != number)


def _question(draft: Draft, place: Place) -> DraftQuestion:
    item = item_at(draft, place, draft.default_language)
    if not isinstance(item, DraftQuestion):
        raise NoSuchPlace(str(place))
    return item


def _group(place: Place) -> Group:
    if place.group is None:
        raise NoSuchPlace(str(place))
    return place.group


def _each_question(draft: Draft, place: Place, change: Callable[[DraftQuestion], DraftQuestion]) -> Draft:
    _question(draft, place)
    return draft.in_each(
        lambda text: text.with_(
            questions=tuple(change(question) if question.key == place.name else question for question in text.questions)
        )
    )


def _new(group: Group, key: str) -> Item:
    if group is Group.QUESTIONS:
        options = tuple(DraftOption(key=f"option-{n}") for n in range(1, FIRST_OPTIONS + 1))
        return DraftQuestion(key=key, options=options)
    if group is Group.CRITERIA:
        return DraftCriterion(key=key, levels=tuple(DraftLevel(key=f"level-{n}") for n in range(1, LEVELS + 1)))
    return ITEM_TYPES[group](key=key)


def _keys(draft: Draft, group: Group) -> set[str]:
    """Those of removed ones are not used again either: they can come back."""
    gone = {body["key"] for gone in draft.removed if gone.group is group for body in gone.items.values()}
    return {item.key for item in draft.main.items(group)} | gone


def _position(items: Sequence[Item], key: str) -> int:
    return [item.key for item in items].index(key)


def _replaced(items: Items, new: Item) -> Items:
    return tuple(new if item.key == new.key else item for item in items)
