"""Check-in: the leader shows a code, people enter it, the leader confirms whom they see."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import CheckIn, MarkEvent, Source, TrainingSession
from lti_tool.database import now
from tests.cast import Browser, Cast
from tests.marking.held import hold, standing
from tests.pages import problems_of


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def opened(kari: Browser, held: TrainingSession) -> str:
    """Open check-in; returns the code on the screen."""
    kari.post(f"marking/{held.id}/check-in", {"action": "open"})
    page = kari.get(f"marking/{held.id}/check-in").text
    assert problems_of(page) == []
    found = re.search(r"data-code>([^<]+)<", page)
    assert found
    return found[1]


def test_the_screen_shows_a_code_and_a_picture_only_while_check_in_is_open(
    cast: Cast, session: Session, kari: Browser
) -> None:
    held = hold(session, cast, "lina")
    closed = kari.get(f"marking/{held.id}/check-in").text
    assert problems_of(closed) == []
    assert "data-code" not in closed
    code = opened(kari, held)
    told = kari.get(f"marking/{held.id}/check-in/code").json
    assert told is not None
    assert told["code"] == code
    assert kari.get(f"marking/{held.id}/check-in/picture.svg").mimetype == "image/svg+xml"
    kari.post(f"marking/{held.id}/check-in", {"action": "close"})
    over = kari.get(f"marking/{held.id}/check-in/code").json
    assert over is not None
    assert over["code"] == ""
    assert kari.get(f"marking/{held.id}/check-in/picture.svg").status_code == 404


def test_whoever_sees_the_code_checks_in_and_the_leader_confirms(cast: Cast, session: Session, kari: Browser) -> None:
    held, lina = hold(session, cast, "lina"), cast.visit("lina")
    code = opened(kari, held)
    assert problems_of(lina.get("marking/here").text) == []
    for _twice in range(2):
        assert lina.post("marking/here", {"code": code.lower()}).status_code == 303
    assert "You have checked in" in lina.get("marking/here").text
    assert standing(session, held.id) == {}, "nobody is marked by it"
    page = kari.get(f"marking/{held.id}").text
    assert problems_of(page) == []
    assert "One person says they are here:" in page
    kari.post(f"marking/{held.id}/check-ins", {"person": [str(cast.people["lina"]), str(cast.people["frode"])]})
    assert standing(session, held.id) == {cast.people["lina"]: "present"}
    assert session.scalars(select(MarkEvent)).one().source is Source.CHECK_IN


def test_a_tap_on_present_confirms_and_on_absent_turns_down(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", "frode")
    code = opened(kari, held)
    for name, presence in (("lina", "present"), ("frode", "absent")):
        cast.visit(name).post("marking/here", {"code": code})
        kari.post(f"marking/{held.id}/marks", {"person": str(cast.people[name]), "presence": presence, "seen": "none"})
    session.rollback()
    sources = {one.person_id: one.source for one in session.scalars(select(MarkEvent))}
    assert sources == {cast.people["lina"]: Source.CHECK_IN, cast.people["frode"]: Source.LIST}
    refused = {one.person_id for one in session.scalars(select(CheckIn)) if one.refused_at}
    assert refused == {cast.people["frode"]}
    # Late, but there: they check in once more, and the leader sees it.
    session.rollback()
    cast.visit("frode").post("marking/here", {"code": code})
    state = kari.get(f"marking/{held.id}/state").json
    assert state is not None
    assert state["people"][str(cast.people["frode"])]["here"]


def test_a_wrong_code_says_so_and_keeps_what_was_typed(cast: Cast, session: Session, kari: Browser) -> None:
    opened(kari, hold(session, cast, "lina"))
    answer = cast.visit("lina").post("marking/here", {"code": "222 222"})
    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert 'value="222 222"' in answer.text
    assert session.scalars(select(CheckIn)).all() == []


def test_the_code_is_good_for_people_who_could_be_there_only(cast: Cast, session: Session) -> None:
    held, ingrid = hold(session, cast, course="TDT4100", meeting_key="follow-up"), cast.visit("ingrid")
    code = opened(ingrid, held)
    assert cast.visit("una").post("marking/here", {"code": code}).status_code == 422
    assert cast.visit("lina").post("marking/here", {"code": code}).status_code == 303


def test_check_in_is_over_when_its_time_is_up(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina")
    code = opened(kari, held)
    session.get_one(TrainingSession, held.id).check_in_until = now() - timedelta(seconds=1)
    session.commit()
    assert cast.visit("lina").post("marking/here", {"code": code}).status_code == 422
    assert "No session has its check-in open" in cast.visit("lina").get("marking/here").text


def test_the_page_behind_the_picture_says_what_to_do(cast: Cast) -> None:
    page = cast.app.test_client().get("/check-in", base_url="https://tool.test")
    assert page.status_code == 200
    assert problems_of(page.text) == []
    assert "choose “I am here”" in page.text
