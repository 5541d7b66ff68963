"""Bringing questions in through the pages: send, read, look, choose, add, take back."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.authoring.actions import draft_of
from lti_tool.authoring.import_reading import read_imports
from lti_tool.authoring.models import QuestionImport
from lti_tool.authoring.parts import DraftQuestion
from lti_tool.database import db
from tests.cast import Browser, Cast

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
