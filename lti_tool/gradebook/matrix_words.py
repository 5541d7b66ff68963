"""Where somebody stands, why, and what comes next, as staff read it: short, and not addressed to the person."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.completion.verdicts import ItemVerdict, NextStep, PartVerdict, Reason, Verdict
from lti_tool.completion.words import kind_of, status_title
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.programme.requirements import Requirement
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

__all__ = [
    "item_titles",
    "kind_of",
    "next_step_of",
    "positions_of",
    "reason_of",
    "status_title",
    "titled",
    "whole_reason",
]

_REASONS = {
    Reason.DONE: _l("Everything is done."),
    Reason.RECOGNISED: _l("Other training is recognised."),
    Reason.NOT_REQUIRED: _l("The position does not require it."),
    Reason.ELSEWHERE: _l("Pointed to another training because of the position."),
    Reason.NOTHING_ASKED: _l("The programme asks for nothing."),
    Reason.NOT_PLANNED: _l("Dates are not announced yet."),
    Reason.NO_PLACE: _l("No date chosen yet."),
    Reason.HAS_PLACE: _l("Has a place."),
    Reason.EXPECTED: _l("Expected at the dates of the course."),
    Reason.NOT_MARKED: _l("Attendance is not recorded yet."),
    Reason.NOT_MARKED_LONG: _l("Attendance was not recorded, for more than a week."),
    Reason.ABSENT: _l("Was absent."),
    Reason.LAST_DATES: _l("No date chosen, and few are left."),
    Reason.WAITING: _l("On waiting lists only."),
    Reason.FULL: _l("All dates that are left are full."),
    Reason.SIGN_UP_CLOSED: _l("No date chosen, and sign-up is over."),
    Reason.NO_DATE_LEFT: _l("No date is left."),
    Reason.NOT_CHOSEN: _l("Has not chosen modules."),
    Reason.NOT_BEGUN: _l("Has not begun."),
    Reason.BEGUN: _l("Has begun."),
    Reason.OVERDUE: _l("A date is past."),
    Reason.NOT_OFFERED: _l("Too few modules are left."),
}
_NEXT = {
    NextStep.ASK_COORDINATOR: _l("Turns to the coordinator"),
    NextStep.ASK_TEACHER: _l("Turns to the course teacher"),
    NextStep.CHOOSE_DATE: _l("Chooses a date"),
    NextStep.JOIN_WAITING_LIST: _l("Joins a waiting list"),
    NextStep.CHOOSE_MODULES: _l("Chooses modules"),
    NextStep.PREPARE: _l("Prepares"),
    NextStep.WORK: _l("Works on a module"),
    NextStep.ATTEND: _l("Comes to the date"),
    NextStep.AWAIT_PLACE: _l("Waits for a place"),
    NextStep.AWAIT_MARK: _l("Waits for attendance to be recorded"),
    NextStep.AWAIT_DATES: _l("Waits for dates to be announced"),
    NextStep.NOTHING: "",
}


def next_step_of(one: Verdict | PartVerdict | ItemVerdict) -> str:
    return str(_NEXT[one.next_step])


def reason_of(one: PartVerdict | ItemVerdict) -> str:
    return str(_REASONS[one.reason])


def whole_reason(verdict: Verdict, programme: ProgrammeContent, language: str) -> str:
    """With the requirement that it is about, and what it is that exempts."""
    about = {one.key: one.titles for one in programme.requirements}.get(verdict.about or "")
    why = str(_REASONS[verdict.reason])
    if verdict.because:
        return _("%(why)s (%(what)s)", why=why, what=_exempting(verdict.because, programme, language))
    if about is None:
        return why
    return _("%(part)s: %(why)s", part=in_language(about, language, programme.default_language), why=why)


def positions_of(programme: ProgrammeContent, language: str) -> dict[str, str]:
    """The titles of positions by key."""
    return {one.key: in_language(one.titles, language, programme.default_language) for one in programme.positions}


def item_titles(programme: ProgrammeContent, modules: Mapping[str, str], language: str) -> dict[str, str]:
    """Of meetings and modules by key."""
    meetings = {meeting.key: meeting.titles for one in programme.attendances for meeting in one.meetings}
    titles = {key: in_language(texts, language, programme.default_language) for key, texts in meetings.items()}
    return {**modules, **titles}


def _exempting(key: str, programme: ProgrammeContent, language: str) -> str:
    known = {one.key: one.titles for one in programme.equivalents}
    known |= {one.key: one.titles for one in programme.positions}
    return in_language(known[key], language, programme.default_language) if key in known else key


def titled(requirement: Requirement, programme: ProgrammeContent, language: str) -> str:
    return in_language(requirement.titles, language, programme.default_language)
