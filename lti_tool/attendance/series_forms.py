"""What coordinators type of a series of dates, and the dates it means in their time zone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import (
    DAYS_TO_SIGN_UP,
    LONGEST,
    Mistake,
    NewSession,
    is_web_address,
    said,
    usual_deadline,
)
from lti_tool.attendance.planning_overlaps import in_the_way, same_as
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.series import (
    MOST_DATES,
    MOST_WEEKS_APART,
    Occasion,
    Series,
    Slot,
    Unread,
    occasions,
    read_days,
)
from lti_tool.attendance.session_forms import (
    Part,
    When,
    check_length,
    clock_in,
    day_in,
    languages_of,
    minutes_of,
    moment_of,
    note_field,
    place_fields,
    posted_details,
    text_field,
)
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

MOST_SLOTS = 6
LONGEST_SERIES = timedelta(days=400)
MOST_DAYS_BEFORE = 60
_SLOT = ("weekdays", "starts", "ends", "town", "place", "online_url", "language", "capacity", "leader")


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A date of the series. `there` says that it is planned already, `way` is a date that needs the same room, link or
    leader at that time."""

    key: str
    new: NewSession
    there: bool
    past: bool
    way: NewSession | TrainingSession | None


class _SeriesForm(FlaskForm):  # type: ignore[misc]
    """`slots` is how many times of the week there are, `shown` names the dates that the page has shown."""

    slots = HiddenField()
    shown = HiddenField()
    meeting = SelectField(_l("Meeting"), validate_choice=False)
    first = text_field(_l("From the day"), type="date")
    last = text_field(_l("To the day"), type="date")
    every = text_field(_l("Every how many weeks"), inputmode="numeric", size=3)
    left_out = text_field(
        _l("Days to leave out"),
        _l("Such as 2026-10-12, 2026-12-21 – 2027-01-03. The preview lets you take out single dates, too."),
    )
    days_before = text_field(
        _l("Sign-up ends, in days before"),
        _l("At the same time of the day. Until then people can sign up, change and cancel."),
        inputmode="numeric",
        size=3,
    )
    note = note_field()


def series_form(cohort: PlannedCohort, count: int, *, posted: bool) -> Any:
    """With so many times of the week; the usual in it, or else what was posted."""
    fields: dict[str, Any] = {}
    usual = {"slots": str(count), "every": "1", "days_before": str(DAYS_TO_SIGN_UP)}
    for number in range(count):
        fields |= {f"{prefix_of(number)}{name}": field for name, field in _slot_fields().items()}
        usual[f"{prefix_of(number)}language"] = cohort.programme.default_language
    form_class = type("FilledSeries", (_SeriesForm,), fields)
    form = form_class() if posted else form_class(formdata=None, data=usual)
    form.slots.data = str(count)
    form.meeting.choices = [(key, cohort.titles[key]) for key in cohort.meetings]
    names = get_day_names("wide", locale=get_locale())
    for part in parts_of(form, count):
        part["language"].choices = languages_of(cohort)
        part["weekdays"].choices = [(str(day), names[day]) for day in range(7)]
    return form


def posted_series(form: Any, cohort: PlannedCohort, count: int, zone: ZoneInfo, moment: datetime) -> list[NewSession]:
    """Each date of the series, in the order of time; none when something is to be mended, with a message at each such
    field.
    """
    if form.meeting.data not in cohort.meetings:
        form.meeting.errors = [_("Choose a meeting.")]
    check_length(form.note, LONGEST["note"])
    days_before = _number(form.days_before, 0, MOST_DAYS_BEFORE)
    parts = [part for number, part in enumerate(parts_of(form, count)) if number == 0 or _filled(part)]
    details = [_checked(posted_details(part, cohort), part) for part in parts]
    series = _series(form, parts)
    _number_mistakes(parts_of(form, count))
    if series is None or days_before is None or form.errors:
        return []
    found = occasions(series)
    if not found:
        form.first.errors = [_("No date falls between these days. Check the weekdays and the days left out.")]
    if len(found) > MOST_DATES:
        form.last.errors = [_("These are more than %(most)s dates. Plan them in several series.", most=MOST_DATES)]
    planned: list[NewSession] = []
    for one in found if not form.errors else ():
        when = _when(parts[one.slot], one, series.slots[one.slot], zone)
        if when is not None:
            until = usual_deadline(when.starts_at, zone, moment, days_before)
            planned.append(_new(form, cohort, when, until, details[one.slot]))
    return [] if form.errors else planned


