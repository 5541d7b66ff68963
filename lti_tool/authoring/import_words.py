"""What the pages about bringing in questions say of what happened to each, and of files that cannot be read."""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal

from lti_tool.authoring.import_found import Failure, Ours, Saying
from lti_tool.exchange.found import Code, Unreadable
from lti_tool.exchange.writing import Format
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

_KB = 1024
CODES: dict[str, Any] = {
    Code.ESSAY: _l("It asks for a text, and a test has choices only."),
    Code.SHORT_ANSWER: _l("It asks for words to be typed, and a test has choices only."),
    Code.NUMERICAL: _l("It asks for a number to be typed, and a test has choices only."),
    Code.MATCHING: _l("It asks to match things, and a test has choices only."),
    Code.ORDERING: _l("It asks to put things in order, and a test has choices only."),
    Code.CLOZE: _l("It has gaps to fill, and a test has choices only."),
    Code.DESCRIPTION: _l("It is a text that asks nothing."),
    Code.OTHER_KIND: _l("It is of a kind that a test does not have: %(kind)s."),
    Code.SEVERAL_PARTS: _l("It consists of several questions in one."),
    Code.NO_TEXT: _l("It has no text."),
    Code.NO_RIGHT_ANSWER: _l("No option is marked as right."),
    Code.NO_WRONG_ANSWER: _l("Every option is marked as right."),
    Code.SEVERAL_RIGHT: _l("Any one of several answers would be right, which a test does not have."),
    Code.PARTIAL_CREDIT: _l("Its options give different shares of the score, and a test knows only right and wrong."),
    Code.SCORING: _l("Its rules for the score cannot be told as right and wrong options."),
    Code.TOO_FEW_OPTIONS: _l("It has fewer than two options."),
    Code.TOO_MANY_OPTIONS: _l("It has more than %(most)s options."),
    Code.EMPTY_OPTION: _l("One of its options has no text."),
    Code.FORMULA_IMAGE: _l("A formula in it is a picture that the file does not hold."),
    Code.TOO_LONG: _l("One of its texts has more than %(most)s characters."),
    Code.NOT_UNDERSTOOD: _l("It could not be understood."),
    Code.FORMATTING: _l("Bold, colours, tables and the like are gone; the words are all there."),
    Code.MARKDOWN: _l("It is written in Markdown, whose signs stand in the text as they are."),
    Code.SCRIPTS: _l("Raised and lowered letters stand as ^ and _."),
    Code.FORMULA: _l("It has a formula, which is shown as it is typed."),
    Code.LINK: _l("A link is now its address in the text."),
    Code.MEDIA: _l("Sound or film is left out: %(name)s."),
    Code.IMAGE_MISSING: _l("A picture is missing in the file: %(name)s."),
    Code.IMAGE_KIND: _l("A picture is left out because it is neither PNG, JPEG, GIF nor WebP: %(name)s."),
    Code.IMAGE_OUTSIDE: _l("A picture is left out because it lies elsewhere on the web: %(name)s."),
    Code.IMAGE_MOVED: _l("A picture now stands below the question; where it stood is its number in brackets."),
    Code.TRUE_FALSE: _l("The words for true and false are now those of this language."),
    Code.ALL_OR_NOTHING: _l(
        "It gave parts of the score; now it is right when all right options are chosen and no other."
    ),
    Code.SCORING_SIMPLIFIED: _l("Its rules for the score are now simply right or wrong."),
    Code.FEEDBACK_MERGED: _l("Feedback on the whole answer now stands with the options: “%(text)s”"),
    Code.FEEDBACK_DROPPED: _l("Feedback on the whole answer is left out: “%(text)s”"),
    Code.FIXED_ORDER: _l("Its options stood in a fixed order; now each attempt shows them in another."),
    Code.HINTS: _l("Its hints are left out (%(count)s)."),
    Code.TAGS: _l("Its tags are left out: %(names)s."),
    Code.CATEGORY: _l("Its category is left out: %(name)s."),
    Code.SETTINGS: _l("Settings that a test does not have are left out: %(names)s."),
    Code.PARTS: _l("Parts of the file that a test does not have are left out: %(names)s."),
    Code.NAME_CUT: _l("Its name is shortened."),
    Code.IMAGES_NOT_WRITTEN: _l("Its pictures are left out: %(names)s."),
    Code.ENCODING: _l(
        "The file does not say how its letters are stored. It was read as %(name)s; look at letters such as æ, ø and å."
    ),
    Ours.GENERAL_TO_BARE: _l(
        "Feedback on the question as a whole now stands with the options that had none of their own."
    ),
    Ours.GENERAL_TO_RIGHT: _l("Feedback on the question as a whole now stands behind that of the right options."),
}
FAILURES: dict[str, Any] = {
    Unreadable.EMPTY: _l("The file is empty."),
    Unreadable.TOO_LARGE: _l("There is more in the file than can be read at once. Export it in smaller parts."),
    Unreadable.ENCODING: _l("The letters of the file could not be made out. Save it as UTF-8."),
    Unreadable.UNKNOWN_FORMAT: _l("It is no file of questions in a format that is known here."),
    Unreadable.BROKEN_XML: _l("The file is damaged: its XML breaks off or is not well-formed. Export it once more."),
    Unreadable.DOCTYPE: _l("The file declares entities of its own, which is refused because they can do harm."),
    Unreadable.TOO_COMPLEX: _l("The file is too complex to be read. Export it in smaller parts."),
    Unreadable.TOO_MANY_QUESTIONS: _l(
        "There are more questions in the file than can be read at once. Export it in smaller parts."
    ),
    Unreadable.BROKEN_ZIP: _l("The zip file is damaged. Export it once more."),
    Unreadable.ZIP_ENCRYPTED: _l("The zip file is protected with a password."),
    Unreadable.ZIP_TOO_LARGE: _l(
        "The zip file holds more than can be read at once. Export the questions alone, not the whole course."
    ),
    Unreadable.ZIP_PATHS: _l("The zip file names files outside itself, which is refused because it can do harm."),
    Unreadable.NO_QUESTIONS: _l("There is no question in the file."),
    Failure.CRASHED: _l("Reading the file failed, which is our mistake and not yours. Try another format."),
}
_FORMATS: dict[str, Any] = {
    "gift": _l("GIFT"),
    "aiken": _l("Aiken"),
    "moodle_xml": _l("Moodle XML"),
    "qti_1": _l("QTI 1.2"),
    "qti_2": _l("QTI 2.1"),
    "qti_3": _l("QTI 3"),
}
_USES: dict[Format, Any] = {
    Format.GIFT: _l("A text file that one can read and change; for Moodle, and to keep."),
    Format.MOODLE_XML: _l("For Moodle, with pictures."),
    Format.QTI_1: _l("A package for Canvas (classic quizzes) and Blackboard, with pictures."),
    Format.QTI_2: _l("A package for Canvas (new quizzes), Inspera and others, with pictures."),
}


def saying_words(saying: Saying) -> str:
    """A sentence about one question, or the file."""
    if saying.code == Code.IMAGE_TOO_LARGE:
        return _too_large(saying)
    return str(CODES[saying.code]) % saying.values


def failure_words(code: str, line: int | None) -> str:
    words = str(FAILURES[code])
    return _("%(reason)s It stopped at line %(line)s.", reason=words, line=line) if line else words


def format_name(name: str) -> str:
    return str(_FORMATS[name])


def format_use(name: Format) -> str:
    return str(_USES[name])


def place_words(line: int | None, file: str) -> str:
    """Where something stands in the file; empty if that is not known."""
    if file and line:
        return _("%(file)s, line %(line)s", file=file, line=line)
    return file or (_("line %(line)s", line=line) if line else "")


def _too_large(saying: Saying) -> str:
    name, most = saying.values["name"], int(saying.values["most"])
    if most < _KB:
        return _("A picture is left out because there are more than %(most)s: %(name)s.", most=most, name=name)
    size = format_decimal(most // (_KB * _KB))
    return _("A picture is left out because there would be more than %(size)s MB: %(name)s.", size=size, name=name)
