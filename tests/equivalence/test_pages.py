"""Applying and deciding through the pages."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.database import db
from lti_tool.equivalence.documents import FILE_BYTES
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from tests.cast import Browser, Cast
from tests.equivalence.applying import FORM, PDF, send, stored
from tests.pages import problems_of
from tests.statements import statements


def latest(cast: Cast) -> EquivalenceApplication:
    with cast.app.app_context():
        return stored(db.session)


def count(cast: Cast) -> int:
    with cast.app.app_context():
        return db.session.query(EquivalenceApplication).count()


def decide(browser: Browser, cast: Cast, action: str, reason: str = "Seen it") -> Any:
    address = f"equivalence/inbox/{latest(cast).public_id}"
    page = browser.get(address).text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    return browser.post(address, {"action": action, "reason": reason, "seen": seen})


def test_what_is_not_recognised_is_explained_before_anybody_applies(lina: Browser) -> None:
    page = lina.get("equivalence").text
    told = ("Experts in Teamwork", "Officer candidate school", "Theory alone lacks the practice")
    assert all(page.index(words) < page.index("Send the application") for words in told)
    assert 'value="teacher-education"' in page
    assert 'value="experts-in-teamwork"' not in page


def test_an_application_is_sent_read_and_decided_with_a_reason(lina: Browser, kari: Browser, cast: Cast) -> None:
    assert send(lina, PDF).status_code == 303
    page = lina.get("equivalence").text
    assert "Waits for a decision" in page
    assert "Send the application" not in page
    assert "With a document" in kari.get("equivalence/inbox").text
    assert decide(kari, cast, "approve", "Welcome, colleague").status_code == 303
    page = lina.get("equivalence").text
    assert "Approved" in page
    assert "Welcome, colleague" in page
    assert latest(cast).decision is Decision.APPROVED


def test_a_decision_needs_a_reason_and_what_was_typed_is_kept(lina: Browser, kari: Browser, cast: Cast) -> None:
    send(lina)
    answer = decide(kari, cast, "approve", "  ")
    assert (answer.status_code, latest(cast).decision) == (422, Decision.PENDING)
    decide(kari, cast, "decline", "No practical training")
    assert "No practical training" in lina.get("equivalence").text
    assert decide(kari, cast, "approve").status_code == 409
    assert decide(kari, cast, "reopen", "New papers").status_code == 303
    assert latest(cast).decision is Decision.PENDING


def test_what_is_missing_or_wrong_is_said_at_its_field_and_the_text_kept(lina: Browser, cast: Cast) -> None:
    answer = send(lina, b"<html>", category="", statement="In Bodø")
    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    for words in ("Choose what you have completed.", "neither a PDF nor a picture", ">\r\nIn Bodø"):
        assert words in answer.text
    assert send(lina, category="experts-in-teamwork").status_code == 422
    assert send(lina, statement="x" * 4_001).status_code == 422
    assert send(lina, b"%PDF-".ljust(FILE_BYTES + 1)).status_code == 422
    assert send(lina, b"%PDF-".ljust(FILE_BYTES + 100_000)).status_code == 413
    assert lina.send("POST", "equivalence", data={**FORM, "csrf_token": "wrong"}).status_code == 400
    assert count(cast) == 0


def test_the_document_is_a_download_for_its_owner_and_who_decides(lina: Browser, kari: Browser, cast: Cast) -> None:
    send(lina, PDF, "Vitnemål.html")
    address = f"equivalence/{latest(cast).public_id}/document"
    for browser in (lina, kari):
        answer = browser.get(address)
        assert answer.data == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert cast.visit("frode").get(address).status_code == 404
    assert cast.visit("ingrid").get(address).status_code == 403


def test_an_application_can_be_withdrawn_and_sent_anew(lina: Browser, cast: Cast) -> None:
    send(lina, PDF)
    address = f"equivalence/{latest(cast).public_id}/withdraw"
    assert cast.visit("frode").post(address).status_code == 404
    assert lina.post(address).status_code == 303
    assert "Withdrawn" in lina.get("equivalence").text
    assert send(lina).status_code == 303
    assert send(lina).status_code == 409
    assert count(cast) == 2


def test_without_anything_to_recognise_there_is_nothing_to_apply_for(cast: Cast) -> None:
    lina = cast.visit("lina")
    assert "does not recognise any other training" in lina.get("equivalence").text
    assert send(lina).status_code == 409
    assert lina.get("equivalence?programme=uio").status_code == 404


@pytest.mark.parametrize("locale", ["en", "nb"])
def test_every_page_is_sound_and_asks_little_of_the_database(
    lina: Browser, kari: Browser, cast: Cast, locale: str
) -> None:
    lina = cast.visit("lina", locale=locale)
    wrong = {}

    def look(name: str, browser: Browser, path: str) -> None:
        with statements(cast.app) as seen:
            page = browser.get(path).text
        found = [*problems_of(page), *([f"{len(seen)} statements"] if len(seen) > 7 else [])]
        wrong.update({name: found} if found else {})

    look("before", lina, "equivalence")
    look("nobody", kari, "equivalence/inbox?q=nobody")
    send(lina, PDF)
    look("waiting", lina, "equivalence")
    look("inbox", kari, "equivalence/inbox")
    look("deciding", kari, f"equivalence/inbox/{latest(cast).public_id}")
    decide(kari, cast, "decline")
    look("declined", lina, "equivalence")
    look("decided", kari, f"equivalence/inbox/{latest(cast).public_id}")
    look("decided ones", kari, "equivalence/inbox?show=declined")
    assert not wrong
