"""Dates as people type them, where clocks are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.local_time import NoMoment, Skipped, comes_twice, moment_in, typed

OSLO = ZoneInfo("Europe/Oslo")
zones = st.sampled_from([OSLO, *map(ZoneInfo, ("UTC", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"))])
minutes = st.integers(0, 60 * 24 * 700).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


def test_a_date_is_meant_in_the_persons_time_zone() -> None:
    assert moment_in("2026-11-26T14:00", OSLO) == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    assert moment_in("2026-07-01 14:00", OSLO) == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert moment_in("", OSLO) is None


@pytest.mark.parametrize(
    "text", ["soon", "2026-11-26", "2026-13-01T10:00", "1999-12-31T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "١٢"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NoMoment):
        moment_in(text, OSLO)


def test_a_time_that_the_clocks_skip_is_refused_with_the_one_they_show_instead() -> None:
    with pytest.raises(Skipped) as refusal:
        moment_in("2027-03-28T02:30", OSLO)
    assert refusal.value.instead == "03:30"


def test_of_a_time_that_comes_twice_the_later_is_meant() -> None:
    found = moment_in("2026-10-25T02:30", OSLO)
    assert found == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert comes_twice(found, OSLO)
    assert not comes_twice(found + timedelta(hours=1), OSLO)


@given(moment=minutes, seconds=st.integers(0, 59), zone=zones)
def test_what_is_stored_stays_as_it_is_when_nobody_changes_its_text(
    moment: datetime, seconds: int, zone: ZoneInfo
) -> None:
    stored = moment + timedelta(seconds=seconds)
    assert moment_in(typed(stored, zone), zone, stored) == stored


@given(moment=minutes, zone=zones)
def test_every_moment_can_be_typed_but_for_the_first_of_two(moment: datetime, zone: ZoneInfo) -> None:
    found = moment_in(typed(moment, zone), zone)
    assert found == moment or (comes_twice(moment, zone) and found is not None and found > moment)
