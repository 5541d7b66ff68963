"""What the pages about lists of people say."""

from __future__ import annotations

from typing import Any

from lti_tool.employment.found import Code, Failure, Found, Missing, Mistake
from lti_tool.employment.lines import MOST_HOURS
from lti_tool.employment.list_queries import Sent
from lti_tool.employment.models import ListState
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.sheets.sheet import Unreadable
from lti_tool.sheets.words import unreadable_words
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

_MISTAKES: dict[Code, Any] = {
    Code.NOBODY: _l("There is neither a name nor an e-mail address."),
    Code.ADDRESS: _l("“%(said)s” is no e-mail address."),
    Code.HOURS: _l("“%(said)s” is no number of hours up to %(most_hours)s."),
    Code.TERM: _l("“%(said)s” is no term of this programme."),
    Code.TOO_LONG: _l("“%(said)s …” is too long."),
    Code.TWICE: _l("%(said)s stands with the same course and position in line %(other)s, with something else beside."),
    Code.OTHER_NAME: _l("The same address stands with another name in line %(other)s: %(said)s."),
}
_FAILURES: dict[Failure, Any] = {
    Failure.CRASHED: _l("Working on the file failed, which is our mistake and not yours. Try once more."),
    Failure.NO_HEAD: _l("No column is called “Name” or “E-mail”, so it is not clear who is on the list."),
    Failure.NOBODY: _l("There is nobody of this term in the file."),
}
COLUMN_NAMES: dict[str, Any] = {
    "name": _l("Name"),
    "first": _l("First name"),
    "last": _l("Last name"),
    "email": _l("E-mail"),
    "position": _l("Position"),
    "course": _l("Course"),
    "department": _l("Department"),
    "town": _l("Town"),
    "hours": _l("Hours"),
    "term": _l("Term"),
}
TRAINING: dict[str, Any] = {
    "required": _l("The training is required"),
    "not-required": _l("The training is not required"),
    "elsewhere": _l("Pointed elsewhere"),
}
MISSING: dict[Missing, Any] = {
    Missing.STAY: _l("They stay on the list: the file is only a part of it."),
    Missing.END_DEPARTMENTS: _l("Those of the departments in the file are no longer employed; the others stay."),
    Missing.END_ALL: _l("They are no longer employed: the file is the whole list."),
}


def mistake_words(mistake: Mistake) -> str:
    values = {"said": mistake.said, "other": mistake.other, "most_hours": MOST_HOURS}
    return str(_MISTAKES[mistake.code]) % values


def failure_words(found: Found) -> str:
    if found.code in set(Failure):
        return str(_FAILURES[Failure(found.code)])
    return unreadable_words(Unreadable(found.code), found.line)


def state_words(sent: Sent) -> str:
    if sent.state is ListState.READING and sent.total:
        return _("Read %(done)s of %(total)s lines", done=sent.done, total=sent.total)
    return {
        ListState.WAITING: _("Waiting for its turn"),
        ListState.READING: _("Being read"),
        ListState.READ: _("Read, nothing is taken over yet"),
        ListState.FAILED: _("Failed"),
        ListState.TAKING: _("Being taken over"),
        ListState.TAKEN: _("Taken over"),
    }[sent.state]


def position_title(key: str, programme: ProgrammeContent, language: str) -> str:
    """The key itself of a position that the programme no longer has."""
    titles = {one.key: one.titles for one in programme.positions}.get(key)
    return in_language(titles, language, programme.default_language) if titles else key
