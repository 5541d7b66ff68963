"""What My training says of a whole programme, of a requirement and of each meeting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import format_decimal
from markupsafe import Markup

from lti_tool.attendance.sign_up_words import place
from lti_tool.completion.records import Date
from lti_tool.completion.verdicts import ItemVerdict, PartVerdict, Reason, Status, Verdict
from lti_tool.completion.words import kind_of, status_title
from lti_tool.home.training import Training
from lti_tool.moments import day_text, span
from lti_tool.programme.content import in_language
from lti_tool.programme.requirements import Attendance, Meeting
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

_NOTHING_YET = (Reason.NOT_PLANNED, Reason.NO_PLACE)
_MOST_DATES = 3


@dataclass(frozen=True, slots=True)
class State:
    """A state tag: its text and its kind."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One meeting. `dates` are the first of those on which an absence can be made up."""

    title: str
    hours: float
    state: State
    hints: tuple[Markup | str, ...]
    dates: tuple[Markup, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Why the programme is not for them, or may not be."""

    title: str
    text: str


def state_of(one: Verdict | PartVerdict) -> State:
    if one.status is Status.EXEMPT:
        return State(_("Not required of you"), "done")
    return State(status_title(one.status), kind_of(one.status))


def reason_of(training: Training, language: str) -> str:
    """Why they stand as they do, such as "Core module 1: You were absent"; nothing where a notice says it."""
    part = training.verdict.lead
    item = part.lead if part else None
    if part is None:
        return ""
    if item is None:
        return _REASONS[part.reason]()
    progress = training.progress_in(item.key)
    if progress is not None:
        what, why = progress.standing.content.title_in(language), _REASONS[item.reason]()
    else:
        titles = training.programme.meeting_of(item.key)[1].titles
        what, why = in_language(titles, language, training.programme.default_language), _STATES[item.reason]()
    return _("%(what)s: %(why)s", what=what, why=why)


def notice_of(training: Training, language: str) -> Notice | None:
    verdict, programme = training.verdict, training.programme
    if verdict.status is Status.EXEMPT and verdict.reason is Reason.RECOGNISED:
        return Notice(
            _("You need not take this training"),
            _("Other training of yours is recognised instead. What you do here all the same is kept."),
        )
    if verdict.status is Status.EXEMPT and verdict.because:
        advice = programme.position_of(verdict.because).advice
        return Notice(
            _("This training is not required of you")
            if verdict.reason is Reason.NOT_REQUIRED
            else _("This training is meant for others"),
            in_language(advice, language, programme.default_language)
            if advice
            else _("Your position does not need it. What you do here all the same is kept."),
        )
    if training.unlisted and verdict.status is not Status.DONE:
        return Notice(
            _("You are not on the list of those who are employed"),
            _(
                "This training is for people who are employed as learning assistants, and the list of this term does "
                "not name you. What you do counts all the same; ask your department whether the list is right."
            ),
        )
    return None


def lines_of(training: Training, requirement: Attendance, language: str) -> list[Line]:
    part = training.verdict.part(requirement.key)
    return [
        _line(training, requirement, meeting, item, language)
        for meeting, item in zip(requirement.meetings, part.items, strict=True)
    ]


def course_of(training: Training, requirement: Attendance) -> str | None:
    """The title of the course whose meetings are shown."""
    course_id = training.verdict.part(requirement.key).course_id
    return training.courses.get(course_id) if course_id is not None else None


def _line(training: Training, requirement: Attendance, meeting: Meeting, item: ItemVerdict, language: str) -> Line:
    makes_up = item.reason is Reason.ABSENT
    dates = tuple(span(one.starts_at, one.ends_at) for one in item.left[:_MOST_DATES]) if makes_up else ()
    return Line(
        in_language(meeting.titles, language, training.programme.default_language),
        meeting.hours,
        State(_STATES[item.reason](), "todo" if item.reason in _NOTHING_YET else kind_of(item.status)),
        tuple(hint for hint in (_hours(item), _when(training, item), _hint(item)) if hint),
        dates,
        tuple(_links(requirement, meeting, item)),
    )


_STATES: dict[Reason, Callable[[], str]] = {
    Reason.DONE: lambda: _("Done"),
    Reason.NOT_PLANNED: lambda: _("Dates will be announced"),
    Reason.NO_PLACE: lambda: _("No date chosen yet"),
    Reason.HAS_PLACE: lambda: _("You have a place"),
    Reason.EXPECTED: lambda: _("Date is set"),
    Reason.NOT_MARKED: lambda: _("Attendance is being recorded"),
    Reason.NOT_MARKED_LONG: lambda: _("Attendance was not recorded"),
    Reason.ABSENT: lambda: _("You were absent"),
    Reason.LAST_DATES: lambda: _("No date chosen yet"),
    Reason.WAITING: lambda: _("On a waiting list"),
    Reason.FULL: lambda: _("All dates are full"),
    Reason.SIGN_UP_CLOSED: lambda: _("Signing up has ended"),
    Reason.NO_DATE_LEFT: lambda: _("No date is left"),
}


# Of modules.
_REASONS: dict[Reason, Callable[[], str]] = {
    Reason.NOT_CHOSEN: lambda: _("Modules are still to be chosen"),
    Reason.NOT_BEGUN: lambda: _("Not started"),
    Reason.BEGUN: lambda: _("Started"),
    Reason.OVERDUE: lambda: _("Overdue, but it still counts"),
    Reason.NOT_OFFERED: lambda: _("Fewer modules are open than you still need"),
}


def _hours(item: ItemVerdict) -> str:
    """Where a meeting takes several dates, how much of it is done."""
    if not 0 < item.hours_done < item.hours:
        return ""
    return _(
        "%(done)s of %(total)s hours done.", done=format_decimal(item.hours_done), total=format_decimal(item.hours)
    )


def _when(training: Training, item: ItemVerdict) -> Markup | str:
    if item.status is Status.DONE and item.attended:
        days = dict.fromkeys(day_text(one.starts_at) for one in item.attended)
        return _("You were there on %(days)s.", days=", ".join(days))
    if item.upcoming is None:
        return ""
    session = training.sessions[item.upcoming.id]
    return Markup(", ").join([span(session.starts_at, session.ends_at), place(session)])


def _hint(item: ItemVerdict) -> str:
    hints = {
        Reason.NO_PLACE: lambda: _rooms(item.left),
        Reason.LAST_DATES: lambda: _("The last dates are coming up.") + " " + _rooms(item.left),
        Reason.WAITING: lambda: _("A place on a waiting list is no place yet."),
        Reason.NOT_MARKED_LONG: lambda: _("Only what is recorded counts: ask whoever led it."),
        Reason.ABSENT: lambda: _("You can make up for it on another date:") if item.left else "",
        Reason.NO_DATE_LEFT: lambda: _("Nobody can let you off it. Ask whether another date is planned."),
    }
    return hints[item.reason]() if item.reason in hints else ""


def _rooms(dates: tuple[Date, ...]) -> str:
    return ngettext("%(num)s date has room.", "%(num)s dates have room.", len(dates))


def _links(requirement: Attendance, meeting: Meeting, item: ItemVerdict) -> list[Link]:
    links = []
    if requirement.held_by == "programme" and item.reason is not Reason.NOT_PLANNED:
        links.append(Link(_dates_link(item), url_for("attendance.dates", meeting=meeting.key)))
    if meeting.preparation and item.status is not Status.DONE:
        links.append(Link(_("Preparation"), url_for("attendance.preparation", meeting=meeting.key)))
    return links


def _dates_link(item: ItemVerdict) -> str:
    if item.status is Status.DONE:
        return _("Its date")
    if item.reason is Reason.HAS_PLACE:
        return _("See or change your date")
    return _("Choose a date") if item.reason in (Reason.NO_PLACE, Reason.LAST_DATES, Reason.ABSENT) else _("All dates")
