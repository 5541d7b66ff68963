"""Dates that are moved to another term."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lti_tool.schedule.next_term import State, moved, state_of, weeks_between

OSLO = ZoneInfo("Europe/Oslo")
zones = st.sampled_from([OSLO, *map(ZoneInfo, ("UTC", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"))])
minutes = st.integers(0, 60 * 24 * 700).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
weeks_ = st.integers(1, 110)


@given(minutes, weeks_, zones)
def test_weekday_and_time_of_day_stay_wherever_the_clocks_show_that_time(
    moment: datetime, weeks: int, zone: ZoneInfo
) -> None:
    before, after = moment.astimezone(zone), moved(moment, weeks, zone).astimezone(zone)
    assert after.weekday() == before.weekday()
    assert after.date() - before.date() == timedelta(weeks=weeks)
    skipped = after.utcoffset() != (after - timedelta(hours=3)).astimezone(UTC).astimezone(zone).utcoffset()
    if after.time() != before.time():
        assert skipped
        assert timedelta(0) < after.replace(tzinfo=None) - before.replace(tzinfo=None) - timedelta(weeks=weeks)


@given(minutes, minutes, weeks_, zones)
def test_what_is_due_on_an_earlier_day_stays_due_earlier(
    one: datetime, other: datetime, weeks: int, zone: ZoneInfo
) -> None:
    one, other = sorted((one, other))
    assume(one.astimezone(zone).date() < other.astimezone(zone).date())
    assert moved(one, weeks, zone) < moved(other, weeks, zone)


@given(minutes, weeks_, zones)
def test_moving_in_two_goes_is_moving_at_once(moment: datetime, weeks: int, zone: ZoneInfo) -> None:
    between = moved(moment, weeks, zone)
    assume(between.astimezone(zone).time() == moment.astimezone(zone).time())
    assert moved(between, 3, zone) == moved(moment, weeks + 3, zone)


def test_a_friday_before_midnight_stays_one_when_the_clocks_have_changed() -> None:
    friday = datetime(2026, 10, 9, 21, 59, tzinfo=UTC)
    assert moved(friday, 22, OSLO) == datetime(2027, 3, 12, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [(1, datetime(2027, 3, 28, 1, 30, tzinfo=UTC)), (32, datetime(2027, 10, 31, 1, 30, tzinfo=UTC))],
)
def test_a_time_that_is_skipped_or_comes_twice_is_read_as_the_later(weeks: int, expected: datetime) -> None:
    assert moved(datetime(2027, 3, 21, 1, 30, tzinfo=UTC), weeks, OSLO) == expected


@pytest.mark.parametrize(
    ("first", "other", "weeks"),
    [
        (date(2026, 8, 1), date(2027, 1, 1), 22),
        (date(2027, 1, 1), date(2027, 8, 1), 30),
        (date(2026, 8, 1), date(2027, 8, 1), 52),
    ],
)
def test_terms_are_whole_weeks_apart_to_the_nearest(first: date, other: date, weeks: int) -> None:
    assert weeks_between(first, other) == weeks
    assert abs((other - first).days - 7 * weeks) <= 3


def test_a_term_that_is_not_open_waits_until_its_last_day() -> None:
    days = date(2027, 1, 1), date(2027, 7, 31)
    assert state_of(days, date(2027, 7, 31), is_open=False) is State.WAITING
    assert state_of(days, date(2027, 8, 1), is_open=False) is State.OVER
    assert state_of(days, date(2027, 8, 1), is_open=True) is State.OPEN
    assert state_of(None, date(2027, 1, 1), is_open=False) is State.OVER
