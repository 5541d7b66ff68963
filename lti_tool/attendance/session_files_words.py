"""What the columns of tables of dates are called, and what people write in them, in whatever language."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

from lti_tool.attendance.planning import DAYS_TO_SIGN_UP
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.sheets.columns import plain
from lti_tool.texts import gettext as _

_LANGUAGES = ("en", "nb", "nn")
_NORWEGIAN = ("nb", "nn")


class Column(enum.StrEnum):
    """In the order of the files that are written here; the values are fields of a date where it has such a field.

    Names are no texts of pages: a file that was saved in one language is read in every other.
    """

    UID = "uid"
    MEETING = "meeting"
    DAY = "day"
    STARTS = "starts"
    ENDS = "ends"
    TOWN = "town"
    PLACE = "place"
    ONLINE_URL = "online_url"
    LANGUAGE = "language"
    CAPACITY = "capacity"
    LEADER = "leader"
    SIGN_UP_UNTIL = "sign_up_until"
    NOTE = "note"
    ZONE = "zone"

    @property
    def names(self) -> tuple[str, ...]:
        """Those in English, Bokmål and Nynorsk first."""
        return _NAMES[self]

    def head_in(self, language: str) -> str:
        return self.names[_LANGUAGES.index(language) if language in _LANGUAGES else 0]


_NAMES: dict[Column, tuple[str, ...]] = {
    Column.UID: ("Id", "Id", "Id", "uid", "key", "nøkkel"),
    Column.MEETING: ("Meeting", "Møte", "Møte", "module", "modul", "core module", "kjernemodul", "samling"),
    Column.DAY: ("Date", "Dato", "Dato", "day", "dag"),
    Column.STARTS: ("Start", "Start", "Start", "from", "fra", "frå", "time", "tid", "kl", "klokkeslett", "starttid"),
    Column.ENDS: ("End", "Slutt", "Slutt", "to", "til", "ends", "end time", "sluttid"),
    Column.TOWN: ("Town", "By", "By", "city", "campus", "studiested", "studiestad"),
    Column.PLACE: ("Place", "Sted", "Stad", "room", "rom", "location", "lokale", "where", "hvor"),
    Column.ONLINE_URL: ("Online link", "Møtelenke", "Møtelenkje", "link", "lenke", "zoom", "zoom link", "zoomlenke"),
    Column.LANGUAGE: ("Language", "Språk", "Språk"),
    Column.CAPACITY: ("Places", "Plasser", "Plassar", "capacity", "kapasitet", "antall plasser", "seats"),
    Column.LEADER: ("Leader", "Leder", "Leiar", "led by", "ansvarlig", "kursholder", "instructor"),
    Column.SIGN_UP_UNTIL: ("Sign-up until", "Påmelding til", "Påmelding til", "deadline", "frist", "påmeldingsfrist"),
    Column.NOTE: ("Note", "Merknad", "Merknad", "comment", "kommentar", "information", "informasjon"),
    Column.ZONE: ("Time zone", "Tidssone", "Tidssone", "timezone"),
}


def meetings_by_name(cohort: PlannedCohort) -> dict[str, str]:
    """Keys by what tables may call them: the key itself, or the title in any language."""
    return {plain(name): key for key, meeting in cohort.meetings.items() for name in (key, *meeting.titles.values())}


def languages_by_name(codes: Iterable[str]) -> dict[str, str]:
    """Codes by what tables may call them: the code itself, or the name in any language."""
    found: dict[str, str] = {}
    for code in codes:
        names = [code, *_names_of(code)]
        if code in _NORWEGIAN:
            # "Norwegian" is the first of its written standards that there is.
            names += ["no", *_names_of("no"), *(name.split()[-1] for name in names)]
        for name in names:
            found.setdefault(plain(name), code)
    return found


def _names_of(code: str) -> list[str]:
    try:
        locale = Locale.parse(code, sep="-")
    except UnknownLocaleError:
        return []
    shown = [locale.get_display_name(language) for language in (*_LANGUAGES, code)]
    return [name for name in shown if name]


def field_titles() -> dict[str, str]:
    """What the fields of a date are called on the page."""
    return {
        "uid": _("Id"),
        "meeting": _("Meeting"),
        "meeting_key": _("Meeting"),
        "day": _("Day"),
        "starts": _("From"),
        "ends": _("To"),
        "starts_at": _("Start"),
        "ends_at": _("End"),
        "minutes": _("Hours it counts for"),
        "town": _("Town"),
        "place": _("Place"),
        "online_url": _("Link to the online meeting"),
        "language": _("Language"),
        "capacity": _("Places"),
        "leader": _("Who leads it"),
        "sign_up_until": _("Sign-up until"),
        "note": _("Note for those who come"),
        "zone": _("Time zone"),
    }


def column_hints() -> dict[Column, str]:
    """What to write in each column."""
    return {
        Column.UID: _("Leave it empty for a new date. A line with the id of a date changes that date."),
        Column.MEETING: _("The title of the meeting."),
        Column.DAY: _("Such as 2026-11-26 or 26.11.2026. Needed."),
        Column.STARTS: _("Such as 09:15, or both times as 9-12. Needed."),
        Column.ENDS: _("Such as 12:00."),
        Column.TOWN: _("May stay empty."),
        Column.PLACE: _("Building and room. Needed, or the link."),
        Column.ONLINE_URL: _("The whole address, beginning with https://."),
        Column.LANGUAGE: _("Such as Norwegian or nb. Empty: the usual one of the programme."),
        Column.CAPACITY: _("A number. Empty: room for any number."),
        Column.LEADER: _("May stay empty."),
        Column.SIGN_UP_UNTIL: _(
            "A day, or a day and a time. Empty: %(days)s days before the date.", days=DAYS_TO_SIGN_UP
        ),
        Column.NOTE: _("May stay empty."),
        Column.ZONE: _("Such as Europe/Oslo. Empty: your time zone."),
    }
