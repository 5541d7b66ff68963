"""A module as far as it is written: `read` and `stored` lead from JSON and back, `publishable` to what is offered.

In a draft every language has the same questions, options, criteria, levels, videos and topics, in the order of the
default language; where one of them has not been written in a language, its texts are empty there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict

from lti_tool.authoring.parts import (
    DraftCriterion,
    DraftForm,
    DraftQuestion,
    DraftTopic,
    DraftVideo,
    Item,
    Part,
    Words,
    by_key,
)
from lti_tool.programme.content import Figures, Step


class Group(StrEnum):
    """The lists of a module."""

    QUESTIONS = "questions"
    CRITERIA = "criteria"
    VIDEOS = "videos"
    TOPICS = "topics"


ITEM_TYPES: dict[Group, type[Item]] = {
    Group.QUESTIONS: DraftQuestion,
    Group.CRITERIA: DraftCriterion,
    Group.VIDEOS: DraftVideo,
    Group.TOPICS: DraftTopic,
}
FIGURES = tuple(Figures.model_fields)
Items = tuple[Item, ...]


class DraftText(Part):
    """What is written in one language."""

    title: Words = ""
    summary: Words = ""
    audience: Words = ""
    reading: Words = ""
    videos: tuple[DraftVideo, ...] = ()
    topics: tuple[DraftTopic, ...] = ()
    questions: tuple[DraftQuestion, ...] = ()
    essay_prompt: Words = ""
    evaluation: Annotated[DraftForm, BeforeValidator(lambda form: form or DraftForm())] = DraftForm()

    def items(self, group: Group) -> Items:
        found: Items = getattr(self.evaluation if group is Group.CRITERIA else self, group.value)
        return found

    def with_items(self, group: Group, items: Items) -> Self:
        if group is Group.CRITERIA:
            return self.with_(evaluation=self.evaluation.with_(criteria=items))
        return self.with_(**{group.value: items})


class Removed(Part):
    """What was taken out, to be put back: `items` by language, `number` tells it from others."""

    number: int
    group: Group
    position: int
    items: dict[str, dict[str, Any]]


class Draft(Figures):
    """`left_out` are languages that are not offered, whatever is written in them.

    `changed` says of each place at which version of the draft it changed last, `removed` what can be put back, and
    `kept` is the draft in whose place this one was taken.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    position: int = 1
    default_language: str
    languages: dict[str, DraftText]
    left_out: tuple[str, ...] = ()
    changed: dict[str, int] = {}
    removed: tuple[Removed, ...] = ()
    kept: dict[str, Any] | None = None

    def with_(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)

    @property
    def main(self) -> DraftText:
        return self.languages[self.default_language]

    @property
    def offered(self) -> dict[str, DraftText]:
        """The languages that are to be offered, the default language first."""
        order = sorted(self.languages, key=lambda code: code != self.default_language)
        return {code: self.languages[code] for code in order if code not in self.left_out}

    def in_each(self, change: Callable[[DraftText], DraftText]) -> Self:
        return self.with_(languages={code: change(text) for code, text in self.languages.items()})

    def with_text(self, language: str, text: DraftText) -> Self:
        return self.with_(languages={**self.languages, language: text})

    def with_language(self, language: str) -> Draft:
        """Have the language, with nothing written in it yet."""
        return _aligned(self.with_text(language, self.languages.get(language, DraftText())))

    @property
    def figures(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIGURES}


def read(body: Mapping[str, Any]) -> Draft:
    """The draft in `body`, which is what `stored` made of one or a `content.ModuleContent` as JSON."""
    return _aligned(Draft.model_validate(body))


def stored(draft: Draft) -> dict[str, Any]:
    return draft.model_dump(mode="json")


def publishable(draft: Draft) -> dict[str, Any]:
    """What `content.ModuleContent` would be made of: the languages and the parts that are to be offered."""
    body = stored(draft)
    languages = {code: _published(body["languages"][code], draft.steps) for code in draft.offered}
    kept = {name: body[name] for name in (*FIGURES, "key", "position", "default_language")}
    return kept | {"languages": languages}


def same(one: Draft, other: Draft) -> bool:
    """Whether both would offer the same."""
    return publishable(one) == publishable(other)


def _published(text: dict[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    videos = [
        {**video, "url": video["url"].strip() or None, "minutes": video["minutes"].strip() or None}
        for video in text["videos"]
    ]
    return {
        **text,
        "audience": text["audience"].strip() or None,
        "videos": videos,
        "questions": text["questions"] if Step.TEST in steps else [],
        "essay_prompt": text["essay_prompt"] if Step.ESSAY in steps else "",
        "evaluation": text["evaluation"] if Step.EVALUATIONS in steps else None,
    }


def _aligned(draft: Draft) -> Draft:
    languages = {draft.default_language: DraftText(), **draft.languages}
    for group in Group:
        blanks = _blanks(languages, group)
        languages = {
            code: text.with_items(group, _filled(blanks, text.items(group))) for code, text in languages.items()
        }
    return draft.with_(languages=languages)


def _blanks(languages: Mapping[str, DraftText], group: Group) -> Items:
    """Every item of any language without its texts, those of the default language first."""
    found: dict[str, Item] = {}
    for text in languages.values():
        for item in text.items(group):
            found.setdefault(item.key, item.blank())
    return tuple(found.values())


def _filled(blanks: Items, own: Items) -> Items:
    written = by_key(own)
    return tuple(blank.filled(written[blank.key]) if blank.key in written else blank for blank in blanks)