def lines_of(planned: Sequence[NewSession], existing: Sequence[TrainingSession], moment: datetime) -> list[SeriesLine]:
    """What is to be said of each date; `existing` are those that are not called off."""
    lines = []
    others: list[TrainingSession | NewSession] = [*existing, *planned]
    for number, new in enumerate(planned):
        there = same_as(new, existing) or same_as(new, planned[:number])
        way = None if there else in_the_way(new, others)
        lines.append(SeriesLine(str(number), new, there is not None, new.starts_at <= moment, way))
    return lines


def digest_of(planned: Sequence[NewSession]) -> str:
    """Names these dates, so that a page can tell whether what it has shown is what is meant."""
    return hashlib.sha256(repr(list(planned)).encode()).hexdigest()[:16]


def _number_mistakes(parts: Sequence[Part]) -> None:
    """Say of each mistake in which time of the week it is, where there are several."""
    for number, part in enumerate(parts if len(parts) > 1 else (), 1):
        for name in _SLOT:
            part[name].errors = [
                _("Time of the week %(number)s: %(mistake)s", number=number, mistake=mistake)
                for mistake in part[name].errors
            ]


def parts_of(form: Any, count: int) -> list[Part]:
    """The fields of each time of the week."""
    return [Part(form, prefix_of(number)) for number in range(count)]


def prefix_of(number: int) -> str:
    return f"slot-{number}-"


def _slot_fields() -> dict[str, Any]:
    return {
        "weekdays": SelectMultipleField(
            _l("Weekdays"),
            validate_choice=False,
            option_widget=CheckboxInput(),
            widget=ListWidget(prefix_label=False),
        ),
        "starts": text_field(_l("From"), type="time"),
        "ends": text_field(_l("To"), type="time"),
        **place_fields(),
    }


def _series(form: Any, parts: Sequence[Part]) -> Series | None:
    slots = [_slot(part) for part in parts]
    first, last, every = day_in(form.first), day_in(form.last), _number(form.every, 1, MOST_WEEKS_APART)
    left_out = _left_out(form.left_out)
    if first and last and last < first:
        form.last.errors = [_("This is before the first day.")]
    elif first and last and last - first > LONGEST_SERIES:
        form.last.errors = [_("A series lasts at most %(days)s days.", days=LONGEST_SERIES.days)]
    found = [slot for slot in slots if slot is not None]
    if form.errors or first is None or last is None or every is None:
        return None
    return Series(first, last, every, left_out, tuple(found))


def _filled(part: Part) -> bool:
    """Whether somebody has begun to describe it: one that was added in vain is left out."""
    return any(part[name].data for name in ("weekdays", "starts", "ends", "town", "place", "online_url", "capacity"))


def _slot(part: Part) -> Slot | None:
    chosen = frozenset(int(day) for day in part["weekdays"].data or () if day in set("0123456"))
    if not chosen:
        part["weekdays"].errors = [_("Choose at least one weekday.")]
    starts, ends = clock_in(part["starts"]), clock_in(part["ends"])
    if starts and ends and ends <= starts:
        part["ends"].errors = [said(Mistake.ENDS_BEFORE_IT_STARTS)]
    return Slot(chosen, starts, ends) if starts and ends else None


def _checked(details: dict[str, Any], part: Part) -> dict[str, Any]:
    if not details["place"] and not details["online_url"]:
        part["place"].errors = [said(Mistake.NOWHERE)]
    if details["online_url"] and not is_web_address(details["online_url"]):
        part["online_url"].errors = [said(Mistake.NO_ADDRESS)]
    return details


def _left_out(field: Any) -> frozenset[date]:
    try:
        return read_days(field.data or "")
    except Unread as error:
        field.errors = [
            _("“%(text)s” is no day. Write days such as 2026-10-12, with commas between them.", text=str(error)[:40])
        ]
        return frozenset()


def _when(part: Part, one: Occasion, slot: Slot, zone: ZoneInfo) -> When | None:
    """What is wrong is said at the slot."""
    starts_at = moment_of(part["starts"], one.day, slot.starts, zone, None)
    ends_at = moment_of(part["ends"], one.day, slot.ends, zone, None)
    return When(starts_at, ends_at) if starts_at and ends_at else None


def _new(form: Any, cohort: PlannedCohort, when: When, until: datetime, details: dict[str, Any]) -> NewSession:
    meeting = str(form.meeting.data)
    return NewSession(
        cohort_id=cohort.id,
        meeting_key=meeting,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        minutes=minutes_of(cohort, meeting),
        sign_up_until=until,
        note=form.note.data or "",
        **details,
    )


def _number(field: Any, least: int, most: int) -> int | None:
    text = field.data or ""
    if text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most:
        return int(text)
    field.errors = [_("A whole number from %(least)s to %(most)s.", least=least, most=most)]
    return None
