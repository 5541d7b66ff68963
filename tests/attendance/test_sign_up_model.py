"""Whatever people and coordinators do in whatever order, the database says what the rules say in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Mark, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.attendance.planning import TookPlace, call_off, change_session
from lti_tool.attendance.sign_up import Attended, Closed, Full, Kept, cancel, sign_up, wait
from tests.attendance.dates import START, ask_for_meetings, new_date, planned
from tests.attendance.sign_up_model import Day, Model
from tests.cast import Cast

PEOPLE = ("lina", "frode", "amir", "siri")
# The second may be signed up for until it begins; the first two are on the same day.
DAYS = ((4, 2), (4, 4), (9, 8))
WHO, DATE = st.sampled_from(range(len(PEOPLE))), st.sampled_from(range(len(DAYS)))
# A date that is called off leaves nothing to do about it.
SELDOM = st.sampled_from([False, False, False, True])


def on(day: int) -> dict[str, object]:
    starts, until = DAYS[day]
    starts_at = START + timedelta(days=starts)
    ends_at = starts_at + timedelta(hours=3)
    return {"starts_at": starts_at, "ends_at": ends_at, "sign_up_until": START + timedelta(days=until)}


class SigningUp(RuleBasedStateMachine):
    session: Session
    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.kept = self.session.begin_nested()
        self.dates = [planned(self.session, self.cast, capacity=1, **on(day)) for day in range(len(DAYS))]
        self.people = [self.cast.person_id(name) for name in PEOPLE]
        self.model = Model([Day(starts, until, 1) for starts, until in DAYS])

    @property
    def moment(self) -> datetime:
        return START + timedelta(days=self.model.today)

    @rule(who=WHO, date=DATE)
    def sign_up(self, who: int, date: int) -> None:
        expected = self.model.sign_up(who, date, or_wait=False)
        assert self.asked(sign_up, who, date) in (expected, "place" if expected == "as it was" else expected)

    @rule(who=WHO, date=DATE)
    def wait(self, who: int, date: int) -> None:
        expected = self.model.sign_up(who, date, or_wait=True)
        answer = self.asked(wait, who, date)
        assert answer == expected or (expected == "as it was" and answer in ("place", "waiting"))

    def asked(self, ask: Callable[..., SignUp], who: int, date: int) -> str:
        try:
            return str(ask(self.session, self.people[who], self.dates[date].id, self.moment).state)
        except (Full, Closed, Kept, Attended) as refusal:
            return type(refusal).__name__

    @rule(who=WHO, date=DATE)
    def cancel(self, who: int, date: int) -> None:
        expected = self.model.cancel(who, date)
        try:
            done = cancel(self.session, self.people[who], self.dates[date].id, self.moment)
        except Kept:
            assert expected == "Kept"
        else:
            assert expected == ("given up" if done else "nothing")

    @rule(date=DATE)
    def make_room(self, date: int) -> None:
        if self.model.days[date].off:
            return
        self.model.make_room(date)
        wanted = new_date(self.cast, capacity=self.model.days[date].capacity, **on(date))
        with time_machine.travel(self.moment, tick=False):
            change_session(self.session, self.cast.person_id("kari"), self.dates[date], wanted)

    @rule(date=DATE, now=SELDOM)
    def call_off(self, date: int, now: bool) -> None:
        if not now:
            return
        try:
            with time_machine.travel(self.moment, tick=False):
                call_off(self.session, self.cast.person_id("kari"), self.dates[date])
        except TookPlace:
            assert date in {day for _who, day in self.model.marks}
        else:
            if not self.model.days[date].off:
                self.model.call_off(date)

    @rule(who=WHO, date=DATE, there=st.booleans())
    def mark(self, who: int, date: int, there: bool) -> None:
        """Also people without a place, who have walked in."""
        day = self.model.days[date]
        if day.off or day.starts > self.model.today:
            return
        self.model.marks[who, date] = there
        self.session.merge(
            Mark(
                session_id=self.dates[date].id,
                person_id=self.people[who],
                presence=Presence.PRESENT if there else Presence.ABSENT,
                marked_by=self.cast.person_id("kari"),
            )
        )
        self.session.flush()

    @rule()
    def a_day_passes(self) -> None:
        self.model.today = min(self.model.today + 1, 12)

    @invariant()
    def the_database_says_the_same(self) -> None:
        self.session.expire_all()
        ids = [date.id for date in self.dates]
        found = list(self.session.scalars(select(SignUp).order_by(SignUp.id)))
        told = [(self.people.index(one.person_id), ids.index(one.session_id), one.state) for one in found]
        assert {who: date for who, date, state in told if state is SignUpState.PLACE} == self.model.places
        assert [(who, date) for who, date, state in told if state is SignUpState.WAITING] == self.model.waiting
        dates = self.session.scalars(select(TrainingSession).order_by(TrainingSession.id))
        assert [date.taken for date in dates] == [self.model.taken(day) for day in range(len(DAYS))]

    def teardown(self) -> None:
        self.kept.rollback()


def test_signing_up_follows_its_rules(session: Session, cast: Cast) -> None:
    ask_for_meetings(session)
    machine = type("Here", (SigningUp,), {"session": session, "cast": cast})
    # The rules do not depend on the database; that they are the same on both takes a few examples.
    examples = 25 if session.get_bind().dialect.name == "sqlite" else 5
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None))
