"""What coordinators type of a date, and the date it means in their time zone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import (
    DAYS_TO_SIGN_UP,
    LONGEST,
    MOST_PLACES,
    Mistake,
    NewSession,
    as_planned,
    mistakes_in,
    said,
    usual_deadline,
)
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.series import Unread, read_clock, read_day
from lti_tool.database import now
from lti_tool.drafts import one_line, stripped
from lti_tool.local_time import NoMoment, Skipped, moment_in, typed
from lti_tool.reflection.forms import language_name
from lti_tool.sheets.columns import plain
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

# Where a mistake in a date is to be mended, if not in the field that it is named by.
_FIELDS = {Mistake.ENDS_BEFORE_IT_STARTS: "ends", Mistake.TOO_LONG: "day"}
MINUTES = 60


@dataclass(frozen=True, slots=True)
class When:
    starts_at: datetime
    ends_at: datetime


def text_field(label: Any, hint: Any = "", **attributes: Any) -> Any:
    return StringField(label, description=hint, filters=[one_line], render_kw=attributes)


def note_field() -> Any:
    return TextAreaField(
        _l("Note for those who come"),
        description=_l("What they should bring, how to find it. Markdown. Only those with a place read it."),
        filters=[stripped],
    )


def place_fields() -> dict[str, Any]:
    """Where, in what language, for how many and with whom: what dates at the same time can differ in."""
    return {
        "town": text_field(_l("Town"), list="towns", maxlength=LONGEST["town"]),
        "place": text_field(_l("Place"), _l("Building and room."), maxlength=LONGEST["place"]),
        "online_url": text_field(
            _l("Link to the online meeting"),
            _l("Such as that of a Zoom meeting. Only those with a place see it."),
            type="url",
            maxlength=LONGEST["online_url"],
        ),
        "language": SelectField(_l("Language"), validate_choice=False),
        "capacity": text_field(_l("Places"), _l("Empty: for any number."), inputmode="numeric", size=5),
        "leader": text_field(_l("Who leads it"), maxlength=LONGEST["leader"]),
    }


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of a form whose names begin with `prefix`, by the rest of their names."""

    form: Any
    prefix: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.form[f"{self.prefix}{name}"]


class _DateForm(FlaskForm):  # type: ignore[misc]
    """`version` is that of the date that the page showed."""

    version = HiddenField()
    meeting = SelectField(_l("Meeting"), validate_choice=False)
    day = text_field(_l("Day"), type="date")
    starts = text_field(_l("From"), type="time")
    ends = text_field(_l("To"), type="time")
    sign_up_until = text_field(_l("Sign-up until"), type="datetime-local")
    note = note_field()


def date_form(cohort: PlannedCohort, found: TrainingSession | None, zone: ZoneInfo, *, posted: bool) -> Any:
    """Filled with `found`, or else with what was posted."""
    form_class = type("FilledDate", (_DateForm,), place_fields())
    if posted:
        form = form_class()
    else:
        form = form_class(formdata=None, data=_typed(found, zone) if found else {"language": _usual_language(cohort)})
    form.meeting.choices = [(key, cohort.titles[key]) for key in cohort.meetings]
    form.language.choices = languages_of(cohort)
    form.sign_up_until.description = _(
        "Until then people can sign up, change and cancel. Empty: %(days)s days before.", days=DAYS_TO_SIGN_UP
    )
    return form


def posted_date(
    form: Any, cohort: PlannedCohort, found: TrainingSession | None, zone: ZoneInfo, kept: str = ""
) -> NewSession | None:
    """The date as the form has it, of the meeting `kept` if that is not for choice; None when something is to be
    mended, with a message at each such field.
    """
    meeting = kept or str(form.meeting.data)
    if meeting not in cohort.meetings:
        form.meeting.errors = [_("Choose a meeting.")]
    when = posted_when(form, zone, found)
    until = _posted_deadline(form.sign_up_until, zone, found, when)
    details = posted_details(Part(form), cohort)
    check_length(form.note, LONGEST["note"])
    if when is None or until is None or form.errors:
        return None
    new = NewSession(
        cohort_id=cohort.id,
        meeting_key=meeting,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        minutes=minutes_of(cohort, meeting),
        sign_up_until=until,
        note=form.note.data or "",
        **details,
    )
    for mistake in mistakes_in(new):
        form[_FIELDS.get(mistake, mistake.value)].errors = [said(mistake)]
    return None if form.errors else new


