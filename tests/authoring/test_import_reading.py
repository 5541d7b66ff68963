"""The job that reads files of questions: each once, also when workers die; and what it forgets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.authoring import import_reading
from lti_tool.authoring.actions import Writer
from lti_tool.authoring.import_actions import add_chosen, send_file
from lti_tool.authoring.import_found import Failure, Found, digest_of
from lti_tool.authoring.import_reading import LEASE, MOST_TRIES, claim, read_claimed, read_imports
from lti_tool.authoring.models import ImportState, QuestionImport
from lti_tool.database import now
from lti_tool.exchange.found import FoundOption, FoundQuestion, Image, Unreadable
from lti_tool.exchange.reading import read
from lti_tool.exchange.writing import Format, write
from lti_tool.programme.models import ContentImage
from tests.cast import Cast
from tests.exchange.questions import GIF, PNG
from tests.statements import statements

Send = Callable[..., QuestionImport]


def many(number: int, *images: Image) -> bytes:
    options = (FoundOption("Ask", True, "Yes."), FoundOption("Tell", False, "No."))
    questions = [FoundQuestion("", f"What is {n}?", "single", options, images=images) for n in range(number)]
    return write(questions, Format.QTI_2).data


def picture(data: bytes, media_type: str) -> Image:
    return Image("fig.png", media_type, data, "A curve")


@pytest.fixture
def send(cast: Cast, session: Session) -> Send:
    def sending(data: bytes, language: str = "en") -> QuestionImport:
        writer = Writer(cast.module_id, cast.people["kari"])
        public_id = send_file(session, writer, "questions.zip", data, language)
        session.commit()
        return session.scalars(select(QuestionImport).where(QuestionImport.public_id == public_id)).one()

    return sending


def found(row: QuestionImport) -> Found:
    return Found.model_validate(row.found)


def test_what_was_read_is_kept_without_the_file(send: Send, session: Session) -> None:
    row = send(many(3))
    read_imports()
    assert (row.state, row.data, row.leased_until, row.done, row.total) == (ImportState.READ, None, None, 3, 3)
    assert [entry.question.text for entry in found(row).entries] == ["What is 0?", "What is 1?", "What is 2?"]


def test_why_a_file_cannot_be_read_is_kept_instead(send: Send, session: Session) -> None:
    row = send(b"<quiz><question>")
    read_imports()
    assert (row.state, row.data, found(row).code) == (ImportState.FAILED, None, Unreadable.BROKEN_XML)


def test_a_mistake_of_ours_fails_one_file_and_keeps_no_other_waiting(
    send: Send, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(data: bytes, *_rest: Any) -> Any:
        if data == b"bad":
            raise ZeroDivisionError
        return read(data, *_rest)

    monkeypatch.setattr(import_reading, "read", broken)
    bad, good = send(b"bad"), send(many(1))
    read_imports()
    assert (bad.state, found(bad).code, good.state) == (ImportState.FAILED, Failure.CRASHED, ImportState.READ)


def test_two_workers_never_read_the_same_file(send: Send, session: Session) -> None:
    send(many(1))
    assert claim(session) is not None
    session.commit()
    assert claim(session) is None


def test_the_file_of_a_worker_that_died_is_taken_again_but_not_forever(send: Send, session: Session) -> None:
    row = send(many(1))
    for _try in range(MOST_TRIES):
        assert claim(session) is not None
        row.leased_until = now() - timedelta(seconds=1)
        session.commit()
    read_imports()
    assert (row.state, found(row).code) == (ImportState.FAILED, Failure.CRASHED)


def test_a_worker_that_was_given_up_writes_nothing_any_more(send: Send, session: Session) -> None:
    row = send(many(20))
    slow = claim(session)
    assert slow is not None
    row.leased_until = now() + 2 * LEASE
    session.commit()
    read_claimed(session, slow)
    session.refresh(row)
    assert (row.state, row.done) == (ImportState.READING, 0)
    assert row.data is not None


def test_reading_tells_how_far_it_is_with_few_statements_whatever_the_number(
    send: Send, session: Session, cast: Cast
) -> None:
    counts = []
    for number in (40, 200):
        row = send(many(number))
        with statements(cast.app) as seen:
            read_imports()
        told = [statement for statement in seen if statement.startswith("UPDATE question_import")]
        counts.append((len(seen), len(told)))
        assert (row.done, row.total) == (number, number)
    assert counts[0] == counts[1]
    assert 5 < counts[0][1] <= 15


def test_questions_that_the_module_has_already_are_not_chosen(send: Send, session: Session) -> None:
    row = send(b"{ }\n\nquestion  1? {=Ask ~Tell}\n\nQuestion 9? {=Ask ~Tell}")
    read_imports()
    assert [entry.question.text for entry in found(row).chosen] == ["Question 9?"]


def test_pictures_are_stored_once_and_only_as_what_they_are(send: Send, session: Session) -> None:
    send(many(2, picture(PNG, "image/png")))
    send(many(1, picture(PNG, "image/png")))
    read_imports()
    assert [(image.digest, image.data) for image in session.scalars(select(ContentImage))] == [(digest_of(PNG), PNG)]


def test_old_imports_go_and_pictures_that_nothing_shows_with_them(send: Send, session: Session, cast: Cast) -> None:
    shown, unused = send(many(1, picture(PNG, "image/png"))), send(many(1, picture(GIF, "image/gif")))
    fresh = send(many(1))
    read_imports()
    add_chosen(session, Writer(cast.module_id, cast.people["kari"]), shown.id)
    for row in (shown, unused):
        row.created_at = now() - timedelta(days=31)
    session.commit()
    kept = fresh.id
    read_imports()
    assert session.scalars(select(QuestionImport.id)).all() == [kept]
    assert session.scalars(select(ContentImage.digest)).all() == [digest_of(PNG)]


def test_the_words_of_true_and_false_are_those_of_the_language(send: Send, session: Session) -> None:
    row = send(b"Is it so? {T}", "en")
    read_imports()
    assert [option.text for option in found(row).entries[0].question.options] == ["True", "False"]
