"""Bringing a list in through the pages: send, read, look, answer, take over."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine

from lti_tool.database import db, now
from lti_tool.employment import reading
from lti_tool.employment.actions import start_taking
from lti_tool.employment.models import ListState
from lti_tool.employment.reading import claim, read_employment_lists, work_on
from lti_tool.sheets.reading import FILE_BYTES
from tests.cast import Cast
from tests.employment.lists import PEOPLE, Desk
from tests.pages import problems_of
from tests.sheets.files import HOSTILE, xlsx
from tests.statements import statements


def test_a_list_is_sent_read_looked_at_and_taken_over(desk: Desk) -> None:
    assert desk.send().status_code == 303
    assert "Waiting for its turn" in desk.page()
    page = desk.read()
    assert "3 lines are read." in page
    assert "found here already: 2" in page
    assert desk.row().data is None
    assert desk.rows() == []
    page = desk.take()
    assert "3 lines are new." in page
    assert "2 people were found just now." in page
    assert [(one.position, one.town, bool(one.person_id)) for one in desk.rows()] == [
        ("learning-assistant", "Trondheim", True),
        ("learning-assistant", "Trondheim", True),
        ("phd-candidate", "Gjøvik", False),
    ]


def test_nothing_of_the_file_is_kept_once_it_is_taken_over(desk: Desk) -> None:
    desk.send()
    desk.read()
    desk.take()
    row = desk.row()
    assert row.state is ListState.TAKEN
    assert "lina" not in str(row.found).casefold()


def test_every_page_of_a_list_is_sound_and_asks_little_of_the_database(desk: Desk) -> None:
    wrong = {}

    def look(name: str, path: str) -> None:
        with statements(desk.cast.app) as seen:
            answer = desk.browser.get(path)
        found = [*problems_of(answer.text), *([f"{len(seen)} statements"] if len(seen) > 13 else [])]
        assert answer.status_code == 200
        wrong.update({name: found} if found else {})

    look("no list", "employment")
    look("sending", f"{desk.home}/lists")
    desk.send(f"{PEOPLE}Ola Li;;Professor;A;IDI;;80\nOla Li;;Professor;A;IDI;;40\n;;;;;;a\n".encode("cp1252"))
    look("waiting", desk.at)
    desk.work()
    look("preview", desk.at)
    look("mistakes", f"{desk.at}?show=mistakes")
    desk.send()
    desk.work()
    desk.take()
    look("taken over", desk.at)
    look("people", "employment")
    look("those who ended", f"{desk.home}?show=ended")
    look("found by town", f"{desk.home}?town=Gjøvik&q=nora&position=phd-candidate")
    look("who is who", f"{desk.home}/unmatched")
    for one in desk.rows():
        look(one.name, f"{desk.home}/people/{one.id}?q=li")
    look("ending", f"{desk.home}/end")
    assert not wrong


def test_a_position_that_is_not_known_is_asked_about_and_the_answer_kept(desk: Desk) -> None:
    desk.send(b"Name;Position\nKari;LA\nOla;Professor\nPer;Boss\n")
    desk.read()
    refused = desk.press("take", **{"position-1": "other-staff"})
    assert refused.status_code == 422
    assert "Say what “Boss” is." in refused.text
    assert desk.rows() == []
    assert desk.press("take", **{"position-2": "leave-out"}).status_code == 303
    desk.work()
    assert [(one.name, one.position) for one in desk.rows()] == [
        ("Kari", "learning-assistant"),
        ("Ola", "other-staff"),
    ]


def test_one_wrong_line_keeps_the_whole_list_back(desk: Desk) -> None:
    desk.send(PEOPLE.replace("80\n", "many\n", 1).encode())
    desk.read()
    assert "“many” is no number of hours" in desk.page("?show=mistakes")
    assert "Line 2" in desk.page("?show=mistakes")
    assert desk.press("take").status_code == 422
    desk.work()
    assert desk.rows() == []


def test_a_list_that_comes_again_says_what_it_ends_before_it_does(desk: Desk) -> None:
    desk.send()
    desk.read()
    desk.take()
    desk.send(PEOPLE.replace("Frode Foss;;LA;TDT4100;IDI;Trondheim;80\n", "").encode())
    page = desk.read()
    assert "One line of the list so far is not in this file" in page
    desk.press("take", missing="end-departments")
    assert "1 line has ended." in desk.read()
    assert [bool(one.ended_at) for one in desk.rows()] == [False, True, False]


def test_a_workbook_is_as_good(desk: Desk) -> None:
    desk.send(xlsx([["Navn", "Stilling", "Timer"], ["Frode Foss", "LA", 80]]), "people.xlsx")
    desk.read()
    assert "1 line is new." in desk.take()
    assert [one.hours for one in desk.rows()] == [80.0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Course;Hours\nA;1\n", "No column is called"),
        (b"Name\n", "nobody of this term"),
        (HOSTILE["laughs"][0](), "The file is damaged."),
        (b'Name\n"Kari\n', "It stopped at line 2."),
    ],
    ids=["no head", "nobody", "damaged", "open quote"],
)
def test_a_file_that_cannot_be_read_says_why(desk: Desk, data: bytes, words: str) -> None:
    desk.send(data)
    assert words in desk.read()
    assert desk.row().data is None


def test_no_file_an_empty_one_and_one_too_large_are_refused(desk: Desk) -> None:
    assert desk.send(b"").status_code == 422
    assert desk.browser.post(f"{desk.home}/lists").status_code == 422
    assert desk.send(b"x" * (FILE_BYTES + 1)).status_code == 422
    assert desk.send(b"x" * (FILE_BYTES + 100_000)).status_code == 413
    file = {"file": (io.BytesIO(b"Name\nKari\n"), "a.csv"), "csrf_token": "wrong"}
    assert desk.browser.send("POST", f"{desk.home}/lists", data=file).status_code == 400


def test_a_file_can_be_forgotten_at_any_time_and_after_a_month_by_itself(desk: Desk) -> None:
    desk.send()
    desk.read()
    assert desk.press("delete").status_code == 303
    assert desk.browser.get(desk.at).status_code == 404
    desk.send()
    with time_machine.travel(now() + timedelta(days=31)):
        desk.work()
    assert desk.browser.get(desk.at).status_code == 404


def test_how_far_it_is_is_told_while_it_is_read(desk: Desk) -> None:
    desk.send(("Name;Position\n" + "".join(f"Person {n};LA\n" for n in range(100))).encode())
    with desk.cast.app.app_context():
        claimed = claim(db.session)
        db.session.commit()
        assert claimed is not None
        turn = reading._Turn(db.session, claimed)
        told = [desk_progress(desk) for number, _ in enumerate(turn.watched([None] * 100)) if number % 30 == 0]  # type: ignore[list-item]
        assert told == [(0, 100), (30, 100), (60, 100), (90, 100)]
        turn.finish(ListState.FAILED, claimed.begun.with_(code="crashed"))
    assert desk.browser.get(f"{desk.at}/progress").json["open"] is False  # type: ignore[index]


def desk_progress(desk: Desk) -> tuple[int, int]:
    answer = desk.browser.get(f"{desk.at}/progress").json
    assert answer is not None
    return answer["done"], answer["total"]


def test_a_worker_that_dies_leaves_the_list_to_the_next_and_writes_nothing_any_more(desk: Desk) -> None:
    desk.send()
    with desk.cast.app.app_context():
        dead = claim(db.session)
        db.session.commit()
        assert dead is not None
        assert claim(db.session) is None
        db.session.rollback()
        with time_machine.travel(now() + timedelta(minutes=6)):
            read_employment_lists()
    assert "3 lines are new." in desk.take()
    with desk.cast.app.app_context():
        work_on(db.session, dead)
    assert desk.row().state is ListState.TAKEN


def test_a_mishap_while_taking_over_changes_nothing_and_is_given_up_after_three(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_anything: object) -> None:
        raise RuntimeError("Lina Lie")

    desk.send()
    desk.read()
    desk.press("take")
    monkeypatch.setattr(reading, "take_over", fail)
    for minute in range(4):
        with time_machine.travel(now() + timedelta(minutes=minute)):
            desk.work()
    assert "which is our mistake" in desk.page()
    assert desk.rows() == []
    assert "Lina" not in caplog.text


def test_taking_over_twice_takes_over_once(desk: Desk) -> None:
    desk.send()
    desk.read()
    desk.press("take")
    desk.press("take")
    with desk.cast.app.app_context():
        assert start_taking(db.session, desk.row().id)
        db.session.rollback()
    desk.work()
    desk.work()
    assert len(desk.rows()) == 3


def test_a_list_of_another_cohort_is_not_there(desk: Desk, cast: Cast) -> None:
    desk.send()
    assert desk.browser.get(desk.at.replace(f"/{cast.cohort_id}/", "/999/")).status_code == 404
    assert cast.visit("ingrid").get(desk.at).status_code == 403
