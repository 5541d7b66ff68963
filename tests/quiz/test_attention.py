"""How long a question has had its reader's attention, as its page says and the server believes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from lti_tool.database import db, now
from lti_tool.quiz.attention import LONGEST, attention
from lti_tool.quiz.models import Answer, Attempt
from tests.cast import Browser, Cast
from tests.quiz.taking import ALL_RIGHT, autosave, begin, hand_in

anything = st.integers(-(10**30), 10**30)


@given(before=st.none() | st.integers(0, LONGEST), more=anything, room=st.integers(-LONGEST, 10**9))
def test_it_never_falls_and_keeps_within_its_bounds(before: int | None, more: int, room: int) -> None:
    known, found = before or 0, attention(before, more, room)
    assert known <= found <= LONGEST
    assert found == known or found <= min(room, known + more)


def begun(app: Flask, lina: Browser, seconds_ago: int) -> None:
    begin(lina)
    with app.app_context():
        db.session.execute(update(Attempt).values(started_at=now() - timedelta(seconds=seconds_ago)))
        db.session.commit()


def seconds(app: Flask) -> dict[str, int | None]:
    with app.app_context():
        return {row.question_key: row.seconds for row in db.session.scalars(select(Answer))}


def test_what_the_page_measures_adds_up_and_survives_handing_in(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    begun(app, lina, 1000)
    for key, measured in (("q1", 20), ("q2", 5), ("q1", 12)):
        assert autosave(lina, {"question": key, "chosen": ["a"], "seconds": measured}).status_code == 200
    assert autosave(lina, {"question": "q2", "chosen": ["b"]}).status_code == 200
    hand_in(lina, ALL_RIGHT)
    assert seconds(app) == {"q1": 32, "q2": 5, "q3": None}


def test_all_questions_together_cannot_take_longer_than_the_attempt(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    begun(app, lina, 500)
    autosave(lina, {"question": "q1", "chosen": ["a"], "seconds": 400})
    autosave(lina, {"question": "q2", "chosen": ["a"], "seconds": 10**30})
    autosave(lina, {"question": "q3", "chosen": ["a"], "seconds": -7})
    found = seconds(app)
    assert found["q1"] == 400
    assert 100 <= (found["q2"] or 0) < 400
    assert found["q3"] == 0


@pytest.mark.parametrize("measured", [1.5, "20", True, [], {}])
def test_what_is_no_number_of_seconds_is_refused(cast: Cast, app: Flask, measured: object) -> None:
    lina = begin(cast.visit("lina"))
    assert autosave(lina, {"question": "q1", "chosen": ["a"], "seconds": measured}).status_code == 400
    assert seconds(app) == {}