def posted_when(form: Any, zone: ZoneInfo, found: TrainingSession | None) -> When | None:
    """What is wrong is said at the field."""
    day, starts, ends = day_in(form.day), clock_in(form.starts), clock_in(form.ends)
    if day is None or starts is None or ends is None:
        return None
    begin = moment_of(form.starts, day, starts, zone, found.starts_at if found else None)
    end = moment_of(form.ends, day, ends, zone, found.ends_at if found else None)
    return When(begin, end) if begin and end else None


def posted_details(part: Part, cohort: PlannedCohort) -> dict[str, Any]:
    """The `place_fields` by the names that a date has for them; what is wrong is said at the field."""
    for name in ("town", "place", "online_url", "leader"):
        check_length(part[name], LONGEST[name])
    if part["language"].data not in dict(languages_of(cohort)):
        part["language"].errors = [_("Choose a language.")]
    details = {name: part[name].data or "" for name in ("place", "online_url", "leader", "language")}
    town, capacity = town_in(cohort, part["town"].data or ""), _posted_capacity(part["capacity"])
    return {**details, "town": town, "capacity": capacity}


def check_length(field: Any, most: int) -> None:
    if len(field.data or "") > most:
        field.errors = [_("Write at most %(max)s characters.", max=most)]


def clock_in(field: Any) -> time | None:
    try:
        return read_clock(field.data or "")
    except Unread:
        field.errors = [_("Give a time of day, such as 09:15.")]
        return None


def town_in(cohort: PlannedCohort, text: str) -> str:
    """As the programme writes it, if it knows it: filters tell towns apart by their letters."""
    known = {plain(town): town for town in cohort.programme.towns}
    return known.get(plain(text), text)


def languages_of(cohort: PlannedCohort) -> list[tuple[str, str]]:
    """Those of the programme, by code."""
    return [(code, language_name(code)) for code in cohort.programme.titles]


def minutes_of(cohort: PlannedCohort, meeting: str) -> int:
    """What one date of the meeting counts for."""
    return round(cohort.meetings[meeting].hours * MINUTES)


def version_of(found: TrainingSession) -> str:
    """Another one after every change of the date."""
    return hashlib.sha256(repr(as_planned(found)).encode()).hexdigest()[:16]


def _usual_language(cohort: PlannedCohort) -> str:
    return cohort.programme.default_language


def _typed(found: TrainingSession, zone: ZoneInfo) -> dict[str, str]:
    begin, end = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    return {
        "version": version_of(found),
        "meeting": found.meeting_key,
        "day": begin.date().isoformat(),
        "starts": begin.strftime("%H:%M"),
        "ends": end.strftime("%H:%M"),
        "sign_up_until": typed(found.sign_up_until, zone),
        "capacity": "" if found.capacity is None else str(found.capacity),
        **{name: getattr(found, name) for name in ("town", "place", "online_url", "language", "leader", "note")},
    }


def day_in(field: Any) -> date | None:
    try:
        return read_day(field.data or "")
    except Unread:
        field.errors = [_("Give a day, such as 2026-11-26.")]
        return None


def moment_of(field: Any, day: date, clock: time, zone: ZoneInfo, stored: datetime | None) -> datetime | None:
    try:
        return moment_in(f"{day.isoformat()}T{clock:%H:%M}", zone, stored)
    except Skipped as gap:
        field.errors = [
            _(
                "There is no such time that night, because the clocks are put forward. Choose %(instead)s.",
                instead=gap.instead,
            )
        ]
    except NoMoment:
        field.errors = [_("Give a day between 2000 and 2099.")]
    return None


def _posted_deadline(field: Any, zone: ZoneInfo, found: TrainingSession | None, when: When | None) -> datetime | None:
    """None without a `when`, too: what is usual hangs on it."""
    if not field.data:
        return usual_deadline(when.starts_at, zone, now()) if when else None
    try:
        return moment_in(field.data, zone, found.sign_up_until if found else None)
    except (NoMoment, Skipped):
        field.errors = [_("Write the date and the time, such as 2026-11-26T14:00, or leave it empty.")]
        return None


def _posted_capacity(field: Any) -> int | None:
    text = field.data or ""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= MOST_PLACES:
        return int(text)
    field.errors = [said(Mistake.NO_ROOM)]
    return None
