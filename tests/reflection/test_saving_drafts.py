"""Drafts: saved by script or by button, never overwriting what another tab saved."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.drafts import clean_text
from lti_tool.programme.queries import current_module
from lti_tool.reflection import actions
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.meeting import meeting
from tests.quiz.taking import begin
from tests.reflection.writing import (
    ANOTHER,
    ESSAY,
    LONG_ENOUGH,
    autosave,
    draft,
    rows,
    send,
    start_evaluation,
    submitted,
)


def test_the_script_saves_and_learns_the_new_version(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    first = autosave(lina, "one")
    assert first.status_code == 200
    assert first.get_json()["version"] == 1
    assert re.fullmatch(r"Saved \d\d:\d\d", first.get_json()["status"])
    assert autosave(lina, "one two", 1).get_json()["version"] == 2
    assert draft(app) == ("one two", 2)


def test_the_button_saves_the_same_draft(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    answer = send(lina, "one\r\ntwo", action="save")
    assert answer.status_code == 303
    assert answer.location.endswith(f"{ESSAY}?notice=saved")
    assert draft(app) == ("one\ntwo", 1)


def test_a_repeat_whose_answer_was_lost_is_no_conflict(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    autosave(lina, "one")
    again = autosave(lina, "one")
    assert again.status_code == 200
    assert again.get_json()["version"] == 1
    assert draft(app) == ("one", 1)


def test_a_second_tab_is_shown_the_other_text_and_overwrites_nothing(cast: Cast, app: Flask) -> None:
    first, second = cast.visit("lina"), cast.visit("lina")
    autosave(first, "from the first tab")
    answer = autosave(second, "from the second tab")
    assert answer.status_code == 409
    body = answer.get_json()
    assert (body["reason"], body["version"], body["text"]) == ("changed", 1, "from the first tab")
    assert draft(app) == ("from the first tab", 1)


def test_keeping_mine_or_taking_the_other_goes_on_from_the_others_version(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    autosave(lina, "first")
    version = autosave(lina, "second").get_json()["version"]
    assert autosave(lina, "second", version).get_json()["version"] == 2
    assert draft(app) == ("second", 2)


def test_without_script_both_texts_are_shown_and_the_person_chooses(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    autosave(lina, "from <the> first tab")
    for action in ("save", "preview", "submit"):
        answer = send(lina, LONG_ENOUGH, action=action)
        assert answer.status_code == 409
        page = unescape(answer.text)
        assert "There are two texts" in page
        assert "from <the> first tab</textarea>" in page
        assert f"{LONG_ENOUGH}</textarea>" in page
        assert 'name="version" type="hidden" value="1"' in page
        assert draft(app) == ("from <the> first tab", 1)
    assert send(lina, LONG_ENOUGH, 1, "save").status_code == 303
    assert draft(app) == (LONG_ENOUGH, 2)


def test_a_version_from_the_future_is_a_conflict_as_well(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    autosave(lina, "one")
    for version in (2, -1, 10**30):
        assert autosave(lina, "two", version).status_code == 409
    assert draft(app) == ("one", 1)


def test_a_draft_on_top_of_a_submitted_essay_is_seen_by_nobody_else(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    autosave(lina, ANOTHER, 1)
    assert submitted(app) == LONG_ENOUGH
    assert draft(app) == (ANOTHER, 2)


def test_nothing_is_saved_once_an_evaluation_has_started(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    start_evaluation(app)
    answer = autosave(lina, ANOTHER, 1)
    assert answer.status_code == 409
    assert answer.get_json()["reason"] == "locked"
    for action in ("save", "submit"):
        page = send(lina, ANOTHER, 1, action)
        assert page.status_code == 409
        assert "What you sent just now was not saved" in page.text
        assert ANOTHER in page.text
    assert draft(app) == (LONG_ENOUGH, 1)


def test_several_tabs_that_save_first_at_once_make_one_draft_and_conflicts(cast: Cast, app: Flask) -> None:
    assert saved_at_once([cast.visit("lina") for _ in range(4)]) == [200, 409, 409, 409]
    assert rows(app) == 2


def test_a_first_save_that_meets_another_tabs_first_save_is_a_conflict(cast: Cast, app: Flask) -> None:
    lina = begin(cast.visit("lina"))

    def save_elsewhere(session: Session) -> None:
        actions.save_draft(session, cast.person_id("lina"), current_module(session, "om1"), "elsewhere", 0)

    assert meeting(app, save_elsewhere, lambda: autosave(lina, "here")).status_code == 409
    assert draft(app) == ("elsewhere", 1)


def test_a_save_that_meets_the_start_of_an_evaluation_is_refused(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    answer = meeting(app, lock_the_essay, lambda: send(lina, ANOTHER, 1))
    assert answer.status_code == 409
    assert (draft(app), submitted(app)) == ((LONG_ENOUGH, 1), LONG_ENOUGH)


def lock_the_essay(session: Session) -> None:
    actions.lock_essay(session, session.scalars(select(Essay.id)).one())


def saved_at_once(tabs: list[Browser]) -> list[int]:
    """Save a different text in every tab at the same moment; the answers' statuses, sorted."""
    for tab in tabs:
        assert tab.form_token
    gate = threading.Barrier(len(tabs))

    def save(number: int) -> int:
        gate.wait(timeout=30)
        return autosave(tabs[number], f"text {number}").status_code

    with ThreadPoolExecutor(len(tabs)) as pool:
        return sorted(pool.map(save, range(len(tabs))))


