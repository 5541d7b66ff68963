"""What there is to do about meetings, in the language of the page or of the message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from lti_tool.attendance.sign_up_words import place
from lti_tool.messages.meeting_news import MeetingItem, MeetingKind
from lti_tool.texts import gettext as _


def sentence(item: MeetingItem, title: str, show: Callable[[datetime], str]) -> Markup:
    """What an item says; `show` turns moments into words, or into markup."""
    values = {"meeting": title}
    if item.date is not None:
        shown = {"when": show(item.date.starts_at), "until": show(item.date.sign_up_until)}
        values |= {**shown, "place": place(item.date)}
    # Filling in escapes what is no markup.
    return Markup(_SENTENCES[item.kind]()) % values  # noqa: S704


def action(item: MeetingItem) -> str:
    return _ACTIONS[item.kind]()


def url(item: MeetingItem) -> str:
    if item.kind is MeetingKind.PREPARE:
        return url_for("attendance.preparation", meeting=item.meeting.key)
    if item.date is not None and item.date.course_id is not None:
        return url_for("attendance.calendar")
    return url_for("attendance.dates", meeting=item.meeting.key)


_SENTENCES: dict[MeetingKind, Callable[[], str]] = {
    MeetingKind.CALLED_OFF: lambda: _("“%(meeting)s” on %(when)s was called off. Please choose another date."),
    MeetingKind.MISSED: lambda: _("You were not at “%(meeting)s” on %(when)s. You can make it up on another date."),
    MeetingKind.PLACE: lambda: _(
        "You have a place now: “%(meeting)s” on %(when)s. You can change it or give it up until %(until)s."
    ),
    MeetingKind.CHANGED: lambda: _("The time or the place of “%(meeting)s” has changed: %(when)s, %(place)s."),
    MeetingKind.COURSE_CALLED_OFF: lambda: _("“%(meeting)s” on %(when)s was called off by your course."),
    MeetingKind.PREPARE: lambda: _("Prepare for “%(meeting)s” before it begins on %(when)s."),
    MeetingKind.SOON: lambda: _("“%(meeting)s” is soon: %(when)s, %(place)s."),
    MeetingKind.CHOOSE: lambda: _("You can sign up for a date of “%(meeting)s” now."),
}
_ACTIONS: dict[MeetingKind, Callable[[], str]] = {
    MeetingKind.CALLED_OFF: lambda: _("Choose a date"),
    MeetingKind.MISSED: lambda: _("Choose a date"),
    MeetingKind.PLACE: lambda: _("See your date"),
    MeetingKind.CHANGED: lambda: _("See your date"),
    MeetingKind.COURSE_CALLED_OFF: lambda: _("See your dates"),
    MeetingKind.PREPARE: lambda: _("Prepare for it"),
    MeetingKind.SOON: lambda: _("See your date"),
    MeetingKind.CHOOSE: lambda: _("Choose a date"),
}
