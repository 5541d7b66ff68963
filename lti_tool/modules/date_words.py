"""What people are told about dates, in their time zone and language."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from flask_babel import format_timedelta
from markupsafe import Markup

from lti_tool.database import now
from lti_tool.modules.dates import Deadline, is_late
from lti_tool.moments import moment
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext


def init_date_words(app: Flask) -> None:
    app.add_template_filter(due_words)
    app.add_template_filter(evaluation_due_words)
    app.add_template_filter(late_words)


def due_words(found: Deadline | None) -> Markup:
    """Of a step that is not done: when it is due, or what it means that it was. Nothing without a date."""
    if found is None:
        return Markup()
    return _upcoming(found) or _filled(
        _("It was due %(when)s. Handed in by %(closes)s it is not late.")
        if not is_late(found, now())
        else _("It was due %(when)s. Hand it in all the same: it counts, and is marked as late."),
        found,
    )


def evaluation_due_words(found: Deadline | None) -> Markup:
    """As `due_words`, of an evaluation: its essay does not wait forever."""
    if found is None:
        return Markup()
    return _upcoming(found) or _filled(
        _("It was due %(when)s. If it is not submitted by %(closes)s, somebody else gets the essay.")
        if not is_late(found, now())
        else _("It was due %(when)s. Submit it all the same: it counts as long as nobody else has the essay."),
        found,
    )


def late_words(found: Deadline | None, done_at: datetime | None) -> Markup:
    """Of a step that was done late; nothing of one that was not."""
    if found is None or done_at is None or not is_late(found, done_at):
        return Markup()
    return _filled(_("Late: it was due %(when)s. It counts all the same."), found)


def is_past(found: Deadline | None) -> bool:
    return found is not None and found.due_at < now()


def _upcoming(found: Deadline) -> Markup:
    if is_past(found):
        return Markup()
    return _filled(
        _("You have more time: due %(when)s, %(left)s.") if found.extended else _("Due %(when)s, %(left)s."), found
    )


def _filled(message: str, found: Deadline) -> Markup:
    values = {"when": moment(found.due_at), "closes": moment(found.closes_at), "left": _left(found.due_at - now())}
    return Markup(message) % values  # noqa: S704 - a text of ours


def _left(time: timedelta) -> str:
    """Such as "in 9 days"; Babel alone would make that "in 1 week"."""
    if time.days > 1:
        return ngettext("in %(num)s day", "in %(num)s days", time.days)
    return str(format_timedelta(time, add_direction=True))
