"""What a file of questions holds, in our terms, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    LEFT_OUT = "left_out"
    CHANGED = "changed"


class Code(StrEnum):
    """What happened; the comment names the values of a `Note` that belong to it."""

    # A question is left out
    ESSAY = "essay"
    SHORT_ANSWER = "short_answer"
    NUMERICAL = "numerical"
    MATCHING = "matching"
    ORDERING = "ordering"
    CLOZE = "cloze"
    DESCRIPTION = "description"
    OTHER_KIND = "other_kind"  # kind: the file's own word for it
    SEVERAL_PARTS = "several_parts"
    NO_TEXT = "no_text"
    NO_RIGHT_ANSWER = "no_right_answer"
    NO_WRONG_ANSWER = "no_wrong_answer"
    SEVERAL_RIGHT = "several_right"  # any one of several answers would do
    PARTIAL_CREDIT = "partial_credit"
    SCORING = "scoring"
    TOO_FEW_OPTIONS = "too_few_options"
    TOO_MANY_OPTIONS = "too_many_options"  # most
    EMPTY_OPTION = "empty_option"
    FORMULA_IMAGE = "formula_image"
    TOO_LONG = "too_long"  # most: characters
    NOT_UNDERSTOOD = "not_understood"

    # A question is kept, and something about it changed
    FORMATTING = "formatting"
    MARKDOWN = "markdown"
    SCRIPTS = "scripts"  # sub- and superscript
    FORMULA = "formula"
    LINK = "link"  # the address stands in the text
    MEDIA = "media"  # name
    IMAGE_MISSING = "image_missing"  # name
    IMAGE_KIND = "image_kind"  # name: neither PNG, JPEG, GIF nor WebP
    IMAGE_TOO_LARGE = "image_too_large"  # name, most: bytes
    IMAGE_OUTSIDE = "image_outside"  # name: an address on the web
    IMAGE_MOVED = "image_moved"  # name
    TRUE_FALSE = "true_false"
    ALL_OR_NOTHING = "all_or_nothing"
    SCORING_SIMPLIFIED = "scoring_simplified"
    FEEDBACK_MERGED = "feedback_merged"  # text: given to the options
    FEEDBACK_DROPPED = "feedback_dropped"  # text
    FIXED_ORDER = "fixed_order"  # of the options
    HINTS = "hints"  # count
    TAGS = "tags"  # names
    CATEGORY = "category"  # name
    SETTINGS = "settings"  # names
    PARTS = "parts"  # names
    NAME_CUT = "name_cut"
    IMAGES_NOT_WRITTEN = "images_not_written"  # names

    # The whole file
    ENCODING = "encoding"  # name


class Unreadable(StrEnum):
    """Why nothing of a file can be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    UNKNOWN_FORMAT = "unknown_format"
    BROKEN_XML = "broken_xml"
    DOCTYPE = "doctype"
    TOO_COMPLEX = "too_complex"
    TOO_MANY_QUESTIONS = "too_many_questions"
    BROKEN_ZIP = "broken_zip"
    ZIP_ENCRYPTED = "zip_encrypted"
    ZIP_TOO_LARGE = "zip_too_large"
    ZIP_PATHS = "zip_paths"
    NO_QUESTIONS = "no_questions"


class UnreadableFile(Exception):
    """Nothing of the file is read. `line` counts from 1."""

    def __init__(self, code: Unreadable, line: int | None = None) -> None:
        super().__init__(code, line)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: the how-manieth question (from 1), the line it begins at, the file within a package."""

    number: int
    line: int | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """`name` is a plain file name, unlike those of the question's other images; `alt` one line, maybe empty."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class FoundOption:
    text: str
    correct: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """All texts are plain text. There are at least two options, one of them wrong; a `single` has one right.

    `name` is the file's own, one line, maybe empty. An image within the running text leaves its name there in
    square brackets.
    """

    name: str
    text: str
    kind: Literal["single", "multiple"]
    options: tuple[FoundOption, ...]
    general_feedback: str = ""
    images: tuple[Image, ...] = ()
    place: Place = Place(0)


@dataclass(frozen=True, slots=True)
class Note:
    """`place` is None where the note is about the whole file."""

    place: Place | None
    question: str
    severity: Severity
    code: Code
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """`format` is one of gift, aiken, moodle_xml, qti_1, qti_2, qti_3."""

    format: str
    questions: tuple[FoundQuestion, ...]
    notes: tuple[Note, ...]


class LeftOut(Exception):
    """Raised while a question is read; it becomes its note."""

    def __init__(self, code: Code, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
