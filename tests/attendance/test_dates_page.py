"""The page on which a learning assistant chooses a date, and changes their mind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from lti_tool.attendance.models import Mark, Presence, SignUp, SignUpState, TrainingSession
from lti_tool.attendance.planning import call_off
from lti_tool.attendance.sign_up import sign_up, wait
from lti_tool.database import now
from tests.attendance.dates import START, ask_for_meetings, planned
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.statements import statements
from tests.work import done_before

PAGE = "meetings/core-1"


@pytest.fixture
def lina(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
    return cast.visit("lina")


def a_date(cast: Cast, **changes: Any) -> int:
    with done_before(cast) as session:
        return planned(session, cast, **changes).id


def signed_up(cast: Cast, date: int, *names: str) -> None:
    """Whoever finds no place waits."""
    with done_before(cast) as session:
        for name in names:
            wait(session, cast.person_id(name), date, now())


def state_of(cast: Cast, name: str) -> dict[int, str]:
    with done_before(cast) as session:
        own = select(SignUp).where(SignUp.person_id == cast.person_id(name))
        return {one.session_id: one.state.value for one in session.scalars(own)}


def mark(cast: Cast, date: int, name: str, presence: Presence, days_ago: int = 1) -> None:
    """The date took place, and the person is marked."""
    with done_before(cast) as session:
        begun = now() - timedelta(days=days_ago)
        times = {"starts_at": begun, "ends_at": begun + timedelta(hours=3), "sign_up_until": begun}
        session.execute(update(TrainingSession).where(TrainingSession.id == date).values(times))
        who, by = cast.person_id(name), cast.person_id("kari")
        session.add(Mark(session_id=date, person_id=who, presence=presence, marked_by=by))


def test_a_place_is_taken_moved_and_given_up(cast: Cast, lina: Browser) -> None:
    monday, friday = a_date(cast), a_date(cast, starts_at=START + timedelta(days=4), ends_at=START + timedelta(days=5))
    page = lina.get(PAGE)
    assert page.status_code == 200
    assert problems_of(page.text) == []
    assert "You have no date yet" in page.text
    assert page.text.count("20 places free") == 2

    answer = lina.post(PAGE, {"action": "sign-up", "date": monday}, follow_redirects=True)
    assert problems_of(answer.text) == []
    assert "You have a place." in answer.text
    assert "19 places free" not in answer.text, "their own date says that it is theirs"
    assert "Move to this date" in answer.text

    lina.post(PAGE, {"action": "sign-up", "date": friday})
    assert state_of(cast, "lina") == {friday: "place"}

    confirm = lina.get(f"{PAGE}/give-up/{friday}")
    assert problems_of(confirm.text) == []
    assert state_of(cast, "lina") == {friday: "place"}
    lina.post(f"{PAGE}/give-up", {"date": friday, "what": "place"})
    assert state_of(cast, "lina") == {}


def test_a_full_date_has_a_line_with_ones_own_number_and_nobodys_name(cast: Cast, lina: Browser) -> None:
    date = a_date(cast, capacity=1)
    signed_up(cast, date, "frode", "amir")
    page = lina.get(PAGE).text
    assert "Full" in page
    assert "1 person waits." in page
    page = lina.post(PAGE, {"action": "wait", "date": date}, follow_redirects=True).text
    assert "You are number 2 in line" in page
    assert "1 other person waits." in page
    assert "You have no date yet" in page, "waiting is no place"
    assert not [name for name in ("Frode", "Amir") if name in page]
    assert state_of(cast, "lina") == {date: "waiting"}
    lina.post(f"{PAGE}/give-up", {"date": date})
    assert state_of(cast, "lina") == {}


def test_whoever_comes_too_late_for_the_last_place_is_told_and_keeps_theirs(cast: Cast, lina: Browser) -> None:
    mine, full = a_date(cast), a_date(cast, capacity=1)
    signed_up(cast, mine, "lina")
    signed_up(cast, full, "frode")
    answer = lina.post(PAGE, {"action": "sign-up", "date": full})
    assert answer.status_code == 409
    assert "All places on this date are taken" in answer.text
    assert "Join the waiting list" in answer.text
    assert problems_of(answer.text) == []
    assert state_of(cast, "lina") == {mine: "place"}


def test_after_the_deadline_the_place_stays_and_the_page_says_so(cast: Cast, lina: Browser) -> None:
    date = a_date(cast)
    signed_up(cast, date, "lina")
    other, closed = a_date(cast), a_date(cast, place="Room over")
    with done_before(cast) as session:
        over = now() - timedelta(hours=1)
        mine_and_closed = TrainingSession.id.in_([date, closed])
        session.execute(update(TrainingSession).where(mine_and_closed).values(sign_up_until=over))
    page = lina.get(PAGE).text
    assert "Signing up ended" in page
    assert "Room over" not in page
    assert "The time for changing it is over." in page
    assert "Move to this date" not in page
    assert "Give up this place" not in page
    assert lina.post(f"{PAGE}/give-up", {"date": date, "what": "place"}).status_code == 409
    assert lina.post(PAGE, {"action": "sign-up", "date": other}).status_code == 409
    assert state_of(cast, "lina") == {date: "place"}


def test_dates_are_found_by_town_language_and_campus(cast: Cast, lina: Browser) -> None:
    a_date(cast)
    a_date(cast, town="Gjøvik", language="en", place="Room G")
    a_date(cast, town="", place="", online_url="https://ntnu.zoom.us/j/secret-room")
    page = lina.get(PAGE).text
    assert "3 dates" in page
    assert "secret-room" not in page, "the way in is for those who come"
    for query, there, missing in (
        ("town=Gj%C3%B8vik", "Room G", "Room R1"),
        ("language=nb", "Room R1", "Room G"),
        ("where=online", "Online", "Room"),
        ("where=campus&town=Trondheim", "Room R1", "Room G"),
    ):
        found = lina.get(f"{PAGE}?{query}").text
        assert problems_of(found) == []
        assert there in found, query
        assert missing not in found, query
    assert "No date fits" in lina.get(f"{PAGE}?town=Oslo").text
    assert lina.get(f"{PAGE}?where=moon").status_code == 400


def test_the_way_in_is_shown_to_those_who_have_a_place(cast: Cast, lina: Browser) -> None:
    date = a_date(cast, online_url="https://ntnu.zoom.us/j/secret-room", note="Bring *a pen*.")
    signed_up(cast, date, "lina")
    page = lina.get(PAGE).text
    assert "https://ntnu.zoom.us/j/secret-room" in page
    assert "<em>a pen</em>" in page


def test_without_dates_the_page_says_what_happens_next(lina: Browser) -> None:
    assert "There are no dates yet." in lina.get(PAGE).text
    assert lina.get("meetings/unknown").status_code == 404
    assert lina.get("meetings/first-meeting").status_code == 404, "nobody signs up for those of courses"


def test_whoever_missed_a_date_is_led_to_another(cast: Cast, lina: Browser) -> None:
    missed = a_date(cast)
    signed_up(cast, missed, "lina")
    mark(cast, missed, "lina", Presence.ABSENT)
    assert "as soon as there is another date" in lina.get(PAGE).text
    other = a_date(cast)
    assert "You can make it up: choose another date." in lina.get(PAGE).text
    assert lina.post(PAGE, {"action": "sign-up", "date": other}).status_code == 303
    assert state_of(cast, "lina") == {other: "place"}


def test_whoever_was_there_is_offered_nothing_and_asked_for_a_place_they_do_not_need(cast: Cast, lina: Browser) -> None:
    walked_in, other = a_date(cast), a_date(cast)
    signed_up(cast, other, "lina")
    mark(cast, walked_in, "lina", Presence.LATE)
    page = lina.get(PAGE).text
    assert "You were there" in page
    assert "Please give it up" in page
    assert "Sign up<" not in page
    assert lina.post(PAGE, {"action": "sign-up", "date": a_date(cast)}).status_code == 409


def test_a_date_that_was_called_off_leads_to_the_others(cast: Cast, lina: Browser) -> None:
    date, other = a_date(cast), a_date(cast)
    signed_up(cast, date, "lina")
    with done_before(cast) as session:
        call_off(session, cast.person_id("kari"), session.get_one(TrainingSession, date))
    page = lina.get(PAGE).text
    assert "Your date was called off" in page
    assert "1 date." in page
    lina.post(PAGE, {"action": "sign-up", "date": other})
    assert "Your date was called off" not in lina.get(PAGE).text


def test_a_change_of_the_date_after_signing_up_is_pointed_out(cast: Cast, lina: Browser) -> None:
    date = a_date(cast)
    signed_up(cast, date, "lina")
    assert "was changed on" not in lina.get(PAGE).text
    with done_before(cast) as session:
        session.get_one(TrainingSession, date).sequence = 1
        session.get_one(TrainingSession, date).changed_at = now() + timedelta(seconds=1)
    assert "was changed on" in lina.get(PAGE).text


def test_a_form_without_a_date_of_this_meeting_changes_nothing(cast: Cast, lina: Browser) -> None:
    other = a_date(cast, meeting_key="core-2")
    for sent in ({}, {"action": "sign-up"}, {"action": "sign-up", "date": "x"}, {"action": "sign-up", "date": other}):
        assert lina.post(PAGE, sent).status_code in (400, 404)
    assert state_of(cast, "lina") == {}


def test_somebody_else_cannot_be_signed_up_or_given_up(cast: Cast, lina: Browser) -> None:
    date = a_date(cast, capacity=1)
    with done_before(cast) as session:
        sign_up(session, cast.person_id("frode"), date, now())
    lina.post(f"{PAGE}/give-up", {"date": date, "what": "place", "person": cast.person_id("frode")})
    assert state_of(cast, "frode") == {date: SignUpState.PLACE}


def test_many_dates_cost_as_many_statements_as_one(cast: Cast, lina: Browser) -> None:
    costs = []
    for _more in range(2):
        signed_up(cast, a_date(cast, capacity=1), "frode", "lina")
        with statements(cast.app) as sent:
            lina.get(PAGE)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 10, costs
