"""What an instructor types of a date of their course, and the dates that it means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import LONGEST, Mistake, NewSession, mistakes_in, said
from lti_tool.attendance.session_forms import When, check_length, note_field, posted_when, text_field, version_of
from lti_tool.course_module.scope import CourseModule
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

MOST_WEEKS = 20
_MINUTES_IN_HOUR = 60
_MOST_HOURS = 24
# Where a mistake in a date is to be mended, if not in the field that it is named by.
_FIELDS = {
    Mistake.ENDS_BEFORE_IT_STARTS: "ends",
    Mistake.TOO_LONG: "day",
    Mistake.SIGN_UP_AFTER_START: "starts",
    Mistake.COUNTS_FOR_NOTHING: "hours",
}
_TEXTS = ("place", "online_url", "leader")


class DateForm(FlaskForm):  # type: ignore[misc]
    """`version` is that of the date that the page showed."""

    version = HiddenField()
    day = text_field(_l("Day"), type="date")
    starts = text_field(_l("From"), type="time")
    ends = text_field(_l("To"), type="time")
    hours = text_field(
        _l("Hours that it counts for"),
        _l("Such as 1.5, if there is a break. Empty: as long as it lasts."),
        inputmode="decimal",
        size=5,
    )
    weeks = text_field(
        _l("How many such dates, one a week"),
        _l("With 4, there is one on the same weekday and at the same time in each of four weeks."),
        inputmode="numeric",
        size=5,
    )
    place = text_field(_l("Place"), _l("Building and room."), maxlength=LONGEST["place"])
    online_url = text_field(
        _l("Link to the online meeting"),
        _l("Such as that of a Zoom meeting. Only those who are expected see it."),
        type="url",
        maxlength=LONGEST["online_url"],
    )
    language = SelectField(_l("Language"), validate_choice=False)
    leader = text_field(_l("Who leads it"), maxlength=LONGEST["leader"])
    note = note_field()


def form_for_new(module: CourseModule, *, leader: str, language: str, posted: bool) -> DateForm:
    usual = {"weeks": "1", "leader": leader, "language": language}
    form = DateForm() if posted else DateForm(formdata=None, data=usual)
    return _for_course(form, module)


def form_for(module: CourseModule, found: TrainingSession, zone: ZoneInfo, *, posted: bool) -> DateForm:
    """Of a date that is planned: there is nothing to repeat."""
    form = DateForm() if posted else DateForm(formdata=None, data=_typed(found, zone))
    del form.weeks
    return _for_course(form, module)


def posted_dates(
    form: DateForm, module: CourseModule, meeting_key: str, zone: ZoneInfo, stored: TrainingSession | None = None
) -> list[NewSession] | None:
    """The date, and those that repeat it; None when something is to be mended, with a message at each such field."""
    when = posted_when(form, zone, stored)
    minutes, weeks = _minutes(form.hours, when), _weeks(form.weeks) if form.weeks else 1
    _check_texts(form)
    if when is None or minutes is None or weeks is None or form.errors:
        return None
    first = _date(form, module, meeting_key, when, minutes)
    for mistake in mistakes_in(first):
        form[_FIELDS.get(mistake, mistake.value)].errors = [said(mistake)]
    return None if form.errors else [_later(first, week, zone) for week in range(weeks)]


def _typed(found: TrainingSession, zone: ZoneInfo) -> dict[str, str]:
    begin, end = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    lasts = found.ends_at - found.starts_at == timedelta(minutes=found.minutes)
    return {
        "version": version_of(found),
        "day": begin.date().isoformat(),
        "starts": begin.strftime("%H:%M"),
        "ends": end.strftime("%H:%M"),
        "hours": "" if lasts else str(format_decimal(round(found.minutes / _MINUTES_IN_HOUR, 2))),
        **{name: getattr(found, name) for name in (*_TEXTS, "language", "note")},
    }


def _date(form: DateForm, module: CourseModule, meeting_key: str, when: When, minutes: int) -> NewSession:
    texts: dict[str, Any] = {name: form[name].data or "" for name in _TEXTS}
    return NewSession(
        cohort_id=module.cohort_id,
        meeting_key=meeting_key,
        course_id=module.course_id,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        minutes=minutes,
        # Nobody signs up: all learning assistants of the course are expected.
        sign_up_until=when.starts_at,
        language=form.language.data,
        note=form.note.data or "",
        **texts,
    )


def _later(first: NewSession, weeks: int, zone: ZoneInfo) -> NewSession:
    """The same weekday and time so many weeks later by the clocks of the zone, whatever is done to them meanwhile."""

    def moved(moment: datetime) -> datetime:
        return (moment.astimezone(zone) + timedelta(weeks=weeks)).astimezone(UTC)

    starts_at = moved(first.starts_at)
    return replace(first, starts_at=starts_at, ends_at=moved(first.ends_at), sign_up_until=starts_at)


def _for_course(form: DateForm, module: CourseModule) -> DateForm:
    form.language.choices = [(code, language_name(code)) for code in module.programme.titles]
    form.note.description = _("What it is about, what they should bring, how to find it. Markdown.")
    return form


def _minutes(field: Any, when: When | None) -> int | None:
    """Hours are read with a point or a comma; without any it counts for as long as it lasts, which mistakes are told of
    elsewhere. It cannot count for longer: that would let people off the hours that are lacking.
    """
    text = (field.data or "").replace(",", ".")
    lasts = round((when.ends_at - when.starts_at).total_seconds() / 60) if when else None
    if not text:
        return max(1, lasts) if lasts is not None else None
    hours = float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() and len(text) <= 6 else 0
    if not 0 < hours <= _MOST_HOURS or round(hours * _MINUTES_IN_HOUR) < 1:
        field.errors = [_("Write for how many hours it counts, such as 1.5.")]
    elif lasts is not None and round(hours * _MINUTES_IN_HOUR) > max(lasts, 1):
        field.errors = [_("It cannot count for longer than it lasts.")]
    return None if field.errors else round(hours * _MINUTES_IN_HOUR)


def _weeks(field: Any) -> int | None:
    text = field.data or "1"
    if text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST_WEEKS:
        return int(text)
    field.errors = [_("A whole number from 1 to %(most)s.", most=MOST_WEEKS)]
    return None


def _check_texts(form: DateForm) -> None:
    for name in (*_TEXTS, "note"):
        check_length(form[name], LONGEST[name])
    if form.language.data not in [choice[0] for choice in form.language.choices or []]:
        form.language.errors = [_("Choose a language.")]
