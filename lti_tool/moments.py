"""Moments as people read them: "Thu 26 Nov, 14:00" in their zone, and exact where the pointer rests."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from flask_babel import format_datetime, get_locale, to_user_timezone

from lti_tool.database import now

# CLDR has no "weekday day month, 24 hours" that holds for both; the order of the parts is the language's own.
# https://cldr.unicode.org/translation/date-time/date-time-patterns
_SHORT = {"en": ("EEE d MMM, HH:mm", "EEE d MMM y, HH:mm"), "nb": ("EEE d. MMM, HH:mm", "EEE d. MMM y, HH:mm")}
_EXACT = {"en": "EEEE d MMMM y, HH:mm:ss zzz", "nb": "EEEE d. MMMM y, HH:mm:ss zzz"}


def init_moments(app: Flask) -> None:
    app.add_template_filter(moment_text, "moment")
    app.add_template_filter(exact_moment, "exact_moment")


def moment_text(value: datetime) -> str:
    """Such as "Thu 26 Nov, 14:00"; with the year where it is not this year."""
    this_year = to_user_timezone(value).year == to_user_timezone(now()).year
    return str(format_datetime(value, _SHORT[_language()][0 if this_year else 1]))


def exact_moment(value: datetime) -> str:
    return str(format_datetime(value, _EXACT[_language()]))


def _language() -> str:
    language = get_locale().language if get_locale() else "en"
    return language if language in _SHORT else "en"
