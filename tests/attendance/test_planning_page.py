"""A coordinator plans dates one by one, finds them in the list, changes them, and calls them off."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.attendance.models import Mark, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.attendance.planning import create_missing
from lti_tool.people.models import GrantKind, Person, StaffGrant
from lti_tool.programme.models import Cohort
from tests.attendance.dates import HOUR, START, ask_for_meetings, give_place, new_date, planned
from tests.cast import Browser, Cast
from tests.meeting import meeting
from tests.pages import problems_of
from tests.work import done_before

DAY = START.date().isoformat()
FIELDS = {
    "meeting": "core-1",
    "day": DAY,
    "starts": "09:00",
    "ends": "12:00",
    "town": "gjøvik",
    "place": "  Room   R1 ",
    "language": "en",
    "capacity": "20",
    "leader": "Kari",
    "note": "Bring *a pen*.",
}
_MARCH = date(START.year, 3, 31)
_LAST_SUNDAY_OF_MARCH = _MARCH - timedelta(days=(_MARCH.weekday() + 1) % 7)


@pytest.fixture
def kari(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
        session.get_one(Person, cast.person_id("kari")).timezone = "Europe/Oslo"
    return cast.visit("kari")


def dates(cast: Cast) -> list[TrainingSession]:
    with done_before(cast) as session:
        found = list(session.scalars(select(TrainingSession).order_by(TrainingSession.id)))
        session.expunge_all()
        return found


def a_date(cast: Cast, **changes: Any) -> int:
    with done_before(cast) as session:
        return planned(session, cast, **changes).id


def plan(cast: Cast, kari: Browser, **changes: str) -> Any:
    return kari.post(f"sessions/cohorts/{cast.cohort_id}/new", {**FIELDS, **changes})


def test_a_date_is_planned_in_the_coordinators_time_zone(cast: Cast, kari: Browser) -> None:
    assert problems_of(kari.get(f"sessions/cohorts/{cast.cohort_id}/new").text) == []
    assert plan(cast, kari).status_code == 303
    (made,) = dates(cast)
    assert (made.starts_at, made.ends_at, made.sign_up_until) == (START, START + 3 * HOUR, START - timedelta(days=3))
    assert (made.town, made.place, made.language, made.capacity) == ("Gjøvik", "Room R1", "en", 20)
    assert (made.minutes, made.note, made.created_by) == (240, "Bring *a pen*.", cast.person_id("kari"))
    page = kari.get("sessions").text
    assert problems_of(page) == []
    assert re.search(r"09:00–12:00", page)
    assert "0 of 20" in page
    assert plan(cast, kari).headers["Location"].endswith("notice=date-there")
    assert len(dates(cast)) == 1


def test_two_clicks_at_once_plan_one_date(app: Flask, cast: Cast, kari: Browser) -> None:
    wanted = replace(new_date(cast), place="Room R1", town="Gjøvik", language="en", leader="Kari")
    first = partial(create_missing, actor_id=cast.person_id("kari"), planned=[wanted])
    answer = meeting(app, first, lambda: plan(cast, kari))
    assert answer.headers["Location"].endswith("notice=date-there")
    assert len(dates(cast)) == 1


# What is refused does not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"meeting": "first-meeting"}, "Choose a meeting."),
        ({"day": "soon"}, "Give a day, such as 2026-11-26."),
        ({"day": "1999-01-01"}, "Give a day between 2000 and 2099."),
        ({"starts": "nine"}, "Give a time of day, such as 09:15."),
        ({"ends": "09:00"}, "It has to end after it starts."),
        ({"place": ""}, "Say where it is"),
        ({"online_url": "javascript:alert(1)"}, "beginning with https://"),
        ({"language": "fr"}, "Choose a language."),
        ({"capacity": "0"}, "A whole number from 1 to 10000"),
        ({"sign_up_until": f"{DAY}T09:01"}, "Signing up has to end before the date starts."),
        ({"sign_up_until": "then"}, "Write the date and the time"),
        ({"leader": "x" * 201}, "Write at most 200 characters."),
        ({"day": str(_LAST_SUNDAY_OF_MARCH), "starts": "02:30"}, "because the clocks are put forward. Choose 03:30."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_is_kept(
    cast: Cast, kari: Browser, changes: dict[str, str], said: str
) -> None:
    answer = plan(cast, kari, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Room R1"' in answer.text or "place" in changes
    assert problems_of(answer.text) == []
    assert dates(cast) == []


def test_a_date_is_changed_and_asks_again_if_somebody_else_has_changed_it(cast: Cast, kari: Browser) -> None:
    date_id = a_date(cast)
    page = kari.get(f"sessions/{date_id}").text
    assert problems_of(page) == []
    assert 'value="09:00"' in page
    (version,) = re.findall(r'name="version"[^>]*value="(\w+)"', page)
    fields = {**FIELDS, "version": version}
    assert kari.post(f"sessions/{date_id}", {**fields, "place": "Room R2"}).status_code == 303
    late = kari.post(f"sessions/{date_id}", {**fields, "place": "Room R3"})
    assert late.status_code == 409
    assert "somebody has changed this date in the meantime" in late.text
    assert 'value="Room R3"' in late.text
    (version,) = re.findall(r'name="version"[^>]*value="(\w+)"', late.text)
    assert kari.post(f"sessions/{date_id}", {**fields, "place": "Room R3", "version": version}).status_code == 303
    assert [(one.place, one.sequence) for one in dates(cast)] == [("Room R3", 2)]


def test_a_date_keeps_room_for_all_who_have_a_place(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        found = planned(session, cast)
        give_place(session, found, cast.person_id("lina"), cast.person_id("frode"))
        date_id = found.id
    page = kari.get(f"sessions/{date_id}").text
    assert "2 people have a place." in page
    assert "Lina Testperson" in page
    (version,) = re.findall(r'name="version"[^>]*value="(\w+)"', page)
    refused = kari.post(f"sessions/{date_id}", {**FIELDS, "capacity": "1", "place": "Elsewhere", "version": version})
    assert refused.status_code == 409
    assert "2 people have a place on this date, so it needs as many at least." in refused.text
    assert 'value="Elsewhere"' in refused.text
    assert problems_of(refused.text) == []
    assert dates(cast)[0].place == "Room R1"


def test_another_date_is_planned_like_one_that_there_is(cast: Cast, kari: Browser) -> None:
    date_id = a_date(cast, leader="Kari N.", note="Bring a pen.")
    page = kari.get(f"sessions/cohorts/{cast.cohort_id}/new?like={date_id}").text
    assert 'value="Kari N."' in page
    assert "Bring a pen." in page
    assert f'value="{DAY}"' not in page


def test_calling_off_says_first_who_loses_a_place(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        first, second = planned(session, cast), planned(session, cast, starts_at=START + HOUR)
        give_place(session, first, cast.person_id("lina"))
        give_place(session, first, cast.person_id("frode"), state=SignUpState.WAITING)
        ids = [str(first.id), str(second.id)]
    page = kari.get(f"sessions/call-off?date={ids[0]}&date={ids[1]}").text
    assert problems_of(page) == []
    assert "Call off 2 dates?" in page
    assert "2 people lose a place or a turn in the line" in page
    assert "Lina Testperson" in page
    unasked = kari.post("sessions/call-off", {"date": ids, "seen": "1"})
    assert (unasked.status_code, "others have signed up since" in unasked.text) == (409, True)
    assert [one.cancelled_at for one in dates(cast)] == [None, None]
    assert kari.post("sessions/call-off", {"date": ids, "seen": "2"}).status_code == 303
    assert all(one.cancelled_at for one in dates(cast))
    with done_before(cast) as session:
        assert session.scalars(select(SignUp)).all() == []
    assert "This date was called off:" in kari.get(f"sessions/{ids[0]}").text
    assert kari.post("sessions/call-off", {"date": ids, "seen": "0"}).status_code == 303


def test_a_date_with_attendance_is_not_called_off_with_the_others(cast: Cast, kari: Browser) -> None:
    held, other = a_date(cast), a_date(cast, starts_at=START + HOUR)
    with done_before(cast) as session:
        lina, by = cast.person_id("lina"), cast.person_id("kari")
        session.add(Mark(session_id=held, person_id=lina, presence=Presence.PRESENT, marked_by=by))
    page = kari.get(f"sessions/call-off?date={held}&date={other}").text
    assert "attendance is recorded, so it took place." in page
    refused = kari.post("sessions/call-off", {"date": [str(other), str(held)]})
    assert (refused.status_code, "it took place and cannot be called off" in refused.text) == (409, True)
    assert [one.cancelled_at for one in dates(cast)] == [None, None]


def test_dates_of_courses_and_of_other_cohorts_are_not_found(cast: Cast, kari: Browser) -> None:
    of_course = a_date(cast, meeting_key="first-meeting", course_id=cast.courses["TDT4100"])
    for path in (f"sessions/{of_course}", "sessions/999", f"sessions/call-off?date={of_course}", "sessions?cohort=999"):
        assert kari.get(path).status_code == 404
    assert kari.get("sessions/call-off").status_code == 400
    for path in ("sessions?show=nothing", "sessions?page=0", "sessions?cohort=x"):
        assert kari.get(path).status_code == 400


def test_coordinators_of_another_cohort_neither_see_nor_call_off_a_date(cast: Cast, kari: Browser) -> None:
    date_id = a_date(cast)
    with done_before(cast) as session:
        programme_id = session.scalars(select(Cohort.programme_id)).one()
        other = Cohort(programme_id=programme_id, term="2025-spring", is_open=False)
        session.add(other)
        session.flush()
        other_id, stig_id = other.id, cast.person_id("stig")
        session.add(StaffGrant(kind=GrantKind.COORDINATOR, cohort_id=other_id, person_id=stig_id, granted_by="test"))
    stig = cast.visit("stig")
    new = f"cohorts/{other_id}/new"
    assert stig.get(f"sessions/{new}").status_code == 200
    for path in (f"{date_id}", f"call-off?date={date_id}", f"{new}?like={date_id}"):
        assert stig.get(f"sessions/{path}").status_code == 404
    assert stig.post("sessions/call-off", {"date": str(date_id)}).status_code == 404
    assert dates(cast)[0].cancelled_at is None


def test_who_types_in_another_time_zone_than_the_programmes_is_told(cast: Cast, kari: Browser) -> None:
    told = "The programme is in another one, Europe/Oslo"
    address = f"sessions/cohorts/{cast.cohort_id}/new"
    assert told not in kari.get(address).text
    with done_before(cast) as session:
        session.get_one(Person, cast.person_id("kari")).timezone = "Europe/London"
    assert told in kari.get(address).text
