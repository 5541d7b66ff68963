"""The list of a session, as a page: marking by forms, corrections, walk-ins, and all that are left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import MarkEvent, Preparation, SignUp, SignUpState
from lti_tool.database import now
from tests.cast import Browser, Cast
from tests.marking.held import MEETING, hold, standing
from tests.pages import problems_of


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def tapped(cast: Cast, name: str, presence: str, seen: str = "none", **more: str) -> dict[str, str]:
    return {"person": str(cast.people[name]), "presence": presence, "seen": seen, **more}


def row_of(page: str, cast: Cast, name: str) -> str:
    """What the page says of one person."""
    return page.split(f'id="p{cast.people[name]}"')[1].split("</li>", maxsplit=1)[0]


def test_the_list_shows_who_is_expected_and_who_has_not_prepared(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", "frode")
    waits = SignUp(session_id=held.id, person_id=cast.people["amir"], cohort_id=held.cohort_id, meeting_key=MEETING)
    waits.state = SignUpState.WAITING
    key = {"person_id": cast.people["lina"], "cohort_id": held.cohort_id, "meeting_key": MEETING}
    session.add_all([waits, Preparation(**key, answers={}, done_at=now())])
    session.commit()
    page = kari.get(f"marking/{held.id}").text
    assert problems_of(page) == []
    assert "Core module 1" in page
    assert "Not prepared" not in row_of(page, cast, "lina")
    assert "Not prepared" in row_of(page, cast, "frode")
    assert "One person has not prepared" in page
    assert "On the waiting list" in row_of(page, cast, "amir")
    assert "Siri" not in page


def test_a_tap_marks_and_leads_back_to_the_person(cast: Cast, session: Session, kari: Browser) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    answer = kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "late"))
    assert answer.status_code == 303
    assert answer.location.endswith(f"/marking/{held.id}#p{lina}")
    assert standing(session, held.id) == {lina: "late"}
    row = row_of(kari.get(f"marking/{held.id}").text, cast, "lina")
    assert 'value="late" aria-pressed="true"' in row
    assert "Kari Testperson" in row
    kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "none", "late"))
    assert standing(session, held.id) == {}


def test_a_correction_asks_for_a_reason_and_keeps_what_was_wanted(cast: Cast, session: Session, kari: Browser) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    cast.visit("astrid").post(f"marking/{held.id}/marks", tapped(cast, "lina", "present"))
    asked = kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "absent", "present"))
    assert asked.status_code == 422
    assert problems_of(asked.text) == []
    row = row_of(asked.text, cast, "lina")
    assert "from “Present” to “Absent”?" in row
    assert 'name="presence" value="absent"' in row.split("data-settle")[1]
    assert standing(session, held.id) == {lina: "present"}
    kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "absent", "present", reason="She left at once"))
    assert standing(session, held.id) == {lina: "absent"}
    log = kari.get(f"marking/{held.id}/log?person={lina}").text
    assert problems_of(log) == []
    assert "She left at once" in log


def test_whoever_was_faster_is_named_and_nothing_is_overwritten(cast: Cast, session: Session, kari: Browser) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    cast.visit("astrid").post(f"marking/{held.id}/marks", tapped(cast, "lina", "absent"))
    answer = kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "present"))
    assert answer.status_code == 409
    assert problems_of(answer.text) == []
    assert "Meanwhile marked as “Absent”: Astrid Testperson" in row_of(answer.text, cast, "lina")
    assert standing(session, held.id) == {lina: "absent"}


def test_somebody_who_walks_in_is_found_by_name_and_marked(cast: Cast, session: Session, kari: Browser) -> None:
    held, siri = hold(session, cast, "lina"), cast.people["siri"]
    found = kari.get(f"marking/{held.id}?q=siri").text
    assert problems_of(found) == []
    assert f'name="person" value="{siri}"' in found
    kari.post(f"marking/{held.id}/marks", tapped(cast, "siri", "present"))
    page = kari.get(f"marking/{held.id}").text
    assert "Walked in" in row_of(page, cast, "siri")
    assert "One person has not prepared" in page, "of those who were expected to"
    # Una works in a course that has nothing to do with the programme's.
    assert "Nobody else of this cohort" in kari.get(f"marking/{held.id}?q=una").text
    assert kari.post(f"marking/{held.id}/marks", tapped(cast, "una", "present")).status_code == 404
    assert standing(session, held.id) == {siri: "present"}


def test_all_that_are_left_are_listed_before_they_are_marked(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", "frode", "amir")
    lina, frode, amir = (cast.people[name] for name in ("lina", "frode", "amir"))
    kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "absent"))
    preview = kari.get(f"marking/{held.id}/rest?presence=present").text
    assert problems_of(preview) == []
    assert "Lina" not in preview.split("<main")[1]
    # Lina was marked while the preview was open: she stays as she is.
    kari.post(f"marking/{held.id}/rest", {"presence": "present", "person": [str(lina), str(frode)]})
    assert standing(session, held.id) == {lina: "absent", frode: "present"}
    page = kari.get(f"marking/{held.id}?show=open").text
    assert f'id="p{amir}"' in page
    assert f'id="p{frode}"' not in page


def test_nobody_is_marked_before_the_day_and_the_page_says_when(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", starts_at=now() + timedelta(hours=3))
    page = kari.get(f"marking/{held.id}").text
    assert problems_of(page) == []
    assert "People can be marked from two hours before" in page
    assert 'name="presence"' not in page
    assert kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "present")).status_code == 409
    assert kari.post(f"marking/{held.id}/check-in", {"action": "open"}).status_code == 409
    assert standing(session, held.id) == {}


def test_instructors_mark_the_sessions_of_their_course_only(cast: Cast, session: Session, kari: Browser) -> None:
    held, ingrid = hold(session, cast, course="TDT4100", meeting_key="follow-up"), cast.visit("ingrid")
    everybody = hold(session, cast, "lina")
    page = ingrid.get(f"marking/{held.id}").text
    assert problems_of(page) == []
    assert all(f'id="p{cast.people[name]}"' in page for name in ("lina", "frode", "amir"))
    assert ingrid.post(f"marking/{held.id}/marks", tapped(cast, "lina", "present")).status_code == 303
    assert ingrid.get(f"marking/{everybody.id}").status_code == 404
    assert cast.visit("stig").get(f"marking/{held.id}").status_code == 404
    assert kari.get(f"marking/{held.id}").status_code == 404
    assert f"marking/{held.id}" in ingrid.get("marking").text
    assert "There is no session yet" in cast.visit("stig").get("marking").text


def test_the_overview_says_where_somebody_is_not_marked(cast: Cast, session: Session, kari: Browser) -> None:
    now_held = hold(session, cast, "lina")
    hold(session, cast, "frode", meeting_key="core-2", starts_at=now() - timedelta(days=2))
    hold(session, cast, "amir", meeting_key="core-2", starts_at=now() + timedelta(days=2))
    off = hold(session, cast, "siri", cancelled_at=now())
    kari.post(f"marking/{now_held.id}/marks", tapped(cast, "lina", "present"))
    page = kari.get("marking").text
    assert f"marking/{off.id}" not in page
    assert problems_of(page) == []
    titles = [part.split("</h2>")[0].split(">")[-1] for part in page.split("<h2")[1:]]
    assert titles == ["Now", "Not everybody is marked", "Coming"]
    assert "1 marked, 1 expected" in page


def test_the_list_on_paper_has_room_for_those_who_are_not_on_it(cast: Cast, session: Session, kari: Browser) -> None:
    page = kari.get(f"marking/{hold(session, cast, 'lina').id}/paper").text
    assert problems_of(page) == []
    assert "Lina Testperson" in page
    assert page.count('class="signature"') == 6


def test_a_session_that_was_called_off_is_shown_and_not_marked(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", cancelled_at=now())
    page = kari.get(f"marking/{held.id}").text
    assert problems_of(page) == []
    assert "called off" in page
    assert kari.post(f"marking/{held.id}/marks", tapped(cast, "lina", "present")).status_code == 409
    assert session.scalars(select(MarkEvent)).all() == []