def test_what_cannot_be_stored_becomes_a_space(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    assert send(lina, "a\x00b\x07c\td\ne", action="save").status_code == 303
    assert draft(app) == ("a b c\td\ne", 1)
    assert autosave(lina, "a\x00b\r\nc", 1).status_code == 200
    assert draft(app) == ("a b\nc", 2)


@given(st.text(st.characters(), max_size=200))
def test_cleaned_text_can_be_stored_anywhere_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert "\r" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned


def test_a_script_that_sends_nonsense_is_refused_and_nothing_is_kept(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    nonsense: list[Any] = [
        [],
        "text",
        {},
        {"text": "x"},
        {"version": 0},
        {"text": "x", "version": "0"},
        {"text": "x", "version": 1.5},
        {"text": "x", "version": True},
        {"text": None, "version": 0},
        {"text": ["x"], "version": 0},
        {"text": "x", "version": 0, "locked_at": None},
    ]
    for body in nonsense:
        assert lina.send_json("PUT", f"{ESSAY}/draft", body).status_code == 400, body
    for raw in (b"{", b"null", b"\xff", b"[" * 200_000, b'{"text": "x", "version": ' + b"9" * 5000 + b"}"):
        answer = lina.client.put(
            f"{lina.prefix}{ESSAY}/draft",
            data=raw,
            content_type="application/json",
            headers={"X-CSRFToken": lina.form_token},
            base_url="https://tool.test",
        )
        assert answer.status_code == 400, raw[:20]
    assert rows(app) == 0


def test_half_a_surrogate_pair_is_refused_or_cleaned_but_never_an_error_of_ours(cast: Cast) -> None:
    assert autosave(cast.visit("lina"), "half \ud83d of it").status_code in (200, 400)


def test_a_form_that_is_not_the_pages_own_is_refused(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    page: dict[str, Any] = {"text": LONG_ENOUGH, "version": "0", "action": "submit"}
    for change in (
        {"action": "publish"},
        {"action": None},
        {"version": None},
        {"version": "x"},
        {"version": "-1"},
        {"version": "٣"},
        {"version": "9" * 5000},
        {"text": None},
    ):
        fields = {key: value for key, value in {**page, **change}.items() if value is not None}
        assert lina.post(ESSAY, fields).status_code == 400, change
    assert rows(app) == 0


def test_a_request_that_is_too_large_is_refused(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    assert send(lina, "x" * 300_000, action="save").status_code == 413
    assert autosave(lina, "x" * 300_000).status_code == 413
    assert rows(app) == 0
