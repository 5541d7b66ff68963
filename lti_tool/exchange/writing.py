"""The way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.exchange.found import Code, FoundQuestion, Note, Place, Severity
from lti_tool.exchange.gift_writing import write_gift
from lti_tool.exchange.moodle_writing import write_moodle
from lti_tool.exchange.qti1_writing import write_qti1
from lti_tool.exchange.qti2_writing import write_qti2


class Format(StrEnum):
    GIFT = "gift"
    MOODLE_XML = "moodle_xml"
    QTI_1 = "qti_1"
    QTI_2 = "qti_2"


@dataclass(frozen=True, slots=True)
class Written:
    """`suffix` ends the file's name. `notes` tell what the format has no room for."""

    data: bytes
    media_type: str
    suffix: str
    notes: tuple[Note, ...] = ()


_WRITERS: dict[Format, tuple[Callable[[Sequence[FoundQuestion]], bytes], str, str]] = {
    Format.GIFT: (write_gift, "text/plain; charset=utf-8", ".gift.txt"),
    Format.MOODLE_XML: (write_moodle, "application/xml", ".moodle.xml"),
    Format.QTI_1: (write_qti1, "application/zip", ".qti12.zip"),
    Format.QTI_2: (write_qti2, "application/zip", ".qti21.zip"),
}


def write(questions: Sequence[FoundQuestion], file_format: Format) -> Written:
    """The same bytes for the same questions."""
    writer, media_type, suffix = _WRITERS[file_format]
    return Written(writer(questions), media_type, suffix, lost_in(questions, file_format))


def lost_in(questions: Sequence[FoundQuestion], file_format: Format) -> tuple[Note, ...]:
    """What the format has no room for."""
    if file_format is not Format.GIFT:
        return ()
    return tuple(
        Note(Place(number), question.name, Severity.CHANGED, Code.IMAGES_NOT_WRITTEN, {"names": _names(question)})
        for number, question in enumerate(questions, 1)
        if question.images
    )


def _names(question: FoundQuestion) -> str:
    return ", ".join(image.name for image in question.images)
