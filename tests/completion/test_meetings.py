"""What there is of meetings that the programme holds, for which people sign up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.completion.records import Date
from lti_tool.completion.verdicts import NextStep, Reason, Status
from tests.completion.made import LAOS, NOW, date, item, part, records

HELD = date(1, in_days=-10)
AHEAD, LATER = date(2, in_days=30), date(3, in_days=40)


def test_one_date_attended_does_it_however_many_there_are() -> None:
    found = item(records(HELD, AHEAD, LATER, there=[1]))
    assert (found.status, found.hours_done, found.at) == (Status.DONE, 4, HELD.ends_at)
    assert found.attended == (HELD,)


def test_a_short_date_counts_for_the_whole_meeting() -> None:
    assert item(records(date(1, in_days=-10, hours=3), there=[1])).hours_done == 4


def test_neither_a_place_nor_preparation_nor_an_absence_counts() -> None:
    found = records(HELD, absent=[1], places=[1], prepared=True)
    assert item(found).hours_done == 0


def test_before_any_date_is_planned_one_is_on_the_way() -> None:
    found = item(records())
    assert (found.status, found.reason, found.next_step) == (
        Status.ON_THE_WAY,
        Reason.NOT_PLANNED,
        NextStep.AWAIT_DATES,
    )


def test_what_was_never_planned_is_missed_when_the_term_is_over() -> None:
    assert item(records(term_ends_at=NOW - timedelta(days=1))).status is Status.MISSED


def test_with_dates_to_choose_from_one_is_on_the_way_and_chooses() -> None:
    found = item(records(AHEAD, LATER))
    assert (found.status, found.next_step, found.left) == (Status.ON_THE_WAY, NextStep.CHOOSE_DATE, (AHEAD, LATER))


@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ((HELD, AHEAD), Reason.LAST_DATES),
        ((date(2, in_days=16), date(3, in_days=17)), Reason.LAST_DATES),
        ((date(2, room=False), HELD), Reason.FULL),
        ((date(2, in_days=1),), Reason.SIGN_UP_CLOSED),
    ],
    ids=["one of several is left", "all close soon", "all are full", "too late to sign up"],
)
def test_without_a_place_one_is_at_risk_while_the_last_dates_go(dates: tuple[Date, ...], reason: Reason) -> None:
    found = item(records(*dates))
    assert (found.status, found.reason) == (Status.AT_RISK, reason)


def test_the_only_date_that_was_ever_planned_is_no_risk_until_it_closes_soon() -> None:
    assert item(records(AHEAD)).status is Status.ON_THE_WAY


@pytest.mark.parametrize(("waiting", "step"), [([2], NextStep.AWAIT_PLACE), ([], NextStep.JOIN_WAITING_LIST)])
def test_waiting_for_a_place_is_no_place(waiting: list[int], step: NextStep) -> None:
    found = item(records(date(2, room=False), waiting=waiting))
    assert (found.status, found.next_step) == (Status.AT_RISK, step)


def test_waiting_for_one_date_while_another_has_room_asks_to_choose() -> None:
    full = date(2, room=False)
    found = item(records(full, AHEAD, LATER, waiting=[2]))
    assert (found.status, found.next_step) == (Status.ON_THE_WAY, NextStep.CHOOSE_DATE)


@pytest.mark.parametrize(("prepared", "step"), [(False, NextStep.PREPARE), (True, NextStep.ATTEND)])
def test_with_a_place_one_prepares_and_comes(prepared: bool, step: NextStep) -> None:
    found = item(records(AHEAD, places=[2], prepared=prepared))
    assert (found.status, found.next_step, found.upcoming) == (Status.ON_THE_WAY, step, AHEAD)


def test_a_place_on_a_date_that_was_called_off_is_none() -> None:
    off = date(2, called_off=True)
    assert item(records(off, places=[2])).reason is Reason.NOT_PLANNED


@pytest.mark.parametrize(
    ("days_ago", "status", "step"),
    [(2, Status.ON_THE_WAY, NextStep.AWAIT_MARK), (8, Status.AT_RISK, NextStep.ASK_COORDINATOR)],
)
def test_whoever_had_a_place_waits_for_the_mark_for_a_week(days_ago: int, status: Status, step: NextStep) -> None:
    found = item(records(date(1, in_days=-days_ago), places=[1]))
    assert (found.status, found.next_step) == (status, step)


def test_an_absence_shows_the_dates_on_which_it_can_be_made_up() -> None:
    found = item(records(HELD, AHEAD, LATER, absent=[1], places=[1]))
    assert (found.status, found.reason, found.next_step) == (Status.AT_RISK, Reason.ABSENT, NextStep.CHOOSE_DATE)
    assert found.left == (AHEAD, LATER)


def test_with_a_place_on_another_date_an_absence_is_a_risk_no_more() -> None:
    found = item(records(HELD, AHEAD, absent=[1], places=[2]))
    assert found.status is Status.ON_THE_WAY


def test_an_absence_cannot_be_made_up_once_no_date_is_left() -> None:
    found = item(records(HELD, absent=[1]))
    assert (found.status, found.reason, found.next_step) == (
        Status.MISSED,
        Reason.NO_DATE_LEFT,
        NextStep.ASK_COORDINATOR,
    )


def test_a_further_date_makes_possible_what_was_missed() -> None:
    assert item(records(HELD, AHEAD, absent=[1])).status is Status.AT_RISK


def test_the_requirement_is_as_its_worst_meeting_and_names_it() -> None:
    second = date(5, "core-2", in_days=-1)
    found = part(records(HELD, second, there=[1], absent=[5]), "core-modules")
    assert (found.status, found.about, found.hours_done, found.hours) == (Status.MISSED, "core-2", 4, 8)


def test_the_requirement_is_done_with_its_last_meeting() -> None:
    second = date(5, "core-2", in_days=-1)
    found = part(records(HELD, second, there=[1, 5]), "core-modules")
    assert (found.status, found.done_at) == (Status.DONE, second.ends_at)


def test_a_date_of_a_course_does_not_count_for_a_meeting_of_the_programme() -> None:
    in_course = date(1, in_days=-2, course=7)
    assert item(records(in_course, there=[1], courses=[7])).hours_done == 0
    assert LAOS.meeting_of("core-1")[0].held_by == "programme"
