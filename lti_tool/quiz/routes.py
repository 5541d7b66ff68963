"""The test of an online module: begin, answer, submit, read the feedback."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool import passback
from lti_tool.database import db, now
from lti_tool.drafts import json_body, saved_text
from lti_tool.modules.queries import Standing, standing_of
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import ModuleText, Step
from lti_tool.quiz import actions, queries
from lti_tool.quiz.access import OwnAttempt, own_attempt
from lti_tool.quiz.forms import OneAnswer, Wish, answer_in, answers_in, wish_in
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.paper import Asked, paper

quiz = Blueprint("quiz", __name__, url_prefix="/l/<visit>/modules/<key>/test")

# A number that no attempt ever has; larger ones would not fit the database's integers.
ATTEMPT = "/attempts/<int(max=99999):number>"


@quiz.get("")
@open_to(Audience.LEARNER)
def test(key: str) -> str:
    """The open attempt; otherwise what the test asks for, how earlier attempts went, and a way to begin."""
    standing = standing_of(db.session, current_launch().person_id, key, Step.TEST)
    attempt = queries.open_attempt(db.session, standing.participation_id)
    if attempt is not None:
        return _open_page(standing, attempt)
    return _show(
        "quiz/overview.html", standing, attempts=queries.submitted_attempts(db.session, standing.participation_id)
    )


@quiz.post("/attempts")
@open_to(Audience.LEARNER)
def start(key: str) -> Response:
    standing = standing_of(db.session, current_launch().person_id, key, Step.TEST)
    actions.start_attempt(db.session, current_launch().person_id, standing.module)
    db.session.commit()
    return redirect(url_for("quiz.test", key=key), 303)


@quiz.put(ATTEMPT + "/answers")
@open_to(Audience.LEARNER)
def save(key: str, number: int) -> Response:
    """Autosave of one question: {"question": "q1", "chosen": ["a"], "seconds": 20}, the last if it was measured."""
    own = own_attempt(db.session, current_launch().person_id, key, number, for_change=True)
    body = json_body(OneAnswer)
    actions.save_answers(db.session, own.attempt, answer_in(body, _text(own.standing).questions), body.seconds)
    db.session.commit()
    return jsonify(status=saved_text(now()))


@quiz.post(ATTEMPT)
@open_to(Audience.LEARNER)
def submit(key: str, number: int) -> Response:
    """Keep the answers; mark them when that is wanted and none is missing, or missing ones are confirmed."""
    wish = wish_in(request.form)
    own = own_attempt(db.session, current_launch().person_id, key, number, for_change=True)
    answers = answers_in(request.form, _text(own.standing).questions)
    if own.attempt.submitted_at is not None:
        return _to_result(key, own)
    actions.save_answers(db.session, own.attempt, answers)
    if wish is Wish.SAVE or (wish is Wish.SUBMIT and _unanswered(own)):
        db.session.commit()
        return redirect(url_for("quiz.test", key=key, **_AFTER_SAVING[wish]), 303)
    return _mark(key, own)


@quiz.get(ATTEMPT)
@open_to(Audience.LEARNER)
def result(key: str, number: int) -> str | Response:
    own = own_attempt(db.session, current_launch().person_id, key, number)
    if own.attempt.submitted_at is None:
        return redirect(url_for("quiz.test", key=key))
    questions = _paper(own.standing, own.attempt)
    return _show("quiz/result.html", own.standing, attempt=own.attempt, questions=questions)


_AFTER_SAVING: dict[Wish, dict[str, Any]] = {Wish.SAVE: {"notice": "saved"}, Wish.SUBMIT: {"check": 1}}


def _mark(key: str, own: OwnAttempt) -> Response:
    score_ids = actions.submit_attempt(db.session, own.attempt, own.standing.content)
    db.session.commit()
    passback.wake(score_ids)
    return _to_result(key, own)


def _to_result(key: str, own: OwnAttempt) -> Response:
    state = queries.test_state(db.session, own.attempt.participation_id, own.standing.content)
    # Somebody without attempts left is not told to try again; the page itself says what happens now.
    notice = "test-passed" if own.attempt.passed else "test-failed" if state.may_start else None
    return redirect(url_for("quiz.result", key=key, number=own.attempt.number, notice=notice), 303)


def _open_page(standing: Standing, attempt: Attempt) -> str:
    questions = _paper(standing, attempt)
    missing = [asked for asked in questions if not asked.answered]
    return _show(
        "quiz/test.html",
        standing,
        attempt=attempt,
        questions=questions,
        # Shown after an attempt to submit with questions unanswered.
        missing=missing if request.args.get("check") else [],
    )


def _show(template: str, standing: Standing, **values: Any) -> str:
    state = queries.test_state(db.session, standing.participation_id, standing.content)
    return render_template(template, key=standing.module.key, module_title=_text(standing).title, state=state, **values)


def _paper(standing: Standing, attempt: Attempt) -> list[Asked]:
    return paper(_text(standing), attempt.seed, queries.answers_of(db.session, attempt.id))


def _unanswered(own: OwnAttempt) -> bool:
    return not all(asked.answered for asked in _paper(own.standing, own.attempt))


def _text(standing: Standing) -> ModuleText:
    return standing.content.text_in(current_launch().locale)
