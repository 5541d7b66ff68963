"""The rules: what somebody can do, how urgent it is, and what of it is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.messages.news import Given, Item, Kind, Received, Situation, is_new, news_in, signs_of
from lti_tool.messages.timing import LONGEST_DELAY, delay_after, may_write, next_morning, share_of
from lti_tool.modules.dates import Deadline
from lti_tool.programme.content import Step

MOMENT = datetime(2026, 11, 24, 12, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")
NOT_BEGUN = Given("a", begun=False, submitted=False, returned_at=None, handed_out_at=MOMENT - timedelta(days=9))
BEGUN = Given("b", begun=True, submitted=False, returned_at=None, handed_out_at=MOMENT - timedelta(days=9))
SUBMITTED = Given("c", begun=True, submitted=True, returned_at=None, handed_out_at=MOMENT - timedelta(days=9))


def situation(**changes: object) -> Situation:
    facts = {"participation_id": 1, "module_key": "om1", "content_id": 1, "done": frozenset(), **changes}
    return Situation(**facts)  # type: ignore[arg-type]


def kinds(**changes: object) -> list[tuple[Kind, int]]:
    return [(item.kind, item.count) for item in news_in(situation(**changes), MOMENT)]


def deadlines(step: Step, hours: float) -> dict[Step, Deadline]:
    due_at = MOMENT + timedelta(hours=hours)
    return {step: Deadline(due_at, due_at)}


def test_only_what_is_not_begun_is_ready() -> None:
    assert kinds(given=(NOT_BEGUN, BEGUN, SUBMITTED)) == [(Kind.READY, 1)]
    assert kinds(given=(NOT_BEGUN, NOT_BEGUN)) == [(Kind.READY, 2)]
    assert kinds(given=(BEGUN, SUBMITTED)) == []


@pytest.mark.parametrize(("hours", "told"), [(-1, False), (0, True), (47, True), (48, True), (49, False)])
def test_a_date_is_told_two_days_ahead_and_not_once_it_is_over(hours: float, told: bool) -> None:
    assert bool(kinds(deadlines=deadlines(Step.ESSAY, hours))) is told


def test_a_step_that_is_done_is_not_due() -> None:
    assert kinds(deadlines=deadlines(Step.TEST, 5), done=frozenset({Step.TEST})) == []


def test_evaluations_are_due_only_for_whoever_has_any_left() -> None:
    soon = deadlines(Step.EVALUATIONS, 5)
    assert kinds(deadlines=soon) == kinds(deadlines=soon, given=(SUBMITTED,)) == []
    assert kinds(deadlines=soon, given=(SUBMITTED, BEGUN)) == [(Kind.DUE, 1)]


def test_an_essay_that_came_late_is_due_when_its_own_days_are_over() -> None:
    late = Given("d", begun=True, submitted=False, returned_at=None, handed_out_at=MOMENT - timedelta(days=6))
    (item,) = news_in(situation(deadlines=deadlines(Step.EVALUATIONS, -24), given=(late,)), MOMENT)
    assert item.due_at == MOMENT + timedelta(days=1)


def test_an_essay_is_evaluated_once_both_are_in_and_until_both_are_read() -> None:
    def received(*, read: bool = False, submitted: bool = True, returned: bool = False) -> Received:
        return Received(MOMENT if submitted else None, read, returned)

    assert kinds(received=(received(), received())) == [(Kind.EVALUATED, 1)]
    assert kinds(received=(received(read=True), received())) == [(Kind.EVALUATED, 1)]
    assert kinds(received=(received(read=True), received(read=True))) == []
    assert kinds(received=(received(), received(submitted=False))) == []
    assert kinds(received=(received(), received(returned=True))) == []


def test_what_a_coordinator_wants_comes_first() -> None:
    returned = Given("e", begun=True, submitted=True, returned_at=MOMENT, handed_out_at=MOMENT)
    found = kinds(given=(NOT_BEGUN, returned), essay_returned_at=MOMENT, lapsed=1)
    assert [kind for kind, _count in found] == [*list(Kind)[:3], Kind.READY]


@given(st.integers(0, 4), st.integers(0, 4))
def test_only_more_is_new(before: int, after: int) -> None:
    def items(number: int) -> list[Item]:
        return news_in(situation(given=(NOT_BEGUN,) * number), MOMENT)

    assert is_new(items(after), sorted(signs_of(items(before)))) is (after > before)


def test_another_date_or_another_return_is_new() -> None:
    said = sorted(signs_of(news_in(situation(deadlines=deadlines(Step.ESSAY, 5)), MOMENT)))
    assert is_new(news_in(situation(deadlines=deadlines(Step.ESSAY, 30)), MOMENT), said)
    said = sorted(signs_of(news_in(situation(essay_returned_at=MOMENT), MOMENT)))
    assert is_new(news_in(situation(essay_returned_at=MOMENT + timedelta(days=1)), MOMENT), said)


ZONES = st.sampled_from(["Europe/Oslo", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=60)
@given(MOMENTS, ZONES, st.floats(0, 0.999))
def test_the_next_morning_lies_ahead_within_a_day_and_between_seven_and_nine(
    moment: datetime, zone: str, share: float
) -> None:
    found = next_morning(moment, ZoneInfo(zone), share)
    # A day with an hour more has twenty-five.
    assert timedelta() < found - moment <= timedelta(hours=25)
    assert 7 <= found.astimezone(ZoneInfo(zone)).hour < 9
    assert may_write(found, ZoneInfo(zone), None)


@settings(max_examples=60)
@given(MOMENTS, ZONES, ZONES)
def test_nobody_is_written_to_twice_on_the_day_of_the_place_where_they_are(
    moment: datetime, before: str, after: str
) -> None:
    sent_at = next_morning(moment, ZoneInfo(before), 0.5)
    again = next_morning(sent_at, ZoneInfo(after), 0.5)
    if may_write(again, ZoneInfo(after), sent_at):
        assert again.astimezone(ZoneInfo(after)).date() > sent_at.astimezone(ZoneInfo(after)).date()


def test_waiting_doubles_up_to_two_hours() -> None:
    assert [delay_after(failures) / timedelta(minutes=1) for failures in range(6)] == [5, 10, 20, 40, 80, 120]
    assert delay_after(1000) == LONGEST_DELAY


@given(st.text())
def test_everybody_has_a_share_of_the_morning(key: str) -> None:
    assert 0 <= share_of(key) < 1
    assert share_of(key) == share_of(key)
