"""When a roster is read next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.rosters.rules import (
    DAY,
    HOUR,
    PAUSE,
    WEEK,
    delay_after_failure,
    delay_after_success,
    pause_after,
)

chances = st.floats(0, 1, exclude_max=True)


@given(chances)
def test_a_roster_is_read_about_once_a_day(chance: float) -> None:
    assert abs(delay_after_success(chance) - DAY) <= 0.05 * DAY + 1


@given(st.integers(0, 10_000), chances, st.booleans())
def test_failures_wait_between_an_hour_and_a_week_and_never_less_than_before(
    failures: int, chance: float, refused: bool
) -> None:
    delay = delay_after_failure(failures, None, chance, refused=refused)
    assert (DAY if refused else HOUR) <= delay <= WEEK
    assert delay_after_failure(failures + 1, None, chance, refused=refused) >= delay


def test_a_platform_that_refused_is_asked_once_a_day_at_most() -> None:
    delays = [delay_after_failure(failures, None, 0, refused=True) for failures in range(4)]
    assert delays == [DAY, 2 * DAY, 4 * DAY, WEEK]


def test_a_platform_may_ask_for_more_patience_up_to_a_week() -> None:
    assert delay_after_failure(0, 3 * HOUR, 0, refused=False) == 3 * HOUR
    assert delay_after_failure(0, 1.0, 0, refused=False) == HOUR
    assert delay_after_failure(0, 1e12, 0, refused=False) == WEEK


def test_a_platform_that_does_not_answer_is_left_alone_for_a_while() -> None:
    assert pause_after(None) == PAUSE
    assert pause_after(2 * HOUR) == 2 * HOUR
    assert pause_after(1e12) == DAY
