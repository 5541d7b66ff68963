"""Somebody's dates in a calendar: at a private address, and one at a time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from lti_tool.attendance.models import CalendarFeed, TrainingSession
from lti_tool.attendance.planning import call_off, change_session
from lti_tool.attendance.sign_up import sign_up, wait
from lti_tool.database import now
from tests.attendance.dates import START, ask_for_meetings, new_date, planned
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.work import done_before

PAGE = "meetings"


@pytest.fixture
def lina(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
    return cast.visit("lina")


def a_date(cast: Cast, *names: str, **changes: Any) -> int:
    """A date on which these people have a place."""
    with done_before(cast) as session:
        date = planned(session, cast, **changes)
        for name in names:
            sign_up(session, cast.person_id(name), date.id, now())
        return date.id


def new_address(lina: Browser) -> str:
    page = lina.post(PAGE, {"action": "new"})
    assert problems_of(page.text) == []
    assert page.headers["Cache-Control"] == "no-store"
    found = re.search(r'<code id="address">https://tool\.test(/calendar/[^<]+\.ics)</code>', page.text)
    assert found
    return found.group(1)


def events(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.data)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_a_calendar_has_ones_places_and_the_dates_of_ones_courses(
    cast: Cast, lina: Browser, client: FlaskClient
) -> None:
    a_date(cast, "lina", online_url="https://ntnu.zoom.us/j/1", leader="Kari")
    a_date(cast, "frode", meeting_key="core-2")
    full = a_date(cast, "frode", meeting_key="core-2", capacity=1)
    with done_before(cast) as session:
        wait(session, cast.person_id("lina"), full, now())
    own = {"capacity": None, "starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=1)}
    a_date(cast, meeting_key="first-meeting", course_id=cast.courses["TDT4100"], **own)
    a_date(cast, meeting_key="first-meeting", course_id=cast.courses["TMA4100"], **own)
    answer = client.get(new_address(lina))
    found = events(answer)
    assert len(found) == 2, "no waiting place, and nobody else's"
    core = found["Core module 1"]
    assert core["DTSTART"].dt == START
    assert core["DTSTART"].params["TZID"] == "Europe/Oslo"
    assert str(core["LOCATION"]) == "Room R1, Trondheim, or online"
    assert "https://ntnu.zoom.us/j/1" in str(core["DESCRIPTION"])
    assert "Prepare beforehand" in str(core["DESCRIPTION"])
    assert str(core["STATUS"]) == "CONFIRMED"
    assert b"BEGIN:VTIMEZONE" in answer.data
    assert b"Testperson" not in answer.data
    assert max(map(len, answer.data.split(b"\r\n"))) <= 75


def test_changes_and_a_calling_off_arrive_under_the_same_name(cast: Cast, lina: Browser, client: FlaskClient) -> None:
    date = a_date(cast, "lina")
    address, kari = new_address(lina), cast.person_id("kari")
    before = events(client.get(address))["Core module 1"]
    with done_before(cast) as session:
        change_session(session, kari, session.get_one(TrainingSession, date), new_date(cast, place="Room R2"))
    changed = events(client.get(address))["Core module 1"]
    with done_before(cast) as session:
        call_off(session, kari, session.get_one(TrainingSession, date))
    over = events(client.get(address))["Core module 1"]
    assert before["UID"] == changed["UID"] == over["UID"]
    assert [event["SEQUENCE"] for event in (before, changed, over)] == [0, 1, 2]
    assert str(changed["LOCATION"]) == "Room R2, Trondheim"
    assert [str(event["STATUS"]) for event in (before, changed, over)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_what_has_not_changed_is_not_sent_again(cast: Cast, lina: Browser, client: FlaskClient) -> None:
    a_date(cast, "lina")
    address = new_address(lina)
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_new_address_ends_the_old_one_and_only_a_hash_is_kept(cast: Cast, lina: Browser, client: FlaskClient) -> None:
    first = new_address(lina)
    second = new_address(lina)
    assert first != second
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    with done_before(cast) as session:
        (kept,) = session.scalars(select(CalendarFeed.secret_hash))
    assert kept not in second
    assert "https://tool.test/calendar" not in lina.get(PAGE).text
    lina.post(PAGE, {"action": "end"})
    assert client.get(second).status_code == 404
    assert lina.post(PAGE, {"action": "?"}).status_code == 400


def test_one_date_is_added_by_hand_only_by_those_who_come(cast: Cast, lina: Browser) -> None:
    date = a_date(cast, "lina")
    answer = lina.get(f"meetings/core-1/{date}.ics")
    assert list(events(answer)) == ["Core module 1"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert cast.visit("frode").get(f"meetings/core-1/{date}.ics").status_code == 404


def test_the_page_lists_what_is_to_come_what_is_over_and_what_is_to_be_chosen(cast: Cast, lina: Browser) -> None:
    assert "There is nothing in your calendar" in lina.get(PAGE).text
    a_date(cast, "lina")
    past = now() - timedelta(days=2)
    times = {"starts_at": past, "ends_at": past + timedelta(hours=1), "sign_up_until": past}
    a_date(cast, meeting_key="first-meeting", course_id=cast.courses["TDT4100"], capacity=None, **times)
    page = lina.get(PAGE).text
    assert problems_of(page) == []
    assert "Choose a date for Core module 2" in page
    assert "Choose a date for Core module 1" not in page
    assert "Not noted yet" in page
    assert "Not prepared yet" in page
