"""A coordinator plans a series: times of the week, a preview, and the dates that stay ticked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.attendance.models import TrainingSession
from lti_tool.people.models import Person
from tests.attendance.dates import START, ask_for_meetings, planned
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.work import done_before

YEAR = START.year
# Two weeks from the Monday of the other tests on, and two times of the week.
FIELDS: dict[str, Any] = {
    "slots": "2",
    "meeting": "core-1",
    "first": START.date().isoformat(),
    "last": START.date().replace(day=START.day + 13).isoformat(),
    "every": "1",
    "left_out": "",
    "days_before": "2",
    "note": "Bring a pen.",
    "slot-0-weekdays": ["0", "2"],
    "slot-0-starts": "09:00",
    "slot-0-ends": "12:00",
    "slot-0-town": "Trondheim",
    "slot-0-place": "Room R1",
    "slot-0-language": "nb",
    "slot-0-capacity": "20",
    "slot-1-weekdays": ["3"],
    "slot-1-starts": "13:00",
    "slot-1-ends": "16:00",
    "slot-1-online_url": "https://ntnu.zoom.us/j/1",
    "slot-1-language": "en",
}


@pytest.fixture
def kari(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
        session.get_one(Person, cast.person_id("kari")).timezone = "Europe/Oslo"
    return cast.visit("kari")


def ask(cast: Cast, kari: Browser, action: str, **changes: Any) -> Any:
    return kari.post(f"sessions/cohorts/{cast.cohort_id}/series", {**FIELDS, **changes, "action": action})


def shown_in(page: str) -> str:
    (found,) = re.findall(r'name="shown"[^>]*value="(\w*)"', page)
    return str(found)


def dates(cast: Cast) -> list[tuple[str, str, int | None, str]]:
    with done_before(cast) as session:
        found = session.scalars(select(TrainingSession).order_by(TrainingSession.starts_at))
        return [(f"{one.starts_at:%a %H}", one.language, one.capacity, f"{one.sign_up_until:%a %H}") for one in found]


def test_what_was_seen_and_stayed_ticked_is_planned(cast: Cast, kari: Browser) -> None:
    assert problems_of(kari.get(f"sessions/cohorts/{cast.cohort_id}/series").text) == []
    page = ask(cast, kari, "preview").text
    assert problems_of(page) == []
    assert page.count('name="take"') == 6
    assert dates(cast) == []
    made = ask(cast, kari, "create", shown=shown_in(page), take=["0", "2", "5"])
    assert made.status_code == 303
    monday, thursday = ("Mon 07", "nb", 20, "Sat 07"), ("Thu 11", "en", None, "Tue 11")
    assert dates(cast) == [monday, thursday, thursday]


def test_dates_that_are_there_already_are_not_planned_again(cast: Cast, kari: Browser) -> None:
    page = ask(cast, kari, "preview").text
    ask(cast, kari, "create", shown=shown_in(page), take=[str(number) for number in range(6)])
    again = ask(cast, kari, "preview").text
    assert again.count("Planned already") == 6
    assert 'name="take"' not in again
    refused = ask(cast, kari, "create", shown=shown_in(again), take=["0"])
    assert (refused.status_code, "Tick at least one date." in refused.text) == (422, True)
    assert len(dates(cast)) == 6


def test_other_dates_than_those_seen_are_shown_first(cast: Cast, kari: Browser) -> None:
    page = ask(cast, kari, "preview").text
    other = ask(cast, kari, "create", shown=shown_in(page), take=["0"], every="2")
    assert (other.status_code, "the dates are others than those you looked at" in other.text) == (409, True)
    assert dates(cast) == []
    assert ask(cast, kari, "create", shown=shown_in(other.text), take=["0"], every="2").status_code == 303


def test_the_preview_says_what_is_worth_a_look(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        planned(session, cast, leader="Somebody", meeting_key="core-2")
    page = ask(cast, kari, "preview", **{"slot-1-weekdays": ["4"], "first": "2020-01-03"}, last="2020-01-03").text
    assert page.count("In the past") == 1
    page = ask(cast, kari, "preview").text
    assert page.count("Same room, link or leader") == 1
    assert "Core module 2" in page


def test_another_time_of_the_week_is_added_and_one_that_stays_empty_is_left_out(cast: Cast, kari: Browser) -> None:
    page = ask(cast, kari, "more").text
    assert problems_of(page) == []
    assert 'value="Room R1"' in page
    assert "Time of the week 3" in page
    assert ask(cast, kari, "preview", slots="3").status_code == 200


# What is refused does not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slot-1-weekdays": []}, "Choose at least one weekday."),
        ({"slot-1-starts": ""}, "Time of the week 2: Give a time of day"),
        ({"slot-0-ends": "08:00"}, "It has to end after it starts."),
        ({"slot-0-place": ""}, "Say where it is"),
        ({"slot-1-online_url": "zoom"}, "beginning with https://"),
        ({"last": f"{YEAR}-01-01"}, "This is before the first day."),
        ({"last": f"{YEAR + 3}-01-01"}, "A series lasts at most 400 days."),
        ({"last": f"{YEAR + 1}-08-01", "slot-0-weekdays": list("0123456")}, "These are more than 200 dates."),
        ({"left_out": "week 41"}, "“week” is no day."),
        ({"last": FIELDS["first"], "slot-0-weekdays": ["4"]}, "No date falls between these days."),
        ({"every": "0"}, "A whole number from 1 to 8."),
        ({"days_before": "x"}, "A whole number from 0 to 60."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    cast: Cast, kari: Browser, changes: dict[str, Any], said: str
) -> None:
    answer = ask(cast, kari, "preview", **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Trondheim"' in answer.text
    assert problems_of(answer.text) == []


def test_what_no_page_sends_is_refused(cast: Cast, kari: Browser) -> None:
    assert ask(cast, kari, "delete").status_code == 400
    assert ask(cast, kari, "preview", slots="99").status_code == 400
