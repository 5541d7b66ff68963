"""A coordinator brings a table of dates in: template, preview, all or nothing, and again after changes."""

from __future__ import annotations

import html
import json
import re
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.session_files_routes import FILE_BYTES
from lti_tool.people.models import Person
from lti_tool.sheets.reading import read_sheet
from tests.attendance.dates import START, ask_for_meetings, give_place, planned
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.work import done_before

DAY = START.date().isoformat()
HEADS = "Id;Møte;Dato;Start;Slutt;By;Sted;Språk;Plasser"
LINES = (f";Core module 1;{DAY};09:00;12:00;Trondheim;Rom 1;norsk;20", f";core-2;{DAY};9-12;;Gjøvik;Rom 2;engelsk;")


@pytest.fixture
def kari(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
        session.get_one(Person, cast.person_id("kari")).timezone = "Europe/Oslo"
    return cast.visit("kari")


def send(cast: Cast, kari: Browser, *lines: str, data: bytes | None = None, name: str = "dates.csv") -> Any:
    sent = "\n".join((HEADS, *lines)).encode("utf-8") if data is None else data
    return kari.post(f"sessions/cohorts/{cast.cohort_id}/file", {"file": (BytesIO(sent), name)})


def take(cast: Cast, kari: Browser, page: str, **changes: str) -> Any:
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
    wanted = {name: fields[name] for name in ("rows", "filename", "shown")}
    return kari.post(f"sessions/cohorts/{cast.cohort_id}/file/take", {**wanted, **changes})


def dates(cast: Cast) -> list[tuple[str, str, int | None, int]]:
    with done_before(cast) as session:
        found = session.scalars(select(TrainingSession).order_by(TrainingSession.place))
        return [(one.meeting_key, one.place, one.capacity, one.sequence) for one in found]


def test_a_table_is_looked_at_and_taken_over_once(cast: Cast, kari: Browser) -> None:
    assert problems_of(kari.get(f"sessions/cohorts/{cast.cohort_id}/file").text) == []
    page = send(cast, kari, *LINES)
    assert (page.status_code, problems_of(page.text)) == (200, [])
    assert "2 new dates" in page.text
    assert dates(cast) == []
    assert take(cast, kari, page.text).status_code == 303
    assert dates(cast) == [("core-1", "Rom 1", 20, 0), ("core-2", "Rom 2", None, 0)]
    assert "2 as they are already" in send(cast, kari, *LINES).text
    # The page that was there before: it would do something else now.
    assert take(cast, kari, page.text).status_code == 409
    assert len(dates(cast)) == 2


def test_with_one_mistake_nothing_is_taken_over(cast: Cast, kari: Browser) -> None:
    answer = send(cast, kari, LINES[0], f";core-1;{DAY};12:00;09:00;Trondheim;Rom 3;norsk;20")
    assert (answer.status_code, problems_of(answer.text)) == (422, [])
    assert "Line 3</strong>: It has to end after it starts." in answer.text
    assert 'name="rows"' not in answer.text
    # What the page with the first line alone has named, sent with both.
    rows = [[number, line.split(";")] for number, line in enumerate((HEADS, LINES[0], ";core-1;then;9"), 1)]
    assert take(cast, kari, send(cast, kari, LINES[0]).text, rows=json.dumps(rows)).status_code == 409
    assert dates(cast) == []


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_what_was_downloaded_is_changed_and_brought_in_again(cast: Cast, kari: Browser, extension: str) -> None:
    with done_before(cast) as session:
        planned(session, cast, place="Rom 1", leader="=1+1", note="- Bring a pen.\n- And paper.")
        planned(session, cast, place="Rom 2", capacity=None)
    given = kari.get(f"sessions/cohorts/{cast.cohort_id}/dates.{extension}")
    assert f"sessions.{extension}" in given.headers["Content-Disposition"]
    assert "2 as they are already" in send(cast, kari, data=given.data, name=f"x.{extension}").text
    rows = [list(row.cells) for row in read_sheet(given.data, "x").rows]
    rows[1][rows[0].index("Places")] = "25"
    table = "\n".join("\t".join(f'"{cell}"' for cell in row) for row in rows).encode()
    page = send(cast, kari, data=table).text
    assert problems_of(page) == []
    assert "0 new dates" in page
    assert "1 changed" in page
    assert take(cast, kari, page).status_code == 303
    assert dates(cast) == [("core-1", "Rom 1", 25, 0), ("core-1", "Rom 2", None, 0)]


def test_a_change_that_has_become_impossible_is_shown_and_changes_nothing(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        uid = planned(session, cast, place="Rom 1").uid
    page = send(cast, kari, f"{uid};core-1;{DAY};09:00;12:00;Trondheim;Rom 1;norsk;1", LINES[1]).text
    with done_before(cast) as session:
        found = session.scalars(select(TrainingSession)).one()
        give_place(session, found, cast.person_id("lina"), cast.person_id("frode"))
    answer = take(cast, kari, page)
    assert answer.status_code == 409
    assert "2 people have a place on this date" in answer.text
    assert dates(cast) == [("core-1", "Rom 1", 20, 0)]


def test_the_template_has_the_columns_in_the_language_of_the_page(cast: Cast, kari: Browser) -> None:
    address = f"sessions/cohorts/{cast.cohort_id}/template"
    (head,) = read_sheet(kari.get(f"{address}.xlsx").data, "x").rows
    assert head.cells[:4] == ("Id", "Meeting", "Date", "Start")
    (head,) = read_sheet(cast.visit("kari", locale="nb").get(f"{address}.csv").data, "x").rows
    assert head.cells[1:3] == ("Møte", "Dato")
    assert kari.get(f"{address}.pdf").status_code == 404


# What is refused does not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_table_is_refused_with_the_reason(cast: Cast, kari: Browser) -> None:
    for data, status, said in (
        (b"", 422, "Choose a file that is not empty."),
        (b"%PDF-1.7\n\x01\x02", 422, "It is no table that is known here."),
        (b"x" * (FILE_BYTES + 1_000_000), 413, "more in the file than can be taken over at once"),
        (f"{HEADS}\n".encode() + b";note" * 10_000, 422, "more than 200 columns"),
        (f"{HEADS}\n".encode() + (b";core-1;" + b"x" * 9_000 + b"\n") * 30, 422, "more in the file than can be taken"),
        (b"Name;Mail\nLina;l@x.no\n", 422, "names the columns date and start"),
    ):
        answer = send(cast, kari, data=data)
        assert (answer.status_code, said in answer.text) == (status, True), said
        assert problems_of(answer.text) == []
    for rows in ("", "[]x", '[["a",["b"]]]', '[[1,"x"]]'):
        assert take(cast, kari, send(cast, kari, *LINES).text, rows=rows).status_code == 400
