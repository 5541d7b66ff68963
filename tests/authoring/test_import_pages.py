"""Bringing questions in through the pages: send, read, look, choose, add, take back."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.authoring import import_actions
from lti_tool.authoring.actions import draft_of
from lti_tool.authoring.import_reading import read_imports
from lti_tool.authoring.models import QuestionImport
from lti_tool.authoring.parts import DraftQuestion
from lti_tool.database import db
from lti_tool.errors import Conflict
from lti_tool.exchange import limits
from lti_tool.exchange.found import FoundOption, FoundQuestion, Image
from lti_tool.exchange.writing import Format, write
from tests.cast import Browser, Cast
from tests.exchange.questions import PNG
from tests.pages import problems_of
from tests.statements import statements

GIFT = """
::one::What do you do first? {=Ask#Yes. ~Tell#No.}

::two::Question 1? {=Ask ~Tell}

Tell me more. {}
"""


@dataclass
class Desk:
    """Kari at work on the module, with one file."""

    cast: Cast
    browser: Browser
    at: str = ""

    def send(self, data: bytes = GIFT.encode(), name: str = "new.gift.txt", language: str = "nb") -> TestResponse:
        answer = self.browser.post("authoring/om1/imports", {"file": (io.BytesIO(data), name), "language": language})
        if answer.status_code == 303:
            self.at = re.sub(r".*/authoring/", "authoring/", answer.location)
        return answer

    def read(self) -> str:
        with self.cast.app.app_context():
            read_imports()
        return self.page()

    def page(self, query: str = "") -> str:
        answer = self.browser.get(self.at + query)
        assert answer.status_code == 200
        return answer.text

    def press(self, action: str, **fields: Any) -> TestResponse:
        return self.browser.post(self.at, {"action": action, "page": "1", **fields})

    def questions(self, language: str = "nb") -> list[DraftQuestion]:
        with self.cast.app.app_context():
            draft = draft_of(db.session, self.cast.module_id).draft
        return list(draft.languages[language].questions)

    def row(self) -> QuestionImport:
        with self.cast.app.app_context():
            return db.session.scalars(select(QuestionImport)).one()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast, cast.visit("kari"))


def test_a_file_is_sent_read_looked_at_and_added(desk: Desk) -> None:
    assert desk.send().status_code == 303
    assert "Waiting for its turn" in desk.page()
    page = desk.read()
    assert "What do you do first?" in page
    assert desk.row().data is None
    assert len(desk.questions()) == 3
    assert desk.press("add", take=["1"]).status_code == 303
    assert [question.text for question in desk.questions()[3:]] == ["What do you do first?"]
    assert [question.text for question in desk.questions("en")[3:]] == [""]
    assert "1 question added" in desk.page()


def test_every_page_of_a_file_is_sound_and_asks_little_of_the_database(desk: Desk) -> None:
    desk.send()
    wrong = {}

    def look(name: str, query: str = "") -> None:
        with statements(desk.cast.app) as seen:
            page = desk.page(query)
        found = [*problems_of(page), *([f"{len(seen)} statements"] if len(seen) > 8 else [])]
        wrong.update({name: found} if found else {})

    look("waiting")
    desk.read()
    look("preview")
    look("left out", "?show=left-out")
    desk.press("add", take=["1"])
    look("added")
    assert not wrong


def test_adding_twice_adds_once_and_shows_the_same_page(desk: Desk) -> None:
    desk.send()
    desk.read()
    desk.press("add", take=["1", "2"])
    assert "2 questions added" in desk.page()
    assert desk.press("add", take=["1", "2"]).status_code == 303
    assert "2 questions added" in desk.page()
    assert len(desk.questions()) == 5


def test_what_was_added_is_taken_back_but_for_what_somebody_has_changed(desk: Desk) -> None:
    before = desk.questions()
    desk.send()
    desk.read()
    desk.press("add", take=["1", "2"])
    assert "notice=undone" in desk.press("undo").location
    assert desk.questions() == before
    desk.press("add", take=["1", "2"])
    desk.browser.post("authoring/om1/edit/questions.one/nb", {"t-text": "What now?", "version": "9", "action": "save"})
    assert "notice=import-partly-undone" in desk.press("undo").location
    assert [question.text for question in desk.questions()[3:]] == ["What now?"]
    assert 'value="1" id="take-1" aria' in desk.page()


def test_what_is_known_changed_left_out_or_still_to_write_is_said(desk: Desk) -> None:
    desk.send(GIFT.encode("cp1252"))
    page = desk.read()
    assert "The module has a question with this text already." in page
    assert page.count("2 options have no feedback") == 1
    assert 'value="2" id="take-2" aria' in page
    assert 'value="1" id="take-1" checked' in page
    left_out = desk.page("?show=left-out")
    assert "Question 3" in left_out
    assert "It asks for a text" in left_out
    assert "line 6" in left_out


def test_what_is_chosen_on_one_page_is_kept_on_the_others(desk: Desk) -> None:
    desk.send("\n\n".join(f"What is {n}? {{=Ask ~Tell}}" for n in range(60)).encode())
    desk.read()
    assert desk.press("go:2", take=["1", "50"]).location.endswith("page=2")
    assert "<span data-number>12</span>" in desk.page("?page=2")
    assert desk.press("add", page="2", take=["60"]).status_code == 303
    assert [question.text for question in desk.questions()[3:]] == ["What is 0?", "What is 49?", "What is 59?"]


def test_all_of_them_can_be_chosen_at_once_and_none(desk: Desk) -> None:
    desk.send("\n\n".join(f"What is {n}? {{=Ask ~Tell}}" for n in range(60)).encode())
    desk.read()
    desk.press("none")
    refused = desk.press("add")
    assert (refused.status_code, "Choose at least one question." in refused.text) == (422, True)
    assert len(desk.questions()) == 3
    desk.press("all")
    assert "<span data-number>60</span>" in desk.page()


def test_a_draft_that_cannot_take_them_takes_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.send()
    desk.read()

    def fail(*_arguments: Any) -> None:
        raise Conflict("no")

    monkeypatch.setattr(import_actions, "_write", fail)
    assert desk.press("add", take=["1"]).status_code == 409
    assert len(desk.questions()) == 3


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, "Choose a file that is not empty."),
        (bytes(limits.FILE_BYTES + 1), 422, "larger than 16 MB"),
        (bytes(limits.FILE_BYTES + 100_000), 413, "larger than 16 MB"),
    ],
    ids=["nothing", "too large", "far too large"],
)
def test_a_file_that_is_not_taken_is_refused_kindly(desk: Desk, data: bytes, status: int, words: str) -> None:
    answer = desk.send(data)
    assert (answer.status_code, words in answer.text) == (status, True)
    with desk.cast.app.app_context():
        assert db.session.scalars(select(QuestionImport)).all() == []


def test_a_file_needs_the_token_of_the_form(desk: Desk) -> None:
    data = {"file": (io.BytesIO(GIFT.encode()), "a.txt"), "language": "nb"}
    assert desk.browser.send("POST", "authoring/om1/imports", data=data).status_code == 400


def test_a_file_that_cannot_be_read_is_said_to_be_so_and_why(desk: Desk) -> None:
    desk.send(b"<quiz><question>")
    assert "The file is damaged" in desk.read()
    assert "Could not be read" in desk.browser.get("authoring/om1/imports").text


def test_the_script_learns_how_far_it_is(desk: Desk) -> None:
    desk.send()
    assert desk.browser.get(f"{desk.at}/progress").json == {
        "open": True,
        "done": 0,
        "total": 0,
        "text": "Waiting for its turn",
    }
    desk.read()
    assert desk.browser.get(f"{desk.at}/progress").json["open"] is False  # type: ignore[index]


def test_questions_saved_as_a_file_come_back_the_same_with_their_pictures(desk: Desk) -> None:
    options = (FoundOption("Ask", True, "Yes."), FoundOption("Tell", False, "No."))
    curve = Image("fig.png", "image/png", PNG, "A curve")
    desk.send(write([FoundQuestion("", "What is it?", "single", options, images=(curve,))], Format.QTI_2).data)
    desk.read()
    desk.press("add", take=["1"])
    mine = desk.questions()
    page = desk.browser.get("authoring/om1/export?language=nb").text
    assert "Its pictures are left out: picture-1.png." in page
    for name in ("moodle_xml", "qti_1", "qti_2"):
        saved = desk.browser.get(f"authoring/om1/export/{name}?language=nb")
        assert "attachment" in saved.headers["Content-Disposition"]
        desk.send(saved.data, name)
        desk.read()
        before = len(desk.questions())
        desk.press("all")
        desk.press("add", take=["1", "2", "3", "4"])
        assert [_said(question) for question in desk.questions()[before:]] == [_said(question) for question in mine]


def test_a_version_is_saved_as_it_was(desk: Desk) -> None:
    desk.browser.post("authoring/om1/items/questions", {"action": "remove:q2"})
    assert desk.browser.get("authoring/om1/export/gift?version=1").text.count("::q2::") == 1
    assert desk.browser.get("authoring/om1/export/gift").text.count("::q2::") == 0
    assert desk.browser.get("authoring/om1/export/gift?version=7").status_code == 404
    assert desk.browser.get("authoring/om1/export/word").status_code == 404


def _said(question: DraftQuestion) -> Any:
    options = [(option.text, option.correct, option.feedback) for option in question.options]
    return question.text, question.kind, options, question.images
