"""What marks are called, and who has made them."""

from __future__ import annotations

from datetime import datetime

from flask_babel import format_datetime, to_user_timezone

from lti_tool.attendance.models import Presence, Source
from lti_tool.database import now
from lti_tool.marking.register import Marked
from lti_tool.moments import moment_text
from lti_tool.people.names import shown_name
from lti_tool.texts import gettext as _


def presence_titles() -> dict[str, str]:
    return {
        Presence.PRESENT.value: _("Present"),
        Presence.LATE.value: _("Came late"),
        Presence.ABSENT.value: _("Absent"),
        "none": _("No mark"),
    }


def source_titles() -> dict[str, str]:
    return {
        Source.LIST.value: _("on the list"),
        Source.CHECK_IN.value: _("after their check-in"),
        Source.REPORT.value: _("from a report of the video meeting"),
    }


def title_of(presence: Presence | None) -> str:
    return presence_titles()[presence.value if presence else "none"]


def time_text(moment: datetime) -> str:
    """Such as "14:05", with the day where it is not today."""
    today = to_user_timezone(moment).date() == to_user_timezone(now()).date()
    return str(format_datetime(moment, "HH:mm")) if today else moment_text(moment)


def marked_text(marked: Marked | None) -> str:
    """Who has made the mark and when; nothing without one."""
    if marked is None:
        return ""
    return _("%(name)s, %(time)s", name=shown_name(marked.by, staff=True), time=time_text(marked.at))


def changed_text(marked: Marked | None) -> str:
    """How somebody stands whom somebody else has marked meanwhile."""
    if marked is None:
        return _("Somebody else has taken the mark away meanwhile.")
    return _(
        "Meanwhile marked as “%(presence)s”: %(who)s.", presence=title_of(marked.presence), who=marked_text(marked)
    )
