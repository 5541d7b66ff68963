"""What hinders a draft from being published, and what is not written yet in a language. Pure, without words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lti_tool.authoring.draft import Draft, DraftText, Group, publishable
from lti_tool.authoring.editing import ESSAY, FIGURES, FORM, NAME, READING, Place
from lti_tool.authoring.parts import DraftQuestion, DraftVideo, Item
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.programme.pack import READING_WORDS_MIN
from lti_tool.programme.pack_markdown import markdown_faults, words


class Why(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too-long"
    NO_ADDRESS = "no-address"
    NO_NUMBER = "no-number"
    NO_ITEM = "no-item"
    NO_RIGHT_ANSWER = "no-right-answer"
    NO_WRONG_ANSWER = "no-wrong-answer"
    SEVERAL_RIGHT_ANSWERS = "several-right-answers"
    WORD_LIMITS = "word-limits"
    MARKDOWN = "markdown"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Problem:
    """`language` is None for what holds in each of them; `field` names what is wanting there, "" the whole place.

    `limit` is the number that a text is measured by: characters, or the line where Markdown is not understood.
    """

    place: Place
    language: str | None
    field: str
    why: Why
    limit: int = 0


def problems(draft: Draft) -> list[Problem]:
    """None, and only then, if `content.ModuleContent` can be made of what is to be published and its rules hold."""
    found = [*_of_figures(draft), *_of_answers(draft), *_of_markdown(draft), *_of_steps(draft)]
    try:
        ModuleContent.model_validate(publishable(draft))
    except ValidationError as error:
        said = [_explained(draft, one) for one in error.errors(include_url=False, include_input=False)]
        known = [problem for problem in said if problem is not None]
        found += known
        if not found:
            found.append(Problem(Place(NAME), None, "", Why.OTHER))
    return list(dict.fromkeys(found))


def short_readings(draft: Draft) -> dict[str, int]:
    """Languages whose reading is shorter than is usual, with its words."""
    counted = {code: words(text.reading) for code, text in draft.offered.items()}
    return {code: number for code, number in counted.items() if 0 < number < READING_WORDS_MIN}


def _of_figures(draft: Draft) -> Iterator[Problem]:
    if Step.ESSAY in draft.steps and draft.essay_words_min > draft.essay_words_max:
        yield Problem(Place(FIGURES), None, "essay_words_min", Why.WORD_LIMITS)


def _of_steps(draft: Draft) -> Iterator[Problem]:
    if Step.TEST in draft.steps and not draft.main.questions:
        yield Problem(Place(Group.QUESTIONS), None, "", Why.NO_ITEM)
    if Step.EVALUATIONS in draft.steps and not draft.main.evaluation.criteria:
        yield Problem(Place(Group.CRITERIA), None, "", Why.NO_ITEM)
    if Step.ESSAY in draft.steps:
        for code, text in draft.offered.items():
            if not text.essay_prompt.strip():
                yield Problem(Place(ESSAY), code, "essay_prompt", Why.EMPTY)


def _of_answers(draft: Draft) -> Iterator[Problem]:
    for question in draft.main.questions if Step.TEST in draft.steps else ():
        place = Place(question.key, Group.QUESTIONS)
        right = len(question.right)
        if not right:
            yield Problem(place, None, "answers", Why.NO_RIGHT_ANSWER)
        elif right == len(question.options):
            yield Problem(place, None, "answers", Why.NO_WRONG_ANSWER)
        elif right > 1 and question.kind == "single":
            yield Problem(place, None, "answers", Why.SEVERAL_RIGHT_ANSWERS)


def _of_markdown(draft: Draft) -> Iterator[Problem]:
    for code, text in draft.offered.items():
        for place, field, written in _markdowns(text, draft.steps):
            lines = [fault.line for fault in markdown_faults(written)]
            if lines:
                yield Problem(place, code, field, Why.MARKDOWN, min(lines))


def _markdowns(text: DraftText, steps: tuple[Step, ...]) -> Iterator[tuple[Place, str, str]]:
    yield Place(READING), "reading", text.reading
    if Step.ESSAY in steps:
        yield Place(ESSAY), "essay_prompt", text.essay_prompt
    for video in text.videos:
        yield Place(video.key, Group.VIDEOS), "transcript", video.transcript
    for topic in text.topics:
        yield Place(topic.key, Group.TOPICS), "text", topic.text


_WHYS = {
    "string_too_short": Why.EMPTY,
    "string_too_long": Why.TOO_LONG,
    "int_parsing": Why.NO_NUMBER,
    "int_parsing_size": Why.NO_NUMBER,
    "int_from_float": Why.NO_NUMBER,
    "greater_than_equal": Why.NO_NUMBER,
    "less_than_equal": Why.NO_NUMBER,
    "string_pattern_mismatch": Why.NO_ADDRESS,
    "video_host": Why.NO_ADDRESS,
}


def _explained(draft: Draft, error: ErrorDetails) -> Problem | None:
    """None for what another rule here says in its own way."""
    loc, why = error["loc"], _WHYS.get(error["type"])
    if loc[:1] != ("languages",) or len(loc) < 3 or why is None:
        return None
    language = str(loc[1])
    place, field = _place_of(draft.languages[language], loc[2:])
    limit = int(error.get("ctx", {}).get("max_length", 0)) if why is Why.TOO_LONG else 0
    return Problem(place, language, field, why, limit)


def _place_of(text: DraftText, loc: tuple[Any, ...]) -> tuple[Place, str]:
    if loc[0] == "evaluation":
        return _place_of(text, loc[1:]) if loc[1] == "criteria" else (Place(FORM), str(loc[1]))
    if loc[0] in set(Group) and len(loc) > 2:
        item = text.items(Group(loc[0]))[loc[1]]
        return Place(item.key, Group(loc[0])), _field_of(item, loc[2:])
    names = {"reading": READING, "essay_prompt": ESSAY}
    return Place(names.get(str(loc[0]), NAME)), str(loc[0])


def _field_of(item: Item, loc: tuple[Any, ...]) -> str:
    """The name of a text of an item, as forms know it."""
    name, *inner = loc
    if not inner or isinstance(item, DraftVideo):
        return str(name)
    if name == "images" and isinstance(item, DraftQuestion):
        return f"image-{inner[0] + 1}"
    parts = getattr(item, str(name))
    return f"{str(name).removesuffix('s')}-{parts[inner[0]].key}-{inner[1]}"
