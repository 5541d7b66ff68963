"""The list of dates: filters in the address, counts, and few statements however many dates there are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.attendance.models import SignUpState
from lti_tool.attendance.planning import call_off
from lti_tool.database import now
from tests.attendance.dates import START, ask_for_meetings, give_place, planned
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.pages import problems_of
from tests.work import done_before


@pytest.fixture
def kari(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
    return cast.visit("kari")


@pytest.fixture
def term(cast: Cast, kari: Browser) -> Browser:
    """Six dates: in two towns and online, full, past and called off."""
    before = now() - timedelta(days=8)
    past = {"starts_at": before, "ends_at": before + timedelta(hours=3), "sign_up_until": before}
    with done_before(cast) as session:
        full = planned(session, cast, capacity=1, place="Full room")
        give_place(session, full, cast.person_id("lina"))
        give_place(session, full, cast.person_id("frode"), cast.person_id("amir"), state=SignUpState.WAITING)
        planned(session, cast, town="Gjøvik", place="Gjøvik room", language="en", capacity=12)
        planned(session, cast, meeting_key="core-2", place="", town="", online_url="https://zoom.test/1", capacity=None)
        planned(session, cast, place="Past room", **past)
        call_off(session, cast.person_id("kari"), planned(session, cast, place="Dropped room"))
    return kari


def lines(page: str) -> int:
    return page.count('<th scope="row"')


def test_without_a_date_the_list_says_how_to_fill_it(kari: Browser, cast: Cast) -> None:
    page = kari.get("sessions").text
    assert problems_of(page) == []
    assert "No date is planned yet" in page
    for way in ("new", "series", "file"):
        assert f"/sessions/cohorts/{cast.cohort_id}/{way}" in page


def test_a_programme_without_meetings_says_so(cast: Cast) -> None:
    page = cast.visit("kari").get("sessions").text
    assert problems_of(page) == []
    assert "no meetings that people sign up for" in page


@pytest.mark.parametrize(
    ("address", "rooms"),
    [
        ("", {"Full", "Gjøvik", "Online"}),
        ("?show=full", {"Full"}),
        ("?show=past", {"Past"}),
        ("?show=called-off", {"Dropped"}),
        ("?show=all", {"Full", "Gjøvik", "Online", "Past", "Dropped"}),
        ("?town=Gj%C3%B8vik", {"Gjøvik"}),
        ("?town=-", {"Online"}),
        ("?language=en&meeting=core-1", {"Gjøvik"}),
        ("?meeting=core-2&show=past", set()),
    ],
)
def test_the_address_says_which_dates_are_shown(term: Browser, address: str, rooms: set[str]) -> None:
    page = term.get(f"sessions{address}").text
    assert problems_of(page) == []
    body = page.partition("<tbody>")[2]
    assert {room for room in ("Full", "Gjøvik", "Past", "Dropped") if f"{room} room" in body} == rooms - {"Online"}
    assert lines(page) == len(rooms)


def test_it_counts_dates_places_and_who_waits(term: Browser) -> None:
    page = re.sub(r"\s+", " ", term.get("sessions").text)
    for words in (
        'Coming <span class="figure">3</span>',
        'Full <span class="figure">1</span>',
        'Past <span class="figure">1</span>',
        "2 dates are coming: 1 place taken, 12 free",
        "2 wait for a place",
        "1 date is coming: 0 places taken, room for any number",
        "1 of 1",
        "2 waiting",
    ):
        assert words in page
    of_town = term.get("sessions?town=Gj%C3%B8vik").text
    assert all(f'{name} <span class="figure">{dates}</span>' in of_town for name, dates in (("Coming", 1), ("Past", 0)))
    assert "0 places taken, 12 free" in re.sub(r"\s+", " ", of_town)
    past = term.get("sessions?show=past").text
    assert "Attendance not recorded" in past


def test_a_page_takes_as_many_statements_for_sixty_dates_as_for_one(
    term: Browser, cast: Cast, count_statements: CountStatements
) -> None:
    def statements() -> int:
        with count_statements() as found:
            assert term.get("sessions").status_code == 200
        return len([one for one in found if one.startswith(("SELECT", "WITH"))])

    few = statements()
    with done_before(cast) as session:
        for number in range(60):
            planned(session, cast, **_after(number))
    assert statements() == few <= 5
    assert lines(term.get("sessions").text) == 50
    assert lines(term.get("sessions?page=2").text) == 13


def _after(days: int) -> dict[str, Any]:
    start = START + timedelta(days=days + 1)
    return {"starts_at": start, "ends_at": start + timedelta(hours=3)}
