"""Marks from the report of a video meeting."""

from __future__ import annotations

import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import MarkEvent, Source, TrainingSession
from lti_tool.database import now
from lti_tool.marking.forgetting import KEPT, forget_old_reports
from lti_tool.marking.models import AttendanceReport
from lti_tool.marking.report_actions import apply_report
from lti_tool.marking.report_queries import outcome_for
from lti_tool.people.models import Person
from tests.cast import Browser, Cast
from tests.marking.held import hold, standing
from tests.pages import problems_of


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def zoom(held: TrainingSession, *lines: tuple[str, str, int, int], zone: str = "Europe/Oslo") -> bytes:
    """A report with name, address, and the first and the last minute of each joining."""
    rows = ["Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"]
    begin = held.starts_at.astimezone(ZoneInfo(zone))
    for name, email, first, last in lines:
        times = (f"{begin + timedelta(minutes=minute):%m/%d/%Y %I:%M:%S %p}" for minute in (first, last))
        rows.append(f"{name},{email},{','.join(times)},{last - first},No")
    return "\n".join(rows).encode()


def send(browser: Browser, held_id: int, data: bytes) -> TestResponse:
    return browser.post(f"marking/{held_id}/reports", {"file": (io.BytesIO(data), "zoom.csv")})


def address_of(answer: TestResponse) -> str:
    assert answer.status_code == 303
    return answer.location.split("/", 3)[3]


def test_a_report_is_looked_at_before_anybody_is_marked(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", "frode", "amir")
    lina, frode, amir = (cast.people[name] for name in ("lina", "frode", "amir"))
    session.get_one(Person, frode).email = "Frode@uni.test"
    session.commit()
    lines = [
        # Two devices, of which one was there before it began.
        ("Lina Testperson", "", -30, 150),
        ("Lina Testperson", "", 100, 240),
        ("F.", "frode@uni.test", 0, 100),
        ("iPhone", "", 0, 240),
    ]
    address = address_of(send(kari, held.id, zoom(held, *lines)))
    page = kari.get(address).text
    assert problems_of(page) == []
    assert "One name means nobody yet" in page
    assert "240 minutes, 100 %" in page
    assert "100 minutes, 41 %" in page
    assert "1 there for long enough, of 3 expected" in page
    assert standing(session, held.id) == {}
    # The telephone is Amir's.
    shown = kari.post(address, {"share": "80", "who-2": str(amir), "action": "show"})
    assert address_of(shown) == address
    assert "2 there for long enough, of 3 expected" in kari.get(address).text
    kari.post(address, {"share": "80", "who-2": str(amir), "absent": "yes", "action": "apply"})
    assert standing(session, held.id) == {lina: "present", amir: "present", frode: "absent"}
    assert {one.source for one in session.scalars(select(MarkEvent))} == {Source.REPORT}
    kept = session.scalars(select(AttendanceReport)).one()
    assert (kept.entries, kept.filename) == ({}, ""), "the names are forgotten"


def test_marks_stay_unless_somebody_gives_a_reason(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina", "frode", "amir")
    lina, frode = cast.people["lina"], cast.people["frode"]
    for name, presence in (("lina", "absent"), ("frode", "late")):
        tap = {"person": str(cast.people[name]), "presence": presence, "seen": "none"}
        cast.visit("astrid").post(f"marking/{held.id}/marks", tap)
    data = zoom(held, ("Lina Testperson", "", 0, 240), ("Frode Testperson", "", 0, 10))
    first, second = (address_of(send(kari, held.id, data)) for _time in range(2))
    assert kari.post(first, {"share": "80", "action": "apply"}).status_code == 303
    assert standing(session, held.id) == {lina: "absent", frode: "late"}
    kari.post(second, {"share": "80", "reason": "She was on Zoom", "action": "apply"})
    assert standing(session, held.id) == {lina: "present", frode: "late"}
    # A double click: it is over, and changes nothing.
    kari.post(second, {"share": "1", "absent": "yes", "action": "apply"})
    assert len(session.scalars(select(MarkEvent)).all()) == 3


def test_a_report_that_two_apply_at_once_is_applied_once(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina")
    send(kari, held.id, zoom(held, ("Lina Testperson", "", 0, 240)))
    session.rollback()
    report, own = session.scalars(select(AttendanceReport)).one(), cast.people["kari"]
    outcome = outcome_for(session, held, report)
    assert len(apply_report(session, own, held, report, outcome, absent=False, reason="")) == 1
    mark(session, own, held, cast.people["lina"], None)
    assert apply_report(session, own, held, report, outcome, absent=False, reason="") == []


def test_a_report_of_another_day_is_noticed_and_can_be_thrown_away(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina")
    address = address_of(send(kari, held.id, zoom(held, ("Lina Testperson", "", 3000, 3200))))
    page = kari.get(address).text
    assert "The times in this report are not those of the session" in page
    assert "200 minutes, 83 %" in page
    assert address in kari.get(f"marking/{held.id}/reports").text
    assert kari.post(address, {"action": "discard"}).status_code == 303
    assert standing(session, held.id) == {}
    assert session.scalars(select(AttendanceReport)).one().entries == {}


def test_a_report_from_another_time_zone_counts_as_long(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina")
    data = zoom(held, ("Lina Testperson", "", -10, 200), zone="America/New_York")
    page = kari.get(address_of(send(kari, held.id, data))).text
    assert "The report was saved in another time zone" in page
    assert "200 minutes, 83 %" in page


@pytest.mark.parametrize("data", [b"", b"Name,Town\nLina,Oslo\n", b"\x00\x01\x02\x03", b"x" * 2_200_000])
def test_what_is_no_report_is_refused_with_a_reason(cast: Cast, session: Session, kari: Browser, data: bytes) -> None:
    held = hold(session, cast, "lina")
    answer = send(kari, held.id, data)
    assert answer.status_code in (413, 422)
    assert problems_of(answer.text) == []
    assert "Some things need another look" in answer.text
    assert session.scalars(select(AttendanceReport)).all() == []


def test_a_share_that_is_none_is_asked_for_again(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina")
    address = address_of(send(kari, held.id, zoom(held, ("Lina Testperson", "", 0, 240))))
    answer = kari.post(address, {"share": "many", "reason": "kept", "action": "apply"})
    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert 'value="many"' in answer.text
    assert 'value="kept"' in answer.text
    # Una has nothing to do with this programme.
    elsewhere = {"share": "80", "who-0": str(cast.people["una"]), "action": "apply"}
    assert kari.post(address, elsewhere).status_code == 404
    assert standing(session, held.id) == {}


def test_names_in_reports_that_nobody_applies_are_forgotten(cast: Cast, session: Session, kari: Browser) -> None:
    held = hold(session, cast, "lina")
    for _time in range(2):
        send(kari, held.id, zoom(held, ("Lina Testperson", "", 0, 240)))
    session.rollback()
    old, young = session.scalars(select(AttendanceReport).order_by(AttendanceReport.id)).all()
    old.created_at = now() - KEPT - timedelta(minutes=1)
    session.commit()
    forget_old_reports(session)
    session.commit()
    assert (old.entries, old.closed_at is not None) == ({}, True)
    assert young.entries["attendees"][0]["name"] == "Lina Testperson"
