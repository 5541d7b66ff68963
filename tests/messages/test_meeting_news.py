"""What somebody is told of a meeting, from where they stand with its dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lti_tool.attendance.models import Presence, SignUpChange, SignUpState, TrainingSession
from lti_tool.attendance.sign_up_standing import Happening, Situation, Standing
from lti_tool.messages.meeting_news import MeetingKind, news_of_date, news_of_meeting
from lti_tool.programme.requirements import Meeting, Preparation
from tests.attendance.dates import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_BEFORE = START - 20 * DAY
CORE = Meeting(key="core-1", titles={"en": "Core module 1"}, hours=4)
PREPARED = CORE.model_copy(update={"preparation": Preparation(minutes=40, texts={"en": "Read this."})})
PLACE, WAITING = SignUpState.PLACE, SignUpState.WAITING


def date(number: int = 1, days: int = 0, **changes: Any) -> TrainingSession:
    """Signing up ends three days before."""
    starts_at = START + days * DAY
    usual = {"starts_at": starts_at, "ends_at": starts_at + HOUR, "sign_up_until": starts_at - 3 * DAY}
    figures = {"id": number, "cohort_id": 7, "capacity": 1, "taken": 0, "sequence": 0, "changed_at": LONG_BEFORE}
    return TrainingSession(**{**usual, **figures, **changes})


def standing(*dates: TrainingSession, **changes: Any) -> Standing:
    return Standing(3, 7, "core-1", {one.id: one for one in dates}, **changes)


def happened(*changes: SignUpChange, session_id: int = 1) -> tuple[Happening, ...]:
    """A day apart, the last one fifteen days before the first date."""
    last = START - 15 * DAY
    return tuple(
        Happening(session_id, change, last - (len(changes) - place) * DAY) for place, change in enumerate(changes, 1)
    )


def kinds(found: Standing, days_before: float = 10, meeting: Meeting = CORE) -> list[MeetingKind]:
    return [item.kind for item in news_of_meeting(found, meeting, "en", START - days_before * DAY)]


def test_whoever_has_no_date_is_told_when_there_is_one_with_a_place() -> None:
    assert kinds(standing(date())) == [MeetingKind.CHOOSE]
    assert kinds(standing(date(taken=1))) == []
    assert kinds(standing(date()), days_before=2) == [], "signing up has ended"
    assert kinds(standing(date(cancelled_at=LONG_BEFORE))) == []
    assert kinds(standing(date(), date(2), sign_ups={2: WAITING})) == [], "who waits has seen the dates"


def test_a_new_date_of_the_same_meeting_is_no_news_to_somebody_who_knows_that_there_are_some() -> None:
    (before,) = news_of_meeting(standing(date()), CORE, "en", LONG_BEFORE)
    (after,) = news_of_meeting(standing(date(), date(2)), CORE, "en", LONG_BEFORE)
    assert before.signs == after.signs


def test_a_place_from_the_waiting_list_is_told_while_it_can_be_given_up() -> None:
    promoted = standing(date(), sign_ups={1: PLACE}, history=happened(SignUpChange.WAITING, SignUpChange.PROMOTED))
    assert kinds(promoted) == [MeetingKind.PLACE]
    assert kinds(promoted, days_before=2.5) == []
    by_hand = standing(date(), sign_ups={1: PLACE}, history=happened(SignUpChange.SIGNED_UP))
    assert kinds(by_hand) == []


def test_a_date_that_was_called_off_is_told_until_there_is_another() -> None:
    lost = happened(SignUpChange.SIGNED_UP, SignUpChange.CALLED_OFF)
    off = date(cancelled_at=LONG_BEFORE)
    assert kinds(standing(off, date(2), history=lost)) == [MeetingKind.CALLED_OFF]
    assert kinds(standing(off, history=lost)) == [MeetingKind.CALLED_OFF]
    assert kinds(standing(off, date(2), history=lost, sign_ups={2: PLACE})) == []
    waited = happened(SignUpChange.WAITING, SignUpChange.CALLED_OFF)
    assert kinds(standing(off, date(2), history=waited)) == [MeetingKind.CHOOSE]
    own_doing = happened(SignUpChange.SIGNED_UP, SignUpChange.CANCELLED)
    assert kinds(standing(date(), history=own_doing)) == [MeetingKind.CHOOSE]
    line_off_later = (*lost, *happened(SignUpChange.CALLED_OFF, session_id=2))
    assert kinds(standing(off, date(2, cancelled_at=LONG_BEFORE), history=line_off_later)) == [MeetingKind.CALLED_OFF]


def test_an_absence_leads_to_other_dates_where_there_are_any() -> None:
    missed = {"sign_ups": {1: PLACE}, "marks": {1: Presence.ABSENT}}
    assert kinds(standing(date(), date(2, days=9), **missed), days_before=-1) == [MeetingKind.MISSED]
    assert kinds(standing(date(), date(2, days=9, taken=1), **missed), days_before=-1) == [MeetingKind.MISSED]
    assert kinds(standing(date(), **missed), days_before=-1) == []
    moved_on = {"sign_ups": {2: PLACE}, "marks": {1: Presence.ABSENT}}
    assert kinds(standing(date(), date(2, days=9), **moved_on), days_before=-1) == []


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.LATE])
def test_whoever_was_there_is_asked_for_nothing(presence: Presence) -> None:
    found = standing(date(), date(2, days=9), sign_ups={2: PLACE}, marks={1: presence})
    assert kinds(found, days_before=-7, meeting=PREPARED) == []


def test_before_the_date_people_are_reminded_to_prepare_or_else_of_the_date() -> None:
    to_come = standing(date(), sign_ups={1: PLACE}, history=happened(SignUpChange.SIGNED_UP))
    assert [kinds(to_come, days) for days in (3, 2, 0)] == [[], [MeetingKind.SOON], []]
    assert [kinds(to_come, days, PREPARED) for days in (4, 3, 1)] == [[], [MeetingKind.PREPARE], [MeetingKind.PREPARE]]
    prepared = standing(date(), sign_ups={1: PLACE}, prepared_at=LONG_BEFORE)
    assert [kinds(prepared, days, PREPARED) for days in (3, 2)] == [[], [MeetingKind.SOON]]


def test_a_change_is_told_for_a_week_to_those_who_had_signed_up_before_it() -> None:
    signed_up = {"sign_ups": {1: PLACE}, "history": happened(SignUpChange.SIGNED_UP)}
    changed = date(sequence=1, changed_at=START - 14 * DAY)
    assert kinds(standing(changed, **signed_up), 13) == [MeetingKind.CHANGED]
    assert kinds(standing(changed, **signed_up), 6) == []
    assert kinds(standing(date(sequence=1, changed_at=START - 16 * DAY), **signed_up), 14) == []


def test_a_date_of_a_course_is_told_without_anybody_signing_up() -> None:
    def told(one: TrainingSession, days_before: float, meeting: Meeting = CORE) -> list[MeetingKind]:
        moment = START - days_before * DAY
        return [item.kind for item in news_of_date(one, meeting, "en", prepared=False, moment=moment)]

    course: dict[str, Any] = {"course_id": 2, "capacity": None}
    assert [told(date(**course), days) for days in (9, 2, 0)] == [[], [MeetingKind.SOON], []]
    assert told(date(**course), 2, PREPARED) == [MeetingKind.PREPARE]
    changed: dict[str, Any] = {"sequence": 1, "changed_at": START - 10 * DAY}
    assert told(date(**course, **changed), 9) == [MeetingKind.CHANGED]
    assert told(date(**course, **changed, cancelled_at=LONG_BEFORE), 9) == [MeetingKind.COURSE_CALLED_OFF]


def test_between_a_date_and_its_marks_nobody_is_told_anything() -> None:
    found = standing(date(), date(2, days=9), sign_ups={1: PLACE})
    assert found.situation(START) is Situation.RUNNING
    assert found.situation(START + DAY) is Situation.UNMARKED
    assert kinds(found, 0) == kinds(found, -1) == []
