"""When to try again and when to stop: pure. And every reason has words."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.passback import reasons
from lti_tool.passback.reasons import Reason, explain, reason_for
from lti_tool.passback.rules import (
    FIRST_DELAY,
    FIRST_READ_DELAY,
    LONGEST_DELAY,
    LONGEST_READ_DELAY,
    LONGEST_RETRY_AFTER,
    SPREAD,
    delay_after,
    pause_after,
    read_delay,
    same_comment,
    same_share,
    says_stale,
)

attempts = st.integers(0, 10_000)
chances = st.floats(0, 1, exclude_max=True)


@given(attempts=attempts, chance=chances)
def test_delays_grow_and_stay_within_bounds(attempts: int, chance: float) -> None:
    delay = delay_after(attempts, None, chance)
    assert FIRST_DELAY * (1 - SPREAD) <= delay <= LONGEST_DELAY
    assert delay <= delay_after(attempts + 1, None, chance)


@given(attempts=attempts, asked=st.floats(0, 10 * LONGEST_RETRY_AFTER), chance=chances)
def test_a_platform_is_never_asked_earlier_than_it_wants(attempts: int, asked: float, chance: float) -> None:
    assert delay_after(attempts, asked, chance) >= min(asked, LONGEST_RETRY_AFTER)


@given(failures=st.integers(1, 10_000), chance=chances, asked=st.none() | st.floats(0, 10 * LONGEST_READ_DELAY))
def test_a_column_that_cannot_be_read_is_left_alone_for_half_an_hour_to_a_week(
    failures: int, chance: float, asked: float | None
) -> None:
    delay = read_delay(failures, asked, chance)
    assert FIRST_READ_DELAY * (1 - SPREAD) <= delay <= LONGEST_READ_DELAY
    assert delay >= min(asked or 0, LONGEST_READ_DELAY)


@pytest.mark.parametrize(
    ("theirs", "same"), [(None, False), (1, True), (0.99995, True), (0.9998, False), (0, False), (1.2, False)]
)
def test_shares_are_the_same_when_they_differ_by_a_platforms_rounding(theirs: float | None, same: bool) -> None:
    assert same_share(1, theirs) is same


def test_a_class_that_failed_together_does_not_come_back_together() -> None:
    assert delay_after(3, None, 0.0) - delay_after(3, None, 0.99) > FIRST_DELAY
    assert delay_after(0, 600, 0.99) - delay_after(0, 600, 0.0) > 30


@pytest.mark.parametrize(
    ("status", "retry_after", "pause"),
    [(None, None, FIRST_DELAY), (500, None, 0), (503, 30, 30), (429, 10**9, LONGEST_RETRY_AFTER), (429, 0, 0)],
)
def test_a_platform_is_left_alone_when_it_asks_or_does_not_answer(
    status: int | None, retry_after: float | None, pause: float
) -> None:
    assert pause_after(status, retry_after) == pause


@pytest.mark.parametrize(
    ("status", "body", "stale"),
    [
        (409, "", True),
        (400, '{"timestamp":["Score timestamp can only be updated to a later point in time"]}', True),
        (400, "Timestamp is older", True),
        (400, "not a learner", False),
        (403, "timestamp", False),
        (None, "", False),
    ],
)
def test_an_old_timestamp_is_told_from_other_refusals(status: int | None, body: str, stale: bool) -> None:
    assert says_stale(status, body) is stale


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        (None, True),
        ("Done: test\npassed", True),
        (" Done:  test passed ", True),
        ("", False),
        ("Other", False),
    ],
)
def test_a_comment_is_the_same_however_the_platform_breaks_its_lines(theirs: str | None, same: bool) -> None:
    assert same_comment("Done: test passed", theirs) is same


def test_every_reason_says_what_happened_and_what_to_do(app: Flask) -> None:
    with app.test_request_context():
        explanations = [explain(reason) for reason in Reason]
        assert explain(None) == explain("of a later version") == explain(Reason.REFUSED)
    assert len({explanation.what for explanation in explanations}) == len(Reason)
    assert all(explanation.what.endswith(".") and explanation.advice.endswith(".") for explanation in explanations)
    assert set(reasons._WORDS) == set(Reason)


def test_a_status_without_words_of_its_own_is_a_refusal() -> None:
    assert [reason_for(status) for status in (401, 403, 404, 418, None)] == [
        Reason.NOT_ADMITTED,
        Reason.FORBIDDEN,
        Reason.NOT_FOUND,
        Reason.REFUSED,
        Reason.REFUSED,
    ]
