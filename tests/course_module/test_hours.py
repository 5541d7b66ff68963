"""Whether dates add up to the hours of a meeting, and who can still reach them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.course_module.hours import Balance, Share, Sum, Was, lost, share_of, sum_of

MINUTES = st.integers(1, 600)
DATES = st.dictionaries(st.integers(1, 50), st.tuples(MINUTES, st.sampled_from(Was)), max_size=8)


@pytest.mark.parametrize(
    ("minutes", "balance", "missing"),
    [
        ([], Balance.NOTHING, 240),
        ([120], Balance.SHORT, 120),
        ([240], Balance.EXACT, 0),
        ([60, 60, 60, 60], Balance.EXACT, 0),
        ([200, 41], Balance.BEYOND, 0),
    ],
)
def test_dates_add_up_or_it_is_known_by_how_much_they_do_not(
    minutes: list[int], balance: Balance, missing: int
) -> None:
    found = sum_of(4, minutes)
    assert (found.balance, found.missing) == (balance, missing)


def test_parts_of_an_hour_are_counted_in_whole_minutes() -> None:
    assert sum_of(0.1 + 0.2, [18]) == Sum(needed=18, planned=18)


@given(MINUTES, DATES)
def test_every_minute_planned_is_attended_missed_or_open(needed: int, dates: dict[int, tuple[int, Was]]) -> None:
    share = shared(needed, dates)
    assert share.there + share.missed + share.open == sum(minutes for minutes, _was in dates.values())


@given(MINUTES, DATES)
def test_somebody_is_lost_only_by_what_they_missed_and_never_once_they_are_done(
    needed: int, dates: dict[int, tuple[int, Was]]
) -> None:
    share = shared(needed, dates)
    assert not (share.done and share.lost)
    assert share.done <= share.reachable
    if share.lost:
        assert share.missed > 0
        made_up = {**dates, 99: (share.lacking, Was.OPEN)}
        assert shared(needed, made_up).reachable
        assert not shared(needed, {**dates, 99: (share.lacking - 1, Was.OPEN)}).reachable


@given(MINUTES, DATES)
def test_coming_to_every_date_is_enough_exactly_if_the_hours_add_up(
    needed: int, dates: dict[int, tuple[int, Was]]
) -> None:
    attended = {number: (minutes, Was.THERE) for number, (minutes, _was) in dates.items()}
    assert shared(needed, attended).done == (not Sum(needed, sum(one for one, _was in dates.values())).missing)


def test_a_date_without_a_mark_is_open() -> None:
    assert share_of(1, {1: 60}, {}) == Share(needed=60, there=0, open=60, missed=0)


def test_the_most_that_one_person_lacks_is_to_be_planned_for_all_who_are_lost() -> None:
    fine, first, second = Share(240, 120, 120, 60), Share(240, 120, 60, 60), Share(240, 0, 120, 120)
    assert lost([fine, first, second]) == (2, 120)
    assert lost([fine]) == (0, 0)


def shared(needed: int, dates: dict[int, tuple[int, Was]]) -> Share:
    minutes = {number: one for number, (one, _was) in dates.items()}
    return share_of(needed / 60, minutes, {number: was for number, (_minutes, was) in dates.items()})
