"""Moments as people read them: "Thu 26 Nov, 14:00" in their zone, and exact where the pointer rests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone
from flask import Flask, g
from flask_babel import format_date, format_datetime, get_locale, refresh, to_user_timezone
from markupsafe import Markup

from lti_tool.database import now

# CLDR has no "weekday day month, 24 hours" that holds for both; the order of the parts is the language's own.
# https://cldr.unicode.org/translation/date-time/date-time-patterns
_ENGLISH = ("EEE d MMM, HH:mm", "EEE d MMM y, HH:mm", "d MMM y", "EEEE d MMMM y, HH:mm:ss zzz")
_NORWEGIAN = ("EEE d. MMM, HH:mm", "EEE d. MMM y, HH:mm", "d. MMM y", "EEEE d. MMMM y, HH:mm:ss zzz")
_CLOCK = "HH:mm"
# By language: this year, in another year, the day alone, exactly.
_PATTERNS = {"en": _ENGLISH, "nb": _NORWEGIAN, "nn": _NORWEGIAN}
# As IANA names them; whatever else is looked up would be a path to zoneinfo.
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_LONGEST_ZONE_NAME = 64


def init_moments(app: Flask) -> None:
    app.add_template_filter(moment)
    app.add_template_filter(moment_text)
    app.add_template_filter(day_text)
    app.add_template_filter(span)
    app.add_template_filter(span_text)


def moment(value: datetime) -> Markup:
    """A `<time>` element."""
    exact = format_datetime(value, _PATTERNS[_language()][3])
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), exact, moment_text(value))


def moment_text(value: datetime) -> str:
    """Such as "Thu 26 Nov, 14:00"; with the year where it is not this year."""
    this_year = to_user_timezone(value).year == to_user_timezone(now()).year
    return str(format_datetime(value, _PATTERNS[_language()][0 if this_year else 1]))


def span(start: datetime, end: datetime) -> Markup:
    """As `moment`, until `end`."""
    exact = " – ".join(format_datetime(one, _PATTERNS[_language()][3]) for one in (start, end))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(start.isoformat(), exact, span_text(start, end))


def span_text(start: datetime, end: datetime) -> str:
    """Such as "Thu 26 Nov, 09:00–12:00"; with the day of the end where that is another."""
    same_day = to_user_timezone(start).date() == to_user_timezone(end).date()
    return f"{moment_text(start)}{f'–{format_datetime(end, _CLOCK)}' if same_day else f' – {moment_text(end)}'}"


def day_text(value: datetime) -> str:
    """Such as "26 Nov 2026"."""
    return str(format_date(value, _PATTERNS[_language()][2]))


def at_moment(message: str, when: datetime | None) -> Markup:
    """A translated message with `%(when)s` filled in by a `<time>` element; nothing without a moment."""
    return Markup(message) % {"when": moment(when)} if when else Markup()  # noqa: S704


@lru_cache(maxsize=1000)
def known_zone(name: str | None) -> str | None:
    """`name`, if it is an IANA time zone that pages can be shown in; None for anything else."""
    if not name or len(name) > _LONGEST_ZONE_NAME or not _ZONE_NAME.fullmatch(name):
        return None
    try:
        ZoneInfo(name)
        get_timezone(name)
    except (LookupError, ValueError, OSError):
        return None
    return name


@contextmanager
def in_zone(name: str | None) -> Iterator[None]:
    """Moments as a person in this time zone reads them, outside their visit; None is the installation's."""
    before = g.get("time_zone")
    g.time_zone = name
    refresh()
    try:
        yield
    finally:
        g.time_zone = before
        refresh()


def _language() -> str:
    locale = get_locale()
    return locale.language if locale and locale.language in _PATTERNS else "en"
