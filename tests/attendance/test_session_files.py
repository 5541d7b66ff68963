"""What a table of dates means, and what is said of each line that means nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import as_planned
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.session_files import MOST_ROWS, FoundDates, Kind, Known, read_dates
from lti_tool.attendance.session_files_table import heads_in, rows_of
from lti_tool.sheets.reading import read_sheet
from lti_tool.sheets.sheet import Row
from lti_tool.sheets.writing import csv_of
from tests.attendance.dates import programme_with_meetings

OSLO, LONDON = ZoneInfo("Europe/Oslo"), ZoneInfo("Europe/London")
COHORT = PlannedCohort(1, "LAOS", "Autumn 2026", programme_with_meetings(), "en")
START = datetime(2026, 9, 7, 7, tzinfo=UTC)
LONG_BEFORE = START - timedelta(days=60)
HEADS = ("Meeting", "Date", "Start", "End", "Town", "Place", "Online link", "Language", "Places")

# What is refused or accepted does not depend on the database; the words need an application.
pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True), pytest.mark.usefixtures("in_app")]


@pytest.fixture
def in_app(shared_app: Flask) -> Any:
    with shared_app.test_request_context():
        yield


def stored(**changes: Any) -> TrainingSession:
    usual: dict[str, Any] = {
        "id": 7,
        "uid": "abc",
        "cohort_id": 1,
        "meeting_key": "core-1",
        "course_id": None,
        "starts_at": START,
        "ends_at": START + timedelta(hours=3),
        "minutes": 240,
        "sign_up_until": START - timedelta(days=3),
        "place": "Room R1",
        "town": "Trondheim",
        "online_url": "",
        "language": "nb",
        "leader": "Kari",
        "note": "",
        "capacity": 20,
        "taken": 0,
    }
    return TrainingSession(**{**usual, **changes})


def read(*lines: Sequence[str], heads: Sequence[str] = HEADS, dates: Sequence[TrainingSession] = ()) -> FoundDates:
    rows = [Row(number, tuple(cells)) for number, cells in enumerate((heads, *lines), 1)]
    return read_dates(rows, Known(COHORT, dates, OSLO, LONG_BEFORE))


def only(found: FoundDates) -> Any:
    assert found.mistakes == ()
    (one,) = found.dates
    return one


LINE = ("Core module 1", "2026-09-07", "09:00", "12:00", "gjøvik", "Room R1", "", "norsk", "20")


def with_(column: str, text: str) -> tuple[str, ...]:
    return tuple(text if head == column else cell for head, cell in zip(HEADS, LINE, strict=True))


def test_a_line_is_a_new_date() -> None:
    one = only(read(LINE))
    assert one.kind is Kind.NEW
    expected = replace(as_planned(stored(town="Gjøvik", leader="")), language="nb")
    assert one.new == expected


@pytest.mark.parametrize(
    ("column", "text", "field", "value"),
    [
        ("Meeting", "core-2", "meeting_key", "core-2"),
        ("Date", "07.09.2026", "starts_at", START),
        ("Date", "2026-09-07 00:00", "starts_at", START),
        ("Start", "kl. 9", "starts_at", START),
        ("Language", "English", "language", "en"),
        ("Language", "", "language", "en"),
        ("Places", "", "capacity", None),
        ("Town", "Bodø", "town", "Bodø"),
    ],
)
def test_cells_are_read_as_people_write_them(column: str, text: str, field: str, value: Any) -> None:
    assert getattr(only(read(with_(column, text))).new, field) == value


def test_heads_may_be_norwegian_in_any_order_and_one_cell_may_say_both_times() -> None:
    found = read(
        ("x", "9-12", "Rom 1", "7.9.2026", "Kjernemodul", "Core module 1"),
        heads=("Husk", "Tid", "Rom", "Dato", "Merknad", "Møte"),
    )
    one = only(found)
    assert (one.new.starts_at, one.new.ends_at) == (START, START + timedelta(hours=3))
    assert (one.new.place, one.new.note, one.new.language) == ("Rom 1", "Kjernemodul", "en")
    assert found.unknown == ("Husk",)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("", START - timedelta(days=3)),
        ("2026-09-01", datetime(2026, 9, 1, 21, 59, tzinfo=UTC)),
        ("1.9.2026 12:00", datetime(2026, 9, 1, 10, tzinfo=UTC)),
        ("2026-09-07", START),
    ],
)
def test_a_deadline_is_a_day_a_moment_or_the_usual_one(text: str, until: datetime) -> None:
    one = only(read((*LINE, text), heads=(*HEADS, "Påmeldingsfrist")))
    assert one.new.sign_up_until == until


def test_a_line_may_name_its_time_zone() -> None:
    one = only(read((*LINE, "Europe/London"), heads=(*HEADS, "Time zone")))
    assert one.new.starts_at == START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (with_("Meeting", "Core module 9"), "“Core module 9” is no meeting of this programme: Core module 1, Core"),
        (with_("Meeting", ""), "is no meeting of this programme"),
        (with_("Meeting", "First meeting"), "is no meeting of this programme"),
        (with_("Date", "soon"), "“soon 09:00” is no day and time."),
        (with_("Date", "1999-09-07"), "is no day and time."),
        (with_("End", ""), "“2026-09-07” is no day and time."),
        (with_("End", "08:00"), "It has to end after it starts."),
        (("Core module 1", "2026-03-29", "02:30", "04:00", "", "R1", "", "", ""), "There is no such time that night"),
        (with_("Language", "Klingon"), "“Klingon” is no language of this programme."),
        (with_("Places", "many"), "A whole number from 1 to 10000"),
        (with_("Place", ""), "Say where it is"),
        (with_("Place", "x" * 201), "Write at most 200 characters."),
        (with_("Online link", "zoom"), "beginning with https://"),
        ((*LINE, "Oslo"), "“Oslo” is no time zone."),
        ((*LINE, "", "nothing"), "No date of this term has the id “nothing”."),
    ],
)
def test_each_mistake_is_told_with_its_line(line: tuple[str, ...], said: str) -> None:
    found = read(with_("Place", "Another room"), line, heads=(*HEADS, "Time zone", "Id"))
    assert [one.line for one in found.mistakes] == [3]
    assert said in found.mistakes[0].text


def test_a_table_without_heads_without_dates_or_too_long_is_refused() -> None:
    assert "names the columns date and start" in read(LINE, heads=("Meeting", "Place")).mistakes[0].text
    assert "names the columns date and start" in read(LINE, heads=LINE).mistakes[0].text
    assert "no date below the heads" in read().mistakes[0].text
    many = read(*[LINE] * (MOST_ROWS + 1))
    assert [(one.line, "more than 500 rows" in one.text) for one in many.mistakes] == [(MOST_ROWS + 2, True)]


def test_the_same_date_twice_is_a_mistake_and_one_that_is_there_changes_nothing() -> None:
    assert [(one.line, one.text) for one in read(LINE, LINE).mistakes] == [(3, "It is the same date as in line 2.")]
    there = stored(town="Gjøvik", leader="", language="nb")
    assert only(read(LINE, dates=[there])).kind is Kind.SAME
    there.cancelled_at = START
    assert only(read(LINE, dates=[there])).kind is Kind.NEW


def test_a_line_with_an_id_changes_that_date_and_leaves_what_it_has_no_column_for() -> None:
    before = stored(taken=3, note="Keep me")
    line = ("abc", "2026-09-07", "10:00", "12:00", "30")
    heads = ("Id", "Date", "Start", "End", "Places")
    one = only(read(line, heads=heads, dates=[before]))
    assert (one.kind, one.changes) == (Kind.CHANGED, ["starts_at", "capacity"])
    assert (one.new.note, one.new.place, one.new.sign_up_until) == ("Keep me", "Room R1", before.sign_up_until)
    assert only(read(("abc", "2026-09-07", "09:00", "12:00", "20"), heads=heads, dates=[before])).kind is Kind.SAME
    few = read(("abc", "2026-09-07", "09:00", "12:00", "2"), heads=heads, dates=[before])
    assert few.mistakes[0].text == "3 people have a place on this date, so it needs as many at least."
    twice = read(line, line, heads=heads, dates=[before])
    assert [(one.line, one.text) for one in twice.mistakes] == [(3, "It is the same date as in line 2.")]
    moved = read(("abc", "core-2", "2026-09-07", "9-12"), heads=("Id", "Meeting", "Date", "Start"), dates=[before])
    assert "A date stays one of its meeting." in moved.mistakes[0].text
    before.cancelled_at = START
    assert "was called off" in read(line, heads=heads, dates=[before]).mistakes[0].text


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001
# Files that are read have their letters composed.
texts = st.text(st.characters(categories=["L", "N", "P"]), max_size=20).map(lambda one: normalize("NFC", one))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(moments, st.integers(1, 300), texts, st.sampled_from([OSLO, LONDON]), st.sampled_from(["en", "nb", "nn"]))
def test_what_is_given_out_is_read_as_it_was(
    starts_at: datetime, minutes: int, text: str, zone: ZoneInfo, language: str
) -> None:
    ends_at = starts_at + timedelta(minutes=minutes)
    assume(starts_at.astimezone(zone).date() == ends_at.astimezone(zone).date())
    until = starts_at - timedelta(minutes=10 * minutes)
    one = stored(
        starts_at=starts_at, ends_at=ends_at, sign_up_until=until, place=text or "Room", leader=text, note=f"- {text}."
    )
    sheet = read_sheet(csv_of(heads_in(language), rows_of([one], COHORT, zone)), "dates.csv")
    found = only(read_dates(sheet.rows, Known(COHORT, [one], OSLO, LONG_BEFORE)))
    assert (found.kind, found.changes) == (Kind.SAME, [])
