"""Dates as an iCalendar object. https://www.rfc-editor.org/rfc/rfc5545"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.enums import STATUS

from lti_tool.attendance.calendar_queries import Appointment
from lti_tool.attendance.sign_up_words import place
from lti_tool.texts import gettext as _

_HOW_OFTEN = timedelta(hours=2)


def calendar_of(appointments: Iterable[Appointment], base_url: str, language: str) -> bytes:
    """The language of the surrounding texts is that of the locale in force."""
    calendar = Calendar.new(
        prodid="-//lti-tool//training of learning assistants//EN",
        method="PUBLISH",
        name=_("Learning assistant training"),
        refresh_interval=_HOW_OFTEN,
        uid=f"calendar@{_host(base_url)}",
    )
    # What most programs read instead of REFRESH-INTERVAL.
    calendar.add("X-PUBLISHED-TTL", "PT2H")
    found = list(appointments)
    for appointment in found:
        calendar.add_component(_event(appointment, _host(base_url), language))
    if found:
        first, last = found[0].date.starts_at.date(), max(one.date.ends_at for one in found).date()
        # A zone may change its clocks between the dates, so its definition covers the year around them.
        calendar.add_missing_timezones(first - timedelta(days=366), last + timedelta(days=366))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, host: str, language: str) -> Event:
    date, zone = appointment.date, ZoneInfo(appointment.programme.timezone)
    title = appointment.title(language)
    return Event.new(
        uid=f"{date.uid}@{host}",
        summary=f"{title} ({appointment.course})" if appointment.course else title,
        start=date.starts_at.astimezone(zone),
        end=date.ends_at.astimezone(zone),
        stamp=date.changed_at,
        last_modified=date.changed_at,
        sequence=date.sequence,
        status=STATUS.CANCELLED if date.cancelled_at else STATUS.CONFIRMED,
        location=place(date),
        description=_description(appointment, language),
        url=date.online_url or None,
    )


def _description(appointment: Appointment, language: str) -> str:
    date = appointment.date
    lines = [
        appointment.programme.title_in(language),
        _("Led by %(leader)s", leader=date.leader) if date.leader else "",
        _("Join online: %(address)s", address=date.online_url) if date.online_url else "",
        _("Prepare beforehand, in the training.") if appointment.is_prepared_for else "",
    ]
    return "\n".join(line for line in lines if line)


def _host(base_url: str) -> str:
    return urlsplit(base_url).hostname or "localhost"
