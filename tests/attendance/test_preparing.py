"""Preparing for a meeting in the tool: what is written is kept, and says whether somebody is prepared."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Preparation
from lti_tool.attendance.preparing import PreparedElsewhere, Unanswered, Whose, finish, save_preparation
from lti_tool.attendance.queries import people_of
from lti_tool.attendance.sign_up import sign_up
from lti_tool.database import now
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.models import Programme
from tests.attendance.dates import ask_for_meetings, planned
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.work import done_before

PAGE = "meetings/core-1/preparation"


@pytest.fixture
def whose(session: Session, cast: Cast) -> Whose:
    ask_for_meetings(session)
    return cast.person_id("lina"), cast.cohort_id, "core-1"


@pytest.fixture
def lina(cast: Cast) -> Browser:
    with done_before(cast) as session:
        ask_for_meetings(session)
    return cast.visit("lina")


def stored(cast: Cast) -> tuple[dict[str, str], int, bool]:
    with done_before(cast) as session:
        found = session.scalars(select(Preparation)).one()
        return dict(found.answers), found.version, found.done_at is not None


def test_whoever_has_answered_is_prepared_for_any_date(session: Session, cast: Cast, whose: Whose) -> None:
    first, second = planned(session, cast), planned(session, cast)
    lina, frode = whose[0], cast.person_id("frode")
    sign_up(session, lina, first.id, now())
    sign_up(session, frode, first.id, now())
    save_preparation(session, (frode, *whose[1:]), ["All of it"], 0)
    since = finish(session, whose, ["Nothing"], 0).done_at
    assert {one.person_id: one.prepared for one in people_of(session, first)} == {lina: True, frode: False}
    sign_up(session, lina, second.id, now())
    assert [one.prepared for one in people_of(session, second)] == [True]
    assert finish(session, whose, ["Not much"], 1).done_at == since


def test_an_answer_that_is_taken_away_again_is_wanting(session: Session, whose: Whose) -> None:
    finish(session, whose, ["Nothing"], 0)
    assert save_preparation(session, whose, [" "], 1).done_at is None
    with pytest.raises(Unanswered) as refusal:
        finish(session, whose, [" "], 2)
    assert refusal.value.questions == (0,)


def test_two_tabs_do_not_overwrite_each_other_and_a_repeat_is_none(session: Session, whose: Whose) -> None:
    assert save_preparation(session, whose, ["One"], 0).version == 1
    assert save_preparation(session, whose, ["One"], 0).version == 1
    assert save_preparation(session, whose, ["Two"], 1).version == 2
    with pytest.raises(PreparedElsewhere) as refusal:
        save_preparation(session, whose, ["Three"], 1)
    assert (refusal.value.version, refusal.value.answers) == (2, {"0": "Two"})


def test_the_page_shows_what_to_read_and_ask_and_saves_by_itself(cast: Cast, lina: Browser) -> None:
    page = lina.get(PAGE)
    assert problems_of(page.text) == []
    assert "<em>this</em>" in page.text
    assert "What is unclear?" in page.text
    answer = lina.send_json("PUT", f"{PAGE}/draft", {"answers": ["A draft"], "version": 0})
    assert answer.get_json()["version"] == 1
    assert stored(cast) == ({"0": "A draft"}, 1, False)
    assert "A draft" in lina.get(PAGE).text
    other = lina.send_json("PUT", f"{PAGE}/draft", {"answers": ["From another tab"], "version": 0})
    assert other.status_code == 409
    assert other.get_json()["answers"] == ["A draft"]


@pytest.mark.parametrize(
    "body", [{"answers": [], "version": 0}, {"answers": ["x" * 5001], "version": 0}, {"answers": [1], "version": 0}, []]
)
def test_what_no_page_of_ours_sends_is_not_saved(lina: Browser, body: object) -> None:
    assert lina.send_json("PUT", f"{PAGE}/draft", body).status_code == 400


def test_being_prepared_takes_an_answer_and_is_said(cast: Cast, lina: Browser) -> None:
    wanting = lina.post(PAGE, {"action": "done", "version": 0, "answer-0": " "})
    assert wanting.status_code == 422
    assert "Question 1: write a few words" in wanting.text
    assert problems_of(wanting.text) == []
    done = lina.post(PAGE, {"action": "done", "version": 1, "answer-0": "Nothing\r\nat all"}, follow_redirects=True)
    assert "You are prepared." in done.text
    assert stored(cast) == ({"0": "Nothing\nat all"}, 2, True)
    assert "Prepared" in lina.get("meetings/core-1").text


def test_without_script_two_tabs_are_asked_which_text_to_keep(cast: Cast, lina: Browser) -> None:
    lina.post(PAGE, {"action": "save", "version": 0, "answer-0": "The first"})
    conflict = lina.post(PAGE, {"action": "save", "version": 0, "answer-0": "The second"})
    assert conflict.status_code == 409
    assert problems_of(conflict.text) == []
    assert "The first" in conflict.text
    assert "The second" in conflict.text
    assert stored(cast)[0] == {"0": "The first"}
    too_long = lina.post(PAGE, {"action": "save", "version": 1, "answer-0": "x" * 5001})
    assert too_long.status_code == 422
    assert "x" * 5001 in too_long.text


def test_what_is_only_to_be_read_is_done_by_one_button(cast: Cast, lina: Browser) -> None:
    with done_before(cast) as session:
        programme = session.scalars(select(Programme)).one()
        content = ProgrammeContent.model_validate(programme.body).model_dump(mode="json")
        content["requirements"][0]["meetings"][0]["preparation"]["questions"] = []
        programme.body = content
    page = lina.get(PAGE).text
    assert "I have read this" in page
    assert "preparation.js" not in page
    lina.post(PAGE, {"action": "done", "version": 0})
    assert stored(cast) == ({}, 1, True)


def test_there_is_nothing_to_prepare_where_nothing_is_asked(lina: Browser) -> None:
    assert lina.get("meetings/core-2/preparation").status_code == 404
