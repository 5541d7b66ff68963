"""What was found in a file of questions, as it is kept until somebody has decided what to take: JSON and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from lti_tool.authoring.parts import DraftImage, DraftOption, DraftQuestion
from lti_tool.exchange.found import FoundOption, FoundQuestion, Image, Imported, Note, Place, Severity


class Ours(StrEnum):
    """What happens to a question because of what a module has no place for; besides the codes of the reader."""

    # `general_feedback`, which our questions do not have
    GENERAL_TO_BARE = "general_to_bare"
    GENERAL_TO_RIGHT = "general_to_right"


class Failure(StrEnum):
    """Why a file was given up, besides the codes of the reader."""

    CRASHED = "crashed"


class Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Saying(Kept):
    """A note. `number` is 0 for the file as a whole; `values` belong to the code."""

    code: str
    values: dict[str, str | int] = {}
    number: int = 0
    line: int | None = None
    file: str = ""
    name: str = ""


class Entry(Kept):
    """A question that can be taken. `number` says which one of the file it is, from 1, those left out included."""

    number: int
    line: int | None
    file: str
    name: str
    question: DraftQuestion
    said: tuple[Saying, ...] = ()


class Found(Kept):
    """All there is to know of an import but the file itself.

    `language` is what the questions are written in, `tries` how often reading has begun. `code` and `line` say why
    nothing could be read. `left` are the numbers of the questions that are not to be taken; `added` maps the numbers
    of those that were to their keys in the draft.
    """

    language: str
    tries: int = 0
    code: str = ""
    line: int | None = None
    format: str = ""
    entries: tuple[Entry, ...] = ()
    left_out: tuple[Saying, ...] = ()
    about_file: tuple[Saying, ...] = ()
    left: frozenset[int] = frozenset()
    added: dict[int, str] = {}

    def with_(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def chosen(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.number not in self.left]


def found_in(imported: Imported, begun: Found, picture_word: str) -> Found:
    """`picture_word` with a number is what stands in a text where the file had a picture."""
    said: dict[int, list[Saying]] = {}
    left_out = []
    for note in imported.notes:
        saying = saying_of(note)
        if note.severity is Severity.LEFT_OUT:
            left_out.append(saying)
        else:
            said.setdefault(saying.number, []).append(saying)
    entries = tuple(
        _entry(question, said.pop(question.place.number, []), picture_word) for question in imported.questions
    )
    # What is left speaks of the file, or of categories around questions that were left out.
    about_file = tuple(saying for some in said.values() for saying in some)
    return begun.with_(format=imported.format, entries=entries, left_out=tuple(left_out), about_file=about_file)


def pictures_in(imported: Imported) -> dict[str, Image]:
    """By their digests, each once."""
    return {digest_of(image.data): image for question in imported.questions for image in question.images}


def digest_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def same_texts(questions: Iterable[DraftQuestion]) -> set[str]:
    """What `is_among` compares with."""
    return {_squeezed(question.text) for question in questions} - {""}


def is_among(question: DraftQuestion, texts: set[str]) -> bool:
    """Whether one of them asks the same, give or take blanks and capitals."""
    return _squeezed(question.text) in texts


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


def saying_of(note: Note) -> Saying:
    place = note.place or Place(0)
    return Saying(
        code=note.code,
        values=dict(note.values),
        number=place.number,
        line=place.line,
        file=place.file,
        name=note.question,
    )


def _entry(found: FoundQuestion, said: list[Saying], picture_word: str) -> Entry:
    options, merged = with_general_feedback(found)
    alternatives: dict[str, str] = {}
    for image in found.images:
        alternatives.setdefault(digest_of(image.data), image.alt)
    numbers = {digest: number for number, digest in enumerate(alternatives, start=1)}
    marks = {f"[{image.name}]": f"[{picture_word} {numbers[digest_of(image.data)]}]" for image in found.images}
    question = DraftQuestion(
        key="",
        text=_marked(found.text, marks),
        kind=found.kind,
        options=tuple(
            DraftOption(
                key=f"option-{number}",
                text=_marked(option.text, marks),
                correct=option.correct,
                feedback=_marked(option.feedback, marks),
            )
            for number, option in enumerate(options, start=1)
        ),
        images=tuple(DraftImage(digest=digest, alternative=alt) for digest, alt in alternatives.items()),
    )
    notes = [*said, *([Saying(code=merged)] if merged else [])]
    place = found.place
    return Entry(
        number=place.number, line=place.line, file=place.file, name=found.name, question=question, said=tuple(notes)
    )


def with_general_feedback(found: FoundQuestion) -> tuple[tuple[FoundOption, ...], Ours | None]:
    """The options with what the file says about the whole question: as the feedback of those that have none of their
    own or, if all have, behind that of the right ones. Also which of the two was done, if any.
    """
    general = found.general_feedback
    if not general:
        return found.options, None
    if all(option.feedback for option in found.options):
        return tuple(
            FoundOption(
                option.text, option.correct, f"{option.feedback}\n\n{general}" if option.correct else option.feedback
            )
            for option in found.options
        ), Ours.GENERAL_TO_RIGHT
    return tuple(
        FoundOption(option.text, option.correct, option.feedback or general) for option in found.options
    ), Ours.GENERAL_TO_BARE


def _marked(text: str, marks: Mapping[str, str]) -> str:
    for name, mark in marks.items():
        text = text.replace(name, mark)
    return text
