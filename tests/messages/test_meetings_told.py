"""News of meetings on the page and in the digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy.orm import Session

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import call_off, change_session
from lti_tool.attendance.sign_up import cancel, sign_up, wait
from lti_tool.database import now
from lti_tool.messages.everything import everything_for
from lti_tool.messages.meeting_news import MeetingKind
from lti_tool.messages.record_news import RecordKind
from lti_tool.programme.actions import enrol
from tests.attendance.dates import START, ask_for_meetings, new_date, planned
from tests.cast import Cast
from tests.equivalence.applying import an_approved_application
from tests.messages.conftest import Mornings
from tests.messages.test_panel import panel
from tests.statements import statements
from tests.work import done_before


def on_panel(cast: Cast, name: str) -> str:
    return panel(cast.visit(name, module=None)).replace("\n", " ")


def prepared_cast(cast: Cast, work: Callable[[Session], Any]) -> None:
    with done_before(cast) as session:
        ask_for_meetings(session)
        work(session)


def test_the_page_tells_who_has_got_a_place_and_whose_date_was_called_off(cast: Cast) -> None:
    def arrange(session: Session) -> None:
        first, second = planned(session, cast, capacity=1), planned(session, cast, meeting_key="core-2")
        sign_up(session, cast.person_id("frode"), first.id, now())
        wait(session, cast.person_id("lina"), first.id, now())
        cancel(session, cast.person_id("frode"), first.id, now())
        sign_up(session, cast.person_id("lina"), second.id, now())
        call_off(session, cast.person_id("kari"), second)

    prepared_cast(cast, arrange)
    page = on_panel(cast, "lina")
    assert "You have a place now: “Core module 1” on <time" in page
    assert "“Core module 2” on <time" in page
    assert "was called off. Please choose another date." in page
    assert page.index("called off") < page.index("You have a place now")
    assert '/meetings/core-1">See your date' in page
    assert "You can sign up for a date of “Core module 1” now." not in on_panel(cast, "amir"), "has begun nothing"
    assert "You can sign up for a date of “Core module 1” now." not in on_panel(cast, "frode"), "it is full"


def test_whoever_need_not_take_the_training_is_not_asked_to_choose_a_date(cast: Cast, session: Session) -> None:
    ask_for_meetings(session)
    planned(session, cast)
    people = [cast.person_id(name) for name in ("lina", "frode")]
    for person_id in people:
        enrol(session, person_id, cast.cohort_id)
    an_approved_application(session, cast)
    told = everything_for(session, people, now())
    assert [[item.kind for item in told[person_id]] for person_id in people] == [
        [RecordKind.APPROVED],
        [MeetingKind.CHOOSE],
    ]


def test_a_digest_tells_of_meetings_and_of_each_thing_once(mornings: Mornings) -> None:
    cast, session = mornings.cast, mornings.session
    ask_for_meetings(session)
    with time_machine.travel("2026-11-24T15:00+01:00", tick=False):
        date = planned(session, cast, capacity=1)
        mornings.write_to("tuva")
        sign_up(session, cast.person_id("siri"), date.id, now())
        wait(session, cast.person_id("tuva"), date.id, now())
        session.commit()
    assert "tuva" not in mornings.work_through("2026-11-25"), "waiting is nothing to be told of"
    with time_machine.travel("2026-11-25T20:30+01:00", tick=False):
        cancel(session, cast.person_id("siri"), date.id, now())
        session.commit()
    assert mornings.work_through("2026-11-26").count("tuva") == 1
    said = mornings.last_words()
    assert "You have a place now: “Core module 1” on Monday 6 September, 09:00." in said
    assert "You find it where you open the training in your course." in said
    assert "tuva" not in mornings.work_through("2026-11-27")
    with time_machine.travel("2026-11-27T20:30+01:00", tick=False):
        changed = new_date(cast, capacity=1, starts_at=START + timedelta(hours=1))
        change_session(session, cast.person_id("kari"), session.get_one(TrainingSession, date.id), changed)
        session.commit()
    assert "tuva" in mornings.work_through("2026-11-28")


def test_many_people_cost_as_many_statements_as_one(cast: Cast, session: Session) -> None:
    ask_for_meetings(session)
    for meeting in ("core-1", "core-2"):
        date = planned(session, cast, meeting_key=meeting)
        for name in ("lina", "frode", "amir"):
            sign_up(session, cast.person_id(name), date.id, now())
    session.commit()
    moment = START - timedelta(days=1)
    costs = []
    for names in (("lina",), ("lina", "frode", "amir", "siri")):
        session.expire_all()
        with statements(cast.app) as sent:
            told = everything_for(session, [cast.person_id(name) for name in names], moment)
        costs.append(len(sent))
    assert len(told) == 3
    assert costs[0] == costs[1] <= 10, costs
