"""Which versions of a module ask a question in the same words. Pure.

A key lives on through versions while the question behind it may change; answers to different questions are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lti_tool.programme.content import ModuleContent, Question, in_language

# A question as each language asks it.
_Said = Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Wording:
    """A question of the key `key`, the same in all of `versions`, which are numbers in rising order.

    `place` counts from 1 in the last of them, whose text it has.
    """

    key: str
    versions: tuple[int, ...]
    place: int
    texts: Mapping[str, Question]
    default_language: str

    @property
    def number(self) -> int:
        """Tells it from other wordings of its key."""
        return self.versions[0]

    @property
    def solution(self) -> frozenset[str]:
        return frozenset(option.key for option in self.question.options if option.correct)

    @property
    def question(self) -> Question:
        return self.texts[self.default_language]

    def text_in(self, language: str) -> Question:
        return in_language(self.texts, language, self.default_language)


def wordings(versions: Mapping[int, ModuleContent]) -> list[Wording]:
    """By number of the version; what the newest asks comes first, in its order, then what only older ones asked."""
    found: list[Wording] = []
    for number in sorted(versions):
        for wording in _asked_in(number, versions[number]):
            _add(found, wording)
    return sorted(found, key=lambda wording: (-wording.versions[-1], wording.place))


def _asked_in(number: int, content: ModuleContent) -> list[Wording]:
    default = content.default_language
    return [
        Wording(question.key, (number,), place, _said(content, question.key), default)
        for place, question in enumerate(content.languages[default].questions, start=1)
    ]


def _said(content: ModuleContent, key: str) -> _Said:
    return {code: q for code, text in content.languages.items() for q in text.questions if q.key == key}


def _add(found: list[Wording], new: Wording) -> None:
    for index, known in enumerate(found):
        if known.key == new.key and same(known.texts, new.texts):
            found[index] = replace(new, versions=known.versions + new.versions)
            return
    found.append(new)


def same(one: _Said, other: _Said) -> bool:
    """In each language that both have, and they have one in common: a language that was added changes nothing for
    those who had answered before. The feedback may differ, which nobody has seen at their first attempt, and so may
    the order of the options, which each attempt shuffles."""
    common = one.keys() & other.keys()
    return bool(common) and all(_face(one[code]) == _face(other[code]) for code in common)


def _face(question: Question) -> tuple[object, ...]:
    options = frozenset((option.key, option.text, option.correct) for option in question.options)
    return question.kind, question.text, options, tuple(image.digest for image in question.images)
