from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import CalledOff, ReasonNeeded, Touch, mark, mark_all, needs_reason
from lti_tool.attendance.models import Mark, MarkEvent, Presence, Source, TrainingSession
from lti_tool.database import now
from lti_tool.errors import Conflict
from lti_tool.programme.models import CompletionCheck, Enrolment
from tests.cast import Cast
from tests.marking.held import hold
from tests.peer_review.together import at_once

PRESENT, LATE, ABSENT = Presence.PRESENT, Presence.LATE, Presence.ABSENT
BEGINS = now()
ENDS = BEGINS + timedelta(hours=4)


def corrects(
    before: Presence | None, after: Presence | None, *, minutes: int = 60, latest_by: int = 1, hours: int = 0
) -> bool:
    """Whether person 1 needs a reason, that long after the latest change."""
    moment = BEGINS + timedelta(hours=hours, minutes=minutes)
    return needs_reason(before, after, latest=Touch(latest_by, BEGINS), now_by=Touch(1, moment), ends_at=ENDS)


@pytest.mark.parametrize("after", [*Presence, None])
def test_what_was_not_marked_before_needs_no_reason(after: Presence | None) -> None:
    assert not corrects(None, after)


@pytest.mark.parametrize(
    ("before", "after"), [(PRESENT, ABSENT), (PRESENT, None), (ABSENT, PRESENT), (LATE, PRESENT), (PRESENT, LATE)]
)
def test_a_correction_needs_a_reason_but_a_slip_does_not(before: Presence, after: Presence | None) -> None:
    assert corrects(before, after)
    assert corrects(before, after, minutes=11)
    assert not corrects(before, after, minutes=10)
    assert corrects(before, after, minutes=10, latest_by=2), "somebody else's mark is no slip of mine"


def test_a_tap_before_the_latest_change_is_no_slip_unless_a_slow_network_makes_it_seem_so() -> None:
    assert corrects(PRESENT, ABSENT, minutes=-1)
    overtaken = Touch(1, BEGINS - timedelta(seconds=15))
    assert not needs_reason(PRESENT, ABSENT, latest=Touch(1, BEGINS), now_by=overtaken, ends_at=ENDS)
    assert needs_reason(PRESENT, ABSENT, latest=Touch(2, BEGINS), now_by=overtaken, ends_at=ENDS)


def test_somebody_missed_at_first_can_come_in_until_the_session_ends() -> None:
    assert not corrects(ABSENT, LATE, hours=2, latest_by=2)
    assert corrects(ABSENT, LATE, hours=4)
    assert corrects(ABSENT, PRESENT, hours=2)


def test_marking_says_who_was_there_and_logs_it(cast: Cast, session: Session) -> None:
    held, kari = hold(session, cast, "lina"), cast.people["kari"]
    tapped = now() - timedelta(minutes=20)
    first = mark(session, kari, held, cast.people["lina"], PRESENT, happened_at=tapped)
    walked_in = mark(session, kari, held, cast.people["una"], LATE, source=Source.CHECK_IN)
    session.commit()
    assert first is not None
    assert (first.before, first.after, first.by, first.happened_at) == (None, PRESENT, kari, tapped)
    assert walked_in is not None
    marks = {one.person_id: one for one in session.scalars(select(Mark))}
    lina, una = marks[cast.people["lina"]], marks[cast.people["una"]]
    assert (lina.presence, lina.walk_in, lina.marked_by) == (PRESENT, False, kari)
    assert (una.presence, una.walk_in, una.source) == (LATE, True, Source.CHECK_IN)
    assert {one.person_id for one in session.scalars(select(Enrolment))} == marks.keys()
    assert {one.person_id for one in session.scalars(select(CompletionCheck))} == marks.keys()


def test_learning_assistants_of_the_course_belong_to_its_session(cast: Cast, session: Session) -> None:
    held, ingrid = hold(session, cast, course="TDT4100"), cast.people["ingrid"]
    mark_all(session, ingrid, held, {cast.people["lina"]: PRESENT, cast.people["una"]: ABSENT})
    walked_in = {one.person_id: one.walk_in for one in session.scalars(select(Mark))}
    assert walked_in == {cast.people["lina"]: False, cast.people["una"]: True}
    assert [one.person_id for one in session.scalars(select(Enrolment))] == [cast.people["lina"]]


def test_the_same_again_changes_nothing_and_a_mark_can_be_taken_away(cast: Cast, session: Session) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    assert mark(session, 1, held, lina, ABSENT)
    assert mark(session, 1, held, lina, ABSENT) is None
    assert mark(session, 1, held, lina, None)
    assert session.scalars(select(Mark)).all() == []
    assert [(e.before, e.after) for e in session.scalars(select(MarkEvent).order_by(MarkEvent.id))] == [
        (None, ABSENT),
        (ABSENT, None),
    ]


def test_a_correction_without_a_reason_changes_nobody(cast: Cast, session: Session) -> None:
    held, kari, astrid = hold(session, cast), cast.people["kari"], cast.people["astrid"]
    lina, frode = cast.people["lina"], cast.people["frode"]
    mark(session, astrid, held, lina, PRESENT)
    with pytest.raises(ReasonNeeded):
        mark_all(session, kari, held, {frode: PRESENT, lina: ABSENT}, reason="  ")
    assert [one.person_id for one in session.scalars(select(MarkEvent))] == [lina]
    events = mark_all(session, kari, held, {frode: PRESENT, lina: ABSENT}, reason=" Left at once ")
    assert [(e.person_id, e.reason) for e in events] == [(lina, "Left at once"), (frode, "Left at once")]


def test_a_change_that_a_device_sends_twice_is_done_once(cast: Cast, session: Session) -> None:
    held, kari, lina = hold(session, cast, "lina"), cast.people["kari"], cast.people["lina"]
    first = mark(session, kari, held, lina, PRESENT, device_key="a")
    mark(session, kari, held, lina, ABSENT, device_key="b")
    session.commit()
    assert mark(session, kari, held, lina, PRESENT, device_key="a") is first
    assert session.get_one(Mark, (held.id, lina)).presence is ABSENT
    with pytest.raises(Conflict):
        mark(session, kari, held, cast.people["frode"], PRESENT, device_key="a")


def test_the_same_change_ten_times_at_once_is_one_change(cast: Cast, session: Session) -> None:
    held_id, kari, lina = hold(session, cast, "lina").id, cast.people["kari"], cast.people["lina"]

    def tap(own: Session) -> int:
        event = mark(own, kari, own.get_one(TrainingSession, held_id), lina, PRESENT, device_key="once")
        assert event is not None
        return event.id

    assert len(set(at_once(cast.app, *[tap] * 10))) == 1
    assert len(session.scalars(select(MarkEvent)).all()) == 1


def test_a_clock_that_is_ahead_marks_now_and_a_session_called_off_is_not_marked(cast: Cast, session: Session) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    event = mark(session, 1, held, lina, PRESENT, happened_at=now() + timedelta(days=1))
    assert event is not None
    assert event.happened_at <= now()
    held.cancelled_at = now()
    with pytest.raises(CalledOff):
        mark(session, 1, held, lina, ABSENT, reason="why")
