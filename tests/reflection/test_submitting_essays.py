"""Submitting the essay, and what it takes."""

import re
from html import unescape

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.modules import actions as modules
from lti_tool.modules.models import Participation
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from lti_tool.reflection.queries import EssayState, EssayStatus, essay_state
from tests.cast import Cast
from tests.reflection.writing import (
    ANOTHER,
    ESSAY,
    LONG_ENOUGH,
    autosave,
    draft,
    essays_recorded,
    rows,
    send,
    start_evaluation,
    stored,
    submitted,
)


def test_submitting_is_recorded_and_leads_to_the_task_list(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    answer = send(lina, LONG_ENOUGH)
    assert answer.status_code == 303
    assert answer.location.endswith("/modules/om1?notice=submitted")
    assert submitted(app) == LONG_ENOUGH
    assert essays_recorded(app) == 1


def test_submitting_twice_changes_nothing(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    first = stored(app)
    assert send(lina, LONG_ENOUGH).status_code == 303
    second = stored(app)
    assert first is not None
    assert second is not None
    assert (first.submitted_at, first.version) == (second.submitted_at, second.version)
    assert essays_recorded(app) == 1


def test_a_changed_essay_can_be_submitted_again(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    send(lina, ANOTHER, 1)
    assert submitted(app) == ANOTHER
    assert essays_recorded(app) == 1


def test_the_word_limits_are_those_of_the_module(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    for words, status in ((19, 422), (20, 303), (60, 303), (61, 422)):
        version = (draft(app) or ("", 0))[1]
        assert send(lina, "word " * words, version).status_code == status, words


def test_too_few_words_are_told_at_the_field_with_the_text_kept(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    answer = send(lina, "too short & <honest>")
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert '<a href="#text">Write at least 20 words; there are 3 now.</a>' in page
    assert 'id="text-error">Write at least 20 words; there are 3 now.' in page
    assert 'aria-invalid="true"' in page
    assert "too short & <honest></textarea>" in page
    assert rows(app) == 0


def test_twenty_thousand_words_are_refused_and_kept_on_the_page(cast: Cast, app: Flask) -> None:
    text = "læring " * 20_000
    answer = send(cast.visit("lina"), text)
    assert answer.status_code == 422
    assert "Write at most 60 words; there are 20000 now." in answer.text
    kept = re.search(r'<textarea[^>]* id="text"[^>]*>\s*(.*?)</textarea>', answer.text, re.DOTALL)
    assert kept is not None
    assert kept.group(1).split() == text.split()
    assert rows(app) == 0


def test_an_empty_essay_is_refused(cast: Cast, app: Flask) -> None:
    assert send(cast.visit("lina"), " \n\t\x00 ").status_code == 422
    assert rows(app) == 0


def test_whoever_follows_the_essay_step_sees_it_in_the_same_transaction(cast: Cast, app: Flask) -> None:
    seen: list[str | None] = []

    def follower(session: Session, participation: Participation) -> None:
        text = select(Essay.submitted_text).where(Essay.participation_id == participation.id)
        seen.append(session.scalars(text).one())

    modules.follow(Step.ESSAY, Step.EVALUATIONS, follower, lambda _session, _participation: None)
    try:
        lina = cast.visit("lina")
        send(lina, LONG_ENOUGH)
        send(lina, ANOTHER, 1)
    finally:
        modules._followers[Step.ESSAY].remove((Step.EVALUATIONS, follower))
        modules._preparations[Step.ESSAY].pop()
    assert seen == [LONG_ENOUGH]


def test_an_evaluation_that_starts_before_a_late_submission_wins(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send(lina, LONG_ENOUGH)
    start_evaluation(app)
    locked_at = stored(app).locked_at  # type: ignore[union-attr]
    start_evaluation(app)
    assert stored(app).locked_at == locked_at  # type: ignore[union-attr]
    assert send(lina, ANOTHER, 1).status_code == 409
    assert submitted(app) == LONG_ENOUGH


def test_the_state_follows_the_essay(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    assert state(app) == EssayState(EssayStatus.NONE, None, None, "", locked=False)
    autosave(lina, "three words now")
    assert (state(app).status, state(app).words, state(app).submitted_at) == (EssayStatus.DRAFT, 3, None)
    send(lina, LONG_ENOUGH, 1)
    autosave(lina, "three words now", 2)
    assert (state(app).status, state(app).words, state(app).locked) == (EssayStatus.SUBMITTED, 30, False)
    start_evaluation(app)
    assert state(app).locked


def state(app: Flask) -> EssayState:
    with app.app_context():
        return essay_state(db.session, db.session.scalars(select(Participation.id)).one_or_none())


def test_the_essay_needs_no_passed_test_first(cast: Cast, app: Flask) -> None:
    assert send(cast.visit("lina"), LONG_ENOUGH).status_code == 303


def test_a_form_without_its_token_is_refused(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    fields = {"csrf_token": "x", "text": LONG_ENOUGH, "version": "0", "action": "submit"}
    assert lina.post(ESSAY, fields).status_code == 400
    assert rows(app) == 0
