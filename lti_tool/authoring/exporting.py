"""Questions of a module on their way into a file: what can go there, and what is said about the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lti_tool.authoring.import_found import Saying
from lti_tool.authoring.parts import DraftQuestion
from lti_tool.exchange.found import Code, FoundOption, FoundQuestion, Image
from lti_tool.exchange.images import ENDINGS
from lti_tool.exchange.text import clean, one_line
from lti_tool.programme.pictures import Picture


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`left_out` says of each question that is no question yet why, `missing` which pictures are not stored."""

    questions: tuple[FoundQuestion, ...]
    left_out: tuple[Saying, ...]
    missing: tuple[Saying, ...]


def outgoing(questions: Iterable[DraftQuestion], pictures: Mapping[str, Picture]) -> Outgoing:
    """`pictures` by their digests. A question is known by its key in the file."""
    kept, left_out, missing = [], [], []
    for number, question in enumerate(questions, start=1):
        code = fault_of(question)
        if code is not None:
            left_out.append(_saying(code, number, question))
            continue
        kept.append(_question(question, pictures))
        missing += [
            _saying(Code.IMAGE_MISSING, number, question, name=image.alternative or image.digest[:8])
            for image in question.images
            if image.digest not in pictures
        ]
    return Outgoing(tuple(kept), tuple(left_out), tuple(missing))


def digests_of(questions: Iterable[DraftQuestion]) -> set[str]:
    return {image.digest for question in questions for image in question.images}


def fault_of(question: DraftQuestion) -> Code | None:
    """Why it is no question yet."""
    right, options = len(question.right), question.options
    faults = {
        Code.NO_TEXT: not clean(question.text),
        Code.TOO_FEW_OPTIONS: len(options) < 2,
        Code.EMPTY_OPTION: not all(clean(option.text) for option in options),
        Code.NO_RIGHT_ANSWER: not right,
        Code.NO_WRONG_ANSWER: right == len(options),
        Code.SEVERAL_RIGHT: right > 1 and question.kind == "single",
    }
    return next((code for code, wrong in faults.items() if wrong), None)


def _question(question: DraftQuestion, pictures: Mapping[str, Picture]) -> FoundQuestion:
    kind: Literal["single", "multiple"] = question.kind
    return FoundQuestion(
        name=question.key,
        text=clean(question.text),
        kind=kind,
        options=tuple(
            FoundOption(clean(option.text), option.correct, clean(option.feedback)) for option in question.options
        ),
        images=tuple(
            _image(number, pictures[image.digest], image.alternative)
            for number, image in enumerate(question.images, start=1)
            if image.digest in pictures
        ),
    )


def _image(number: int, picture: Picture, alternative: str) -> Image:
    return Image(
        f"picture-{number}{ENDINGS[picture.media_type]}", picture.media_type, picture.data, one_line(alternative)
    )


def _saying(code: Code, number: int, question: DraftQuestion, **values: str) -> Saying:
    return Saying(code=code, values=dict(values), number=number, name=question.text or question.key)
