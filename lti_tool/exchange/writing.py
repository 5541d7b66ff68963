"""The way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.exchange.found import Code, FoundQuestion, Note, Place, Severity
from lti_tool.exchange.gift_writing import write_gift


class Format(StrEnum):
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Written:
    """`suffix` ends the file's name. `notes` tell what the format has no room for."""

    data: bytes
    media_type: str
    suffix: str
    notes: tuple[Note, ...] = ()


_WRITERS: dict[Format, tuple[Callable[[Sequence[FoundQuestion]], bytes], str, str]] = {
    Format.GIFT: (write_gift, "text/plain; charset=utf-8", ".gift.txt"),
}


def write(questions: Sequence[FoundQuestion], file_format: Format) -> Written:
    """The same bytes for the same questions."""
    writer, media_type, suffix = _WRITERS[file_format]
    notes = _without_images(questions) if file_format is Format.GIFT else ()
    return Written(writer(questions), media_type, suffix, notes)


def _without_images(questions: Sequence[FoundQuestion]) -> tuple[Note, ...]:
    return tuple(
        Note(Place(number), question.name, Severity.CHANGED, Code.IMAGES_NOT_WRITTEN, {"names": _names(question)})
        for number, question in enumerate(questions, 1)
        if question.images
    )


def _names(question: FoundQuestion) -> str:
    return ", ".join(image.name for image in question.images)
