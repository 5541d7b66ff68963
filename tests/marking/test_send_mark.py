"""What the script of the list sends, maybe long after it was tapped, and maybe twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.attendance.models import MarkEvent
from lti_tool.database import now
from tests.cast import Browser, Cast
from tests.marking.held import hold, standing

KEY = "0b8cbd5e-4d5f-4e0c-a1d2-000000000001"


def tap(person_id: int, presence: str | None, seen: str | None = None, **changes: Any) -> dict[str, Any]:
    return {"key": KEY, "person": person_id, "presence": presence, "seen": seen, "age": 0, **changes}


def send(browser: Browser, held_id: int, body: Any) -> TestResponse:
    return browser.send_json("PUT", f"marking/{held_id}/marks", body)


def test_a_mark_is_kept_with_the_moment_at_which_it_was_tapped(cast: Cast, session: Session) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    answer = send(cast.visit("kari"), held.id, tap(lina, "present", age=1800.5))
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["presence"] == "present"
    assert answer.json["note"].startswith("Kari Testperson, ")
    session.rollback()
    event = session.scalars(select(MarkEvent)).one()
    assert event.device_key == KEY
    assert timedelta(minutes=29) < now() - event.happened_at < timedelta(minutes=31)


def test_what_was_sent_twice_is_done_once_even_if_somebody_has_changed_it_between(cast: Cast, session: Session) -> None:
    held, lina, kari = hold(session, cast, "lina"), cast.people["lina"], cast.visit("kari")
    send(kari, held.id, tap(lina, "present"))
    body = tap(lina, "absent", "present", key=KEY + "b", reason="Left at once")
    assert send(cast.visit("astrid"), held.id, body).status_code == 200
    again = send(kari, held.id, tap(lina, "present"))
    assert again.status_code == 200
    assert again.json is not None
    assert again.json["presence"] == "absent", "the page learns how it stands now"
    assert standing(session, held.id) == {lina: "absent"}
    assert len(session.scalars(select(MarkEvent)).all()) == 2


def test_a_conflict_says_who_was_faster_and_changes_nothing(cast: Cast, session: Session) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    send(cast.visit("astrid"), held.id, tap(lina, "absent"))
    answer = send(cast.visit("kari"), held.id, tap(lina, "present", key=KEY + "b"))
    assert answer.status_code == 409
    assert answer.json is not None
    assert (answer.json["reason"], answer.json["presence"]) == ("changed", "absent")
    assert "Astrid Testperson" in answer.json["said"]
    assert standing(session, held.id) == {lina: "absent"}
    agreed = send(cast.visit("kari"), held.id, tap(lina, "absent", key=KEY + "c"))
    assert agreed.status_code == 200, "both saw the same"


def test_a_correction_without_a_reason_is_asked_for_one(cast: Cast, session: Session) -> None:
    held, lina, kari = hold(session, cast, "lina"), cast.people["lina"], cast.visit("kari")
    send(cast.visit("astrid"), held.id, tap(lina, "present"))
    asked = send(kari, held.id, tap(lina, "absent", "present", key=KEY + "b"))
    assert asked.status_code == 422
    assert asked.json is not None
    assert asked.json["reason"] == "reason"
    told = send(kari, held.id, tap(lina, "absent", "present", key=KEY + "b", reason="Left at once"))
    assert told.status_code == 200
    assert standing(session, held.id) == {lina: "absent"}


def test_the_page_learns_what_others_do_and_how_long_a_slip_can_be_mended(cast: Cast, session: Session) -> None:
    held, lina = hold(session, cast, "lina", "frode"), cast.people["lina"]
    send(cast.visit("astrid"), held.id, tap(lina, "present", age=60))
    own, others = (cast.visit(name).get(f"marking/{held.id}/state").json for name in ("astrid", "kari"))
    assert own is not None
    assert others is not None
    assert own["people"].keys() == {str(lina), str(cast.people["frode"])}
    assert 530 < own["people"][str(lina)]["slip"] <= 540
    assert others["people"][str(lina)]["slip"] == 0


@pytest.mark.parametrize(
    "wrong", [{"presence": "here"}, {"seen": 1}, {"age": -1}, {"person": "1"}, {"key": "x"}, {"more": 1}, {"reason": 1}]
)
def test_what_no_script_of_ours_sends_is_refused(cast: Cast, session: Session, wrong: dict[str, Any]) -> None:
    held, lina = hold(session, cast, "lina"), cast.people["lina"]
    assert send(cast.visit("kari"), held.id, tap(lina, "present") | wrong).status_code == 400
    assert standing(session, held.id) == {}
