"""What there is of meetings that courses hold, where every learning assistant is expected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.completion.records import Date
from lti_tool.completion.verdicts import NextStep, Reason, Status
from tests.completion.made import COURSE, NOW, OTHER_COURSE, date, item, part, records

FIRST = date(1, "first-meeting", in_days=-20, hours=1, course=COURSE)
TWO_HOURS = date(2, "follow-up", in_days=-10, hours=2, course=COURSE)
TWO_MORE = date(3, "follow-up", in_days=10, hours=2, course=COURSE)
LAST = date(4, "final-evaluation", in_days=30, hours=1, course=COURSE)
ALL = (FIRST, TWO_HOURS, TWO_MORE, LAST)
KEY = "course-specific-module"


def test_hours_of_several_dates_add_up_to_those_of_the_meeting() -> None:
    assert item(records(*ALL, there=[2], courses=[COURSE]), "follow-up").hours_done == 2
    found = item(records(*ALL, there=[2, 3], courses=[COURSE]), "follow-up")
    assert (found.status, found.hours_done, found.attended) == (Status.DONE, 4, (TWO_HOURS, TWO_MORE))


def test_a_date_that_is_too_short_does_not_do() -> None:
    short = date(1, "first-meeting", in_days=-2, hours=0.75, course=COURSE)
    found = item(records(short, there=[1], courses=[COURSE]), "first-meeting")
    assert (found.status, found.hours_done) == (Status.ON_THE_WAY, 0.75)


def test_hours_count_that_binary_fractions_cannot_tell() -> None:
    thirds = [date(number, "first-meeting", in_days=-2, hours=1 / 3, course=COURSE) for number in (1, 2, 3)]
    assert item(records(*thirds, there=[1, 2, 3], courses=[COURSE]), "first-meeting").status is Status.DONE


def test_dates_of_two_courses_do_not_add_up() -> None:
    elsewhere = date(9, "follow-up", in_days=-5, hours=2, course=OTHER_COURSE)
    found = part(records(*ALL, elsewhere, there=[1, 2, 9], courses=[COURSE, OTHER_COURSE]), KEY)
    assert (found.course_id, found.hours_done) == (COURSE, 3)


def test_of_two_courses_the_one_counts_in_which_somebody_is_better_off() -> None:
    missed = date(9, "first-meeting", in_days=-5, hours=1, course=OTHER_COURSE)
    found = part(records(*ALL, missed, there=[1, 2], absent=[9], courses=[COURSE, OTHER_COURSE]), KEY)
    assert (found.course_id, found.status) == (COURSE, Status.ON_THE_WAY)


def test_a_course_without_any_dates_is_no_place_to_be_better_off() -> None:
    found = part(records(FIRST, absent=[1], courses=[COURSE, OTHER_COURSE]), KEY)
    assert (found.course_id, found.status) == (COURSE, Status.MISSED)


def test_before_any_course_has_planned_anything_one_is_on_the_way() -> None:
    found = part(records(courses=[COURSE]), KEY)
    assert (found.status, found.reason, found.next_step) == (
        Status.ON_THE_WAY,
        Reason.NOT_PLANNED,
        NextStep.AWAIT_DATES,
    )
    assert found.course_id is None


def test_everybody_in_the_course_is_expected_at_its_next_date() -> None:
    found = item(records(TWO_MORE, TWO_HOURS, there=[2], courses=[COURSE]), "follow-up")
    assert (found.status, found.reason, found.next_step) == (Status.ON_THE_WAY, Reason.EXPECTED, NextStep.ATTEND)
    assert (found.upcoming, found.left) == (TWO_MORE, (TWO_MORE,))


def test_a_date_in_somebody_elses_course_is_not_for_them() -> None:
    assert item(records(TWO_MORE, courses=[OTHER_COURSE]), "follow-up").reason is Reason.NOT_PLANNED


def test_as_long_as_too_little_is_planned_more_is_to_come() -> None:
    found = item(records(TWO_HOURS, there=[2], courses=[COURSE]), "follow-up")
    assert (found.status, found.next_step) == (Status.ON_THE_WAY, NextStep.AWAIT_DATES)


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        ((TWO_HOURS, TWO_MORE, date(5, "follow-up", in_days=20, hours=2, course=COURSE)), Status.AT_RISK),
        ((TWO_HOURS, TWO_MORE), Status.MISSED),
        ((TWO_HOURS,), Status.AT_RISK),
    ],
    ids=["another date makes up for it", "no other date is planned", "more is to be planned"],
)
def test_an_absence_is_made_up_on_another_date_of_the_course(dates: tuple[Date, ...], status: Status) -> None:
    assert item(records(*dates, absent=[2], courses=[COURSE]), "follow-up").status is status


def test_what_is_left_undone_when_the_term_is_over_is_missed() -> None:
    over = NOW - timedelta(days=1)
    found = item(records(TWO_HOURS, there=[2], courses=[COURSE], term_ends_at=over), "follow-up")
    assert (found.status, found.next_step) == (Status.MISSED, NextStep.ASK_TEACHER)


@pytest.mark.parametrize(
    ("days_ago", "status", "step"),
    [(2, Status.ON_THE_WAY, NextStep.AWAIT_MARK), (8, Status.AT_RISK, NextStep.ASK_TEACHER)],
)
def test_a_date_that_nobody_has_marked_is_a_risk_after_a_week(days_ago: int, status: Status, step: NextStep) -> None:
    over = date(1, "first-meeting", in_days=-days_ago, hours=1, course=COURSE)
    found = item(records(over, courses=[COURSE]), "first-meeting")
    assert (found.status, found.next_step) == (status, step)


def test_what_somebody_has_been_to_counts_after_they_have_left_the_course() -> None:
    assert part(records(*ALL, there=[1]), KEY).hours_done == 1
