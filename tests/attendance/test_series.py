"""Which days a series falls on, and how people write days and times."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.attendance.series import Occasion, Series, Slot, Unread, occasions, read_clock, read_day, read_days

MORNING, NOON, EVENING = time(9), time(12), time(17)
slots = st.builds(Slot, st.frozensets(st.integers(0, 6)), st.sampled_from([MORNING, NOON]), st.sampled_from([EVENING]))


def series_of(*slots: Slot, every: int = 1, left_out: frozenset[date] = frozenset()) -> Series:
    """From Wednesday 2 September to Thursday 1 October 2026."""
    return Series(date(2026, 9, 2), date(2026, 10, 1), every, left_out, slots)


def test_every_week_on_its_weekdays_in_the_order_of_time() -> None:
    evening, morning = Slot(frozenset({0, 3}), EVENING, time(20)), Slot(frozenset({3}), MORNING, NOON)
    found = occasions(series_of(evening, morning))
    assert [(one.day.day, one.slot) for one in found][:4] == [(3, 1), (3, 0), (7, 0), (10, 1)]
    assert found[-1] == Occasion(date(2026, 10, 1), EVENING, 0)
    assert found[0].key == "2026-09-03-1"


def test_weeks_between_are_counted_from_the_week_of_the_first_day() -> None:
    found = occasions(series_of(Slot(frozenset({0, 3}), MORNING, NOON), every=2))
    assert [one.day.isoformat()[5:] for one in found] == ["09-03", "09-14", "09-17", "09-28", "10-01"]


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(-3, 60),
    st.integers(1, 4),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 3, 1)), max_size=5),
    st.lists(slots, max_size=3).map(tuple),
)
def test_a_series_has_exactly_the_days_that_a_calendar_shows(
    first: date, length: int, every: int, left_out: frozenset[date], slots: tuple[Slot, ...]
) -> None:
    last = first + timedelta(days=length)
    expected, day = set(), first
    week = 0
    while day <= last:
        if day.weekday() == 0 and day != first:
            week += 1
        if week % every == 0 and day not in left_out:
            expected |= {(day, number) for number, slot in enumerate(slots) if day.weekday() in slot.weekdays}
        day += timedelta(days=1)
    found = occasions(Series(first, last, every, left_out, slots))
    assert found == sorted(found)
    assert {(one.day, one.slot) for one in found} == expected
    assert len(found) == len(expected)


def test_too_many_are_told_without_counting_them_all() -> None:
    daily = Slot(frozenset(range(7)), MORNING, NOON)
    assert len(occasions(Series(date(2026, 1, 1), date(2099, 1, 1), 1, frozenset(), (daily,)), most=50)) == 51


@pytest.mark.parametrize("text", ["2026-10-05", "5.10.2026", "05/10/26", " 05.10.26 "])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text) == date(2026, 10, 5)


@pytest.mark.parametrize("text", ["", "5.10", "2026-13-01", "31.2.2026", "5.10.026", "٥.١٠.٢٠٢٦", "tomorrow"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        read_day(text)


def test_days_to_leave_out_are_single_ones_and_stretches() -> None:
    assert read_days("") == frozenset()
    found = read_days("5.10.2026 - 7.10.2026, 2026-11-01–2026-11-02;\n24.12.26")
    assert sorted(day.isoformat()[5:] for day in found) == ["10-05", "10-06", "10-07", "11-01", "11-02", "12-24"]
    for wrong in ("week 41", "7.10.2026-5.10.2026", "5.10.2026 and 6.10.2026", "1.1.2000-1.1.2099"):
        with pytest.raises(Unread):
            read_days(wrong)


@pytest.mark.parametrize("text", ["9:05", "09.05", "kl. 9:05", "09:05:00", "Kl 9.05"])
def test_a_time_is_read_as_people_write_it(text: str) -> None:
    assert read_clock(text) == time(9, 5)


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "9:5", "nine", "٩:٠٥", "-9"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        read_clock(text)
