"""Peer evaluation: the two essays to evaluate, and the two evaluations of one's own."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool import passback
from lti_tool.database import db
from lti_tool.drafts import Unreadable, json_body, saved_text
from lti_tool.modules.queries import standing_of
from lti_tool.peer_review import actions
from lti_tool.peer_review.access import OwnEvaluation, evaluation_received, evaluation_to_give
from lti_tool.peer_review.actions import ChangedElsewhere, EvaluationClosed, Incomplete, TakenOver
from lti_tool.peer_review.answers import Answers
from lti_tool.peer_review.forms import Draft, Wish, evaluation_form, posted_answers, show_gaps, wish_in, words_in
from lti_tool.peer_review.models import EvaluationStatus
from lti_tool.peer_review.queries import evaluation_state
from lti_tool.peer_review.waking import wake_weighing
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import EvaluationForm

peer_review = Blueprint("peer_review", __name__, url_prefix="/l/<visit>")


@peer_review.get("/modules/<key>/evaluations")
@open_to(Audience.LEARNER)
def evaluations(key: str) -> str:
    """The two tasks, or how many others are still wanted."""
    return _overview("peer_review/evaluations.html", key)


@peer_review.get("/modules/<key>/received")
@open_to(Audience.LEARNER)
def received(key: str) -> str:
    """The evaluations of one's own essay; what they say is shown once they have been opened."""
    person_id = current_launch().person_id
    state = evaluation_state(db.session, standing_of(db.session, person_id, key).participation_id)
    opened = {
        item.number: _shown(evaluation_received(db.session, person_id, key, item.number))
        for item in state.received
        if item.read_at is not None
    }
    return _overview("peer_review/received.html", key, opened=opened)


@peer_review.post("/modules/<key>/received/<int(max=2):number>")
@open_to(Audience.LEARNER)
def read(key: str, number: int) -> Response:
    """Open one of them: from then on its writer can no longer change it."""
    actions.read_evaluation(db.session, current_launch().person_id, key, number)
    db.session.commit()
    return redirect(url_for("peer_review.received", key=key, _anchor=f"evaluation-{number}"), 303)


@peer_review.get("/evaluations/<public_id>")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def evaluation(public_id: str) -> Response:
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    if own.evaluation.status is EvaluationStatus.OPEN:
        return _page("peer_review/begin.html", own)
    answers = Answers.model_validate(own.evaluation.draft)
    return _editor(own, evaluation_form(_definition(own), answers, own.evaluation.version))


@peer_review.post("/evaluations/<public_id>/start")
@open_to(Audience.LEARNER)
def start(public_id: str) -> Response:
    actions.start_evaluation(db.session, current_launch().person_id, public_id)
    db.session.commit()
    return redirect(url_for("peer_review.evaluation", public_id=public_id), 303)


@peer_review.put("/evaluations/<public_id>/draft")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def save_draft(public_id: str) -> Response:
    """Autosave: {"criteria": {...}, "overall": ..., "version": n} gives {"version": n + 1, "status": "Saved 14:05"}.

    409 with "reason" `changed` comes with what the other tab saved; with `locked` nothing can be saved.
    """
    draft = json_body(Draft)
    try:
        own = actions.save_evaluation(db.session, current_launch().person_id, public_id, draft.answers(), draft.version)
    except ValueError as error:
        raise Unreadable("answers of another form") from error
    except ChangedElsewhere as other:
        body = {**other.draft, "reason": "changed", "version": other.version, "status": other.explanation}
        return make_response(jsonify(body), 409)
    except EvaluationClosed as closed:
        return make_response(jsonify(reason="locked", status=closed.explanation), 409)
    db.session.commit()
    saved_at = own.evaluation.saved_at
    return jsonify(version=own.evaluation.version, status=saved_text(saved_at) if saved_at else "")


@peer_review.post("/evaluations/<public_id>")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def submit(public_id: str) -> Response:
    """Both buttons of the page: save, or submit. What cannot be kept is shown again."""
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    form, wish = evaluation_form(_definition(own)), wish_in(request.form.get("action"))
    answers, version = posted_answers(form, _definition(own)), form.base_version()
    try:
        return _carry_out(wish, own, answers, version)
    except (ChangedElsewhere, EvaluationClosed, Incomplete) as refusal:
        db.session.rollback()
        return _shown_again(public_id, form, refusal)


def _carry_out(wish: Wish, own: OwnEvaluation, answers: Answers, version: int) -> Response:
    person_id, public_id = current_launch().person_id, own.evaluation.public_id
    if wish is Wish.SUBMIT:
        score_ids = _submitted(public_id, answers, version)
        db.session.commit()
        passback.wake(score_ids)
        wake_weighing()
        if own.evaluation.staff_id is not None:
            return redirect(url_for("shortages.overview", notice="submitted"), 303)
        return redirect(url_for("home.module", key=own.module_key, notice="submitted"), 303)
    actions.save_evaluation(db.session, person_id, public_id, answers, version)
    db.session.commit()
    return redirect(url_for("peer_review.evaluation", public_id=public_id, notice="saved"), 303)


def _submitted(public_id: str, answers: Answers, version: int) -> list[int]:
    person_id = current_launch().person_id
    try:
        return actions.submit_evaluation(db.session, person_id, public_id, answers, version)
    except TakenOver:
        db.session.rollback()
        actions.save_evaluation(db.session, person_id, public_id, answers, version)
        db.session.commit()
        raise


def _shown_again(public_id: str, form: Any, refusal: ChangedElsewhere | EvaluationClosed | Incomplete) -> Response:
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    conflict = refusal if isinstance(refusal, ChangedElsewhere) else None
    if isinstance(refusal, Incomplete):
        show_gaps(form, _definition(own), refusal.gaps, own.content.comment_words_min)
    if conflict is not None:
        form.version.data = str(conflict.version)
    return _editor(own, form, status=refusal.status, conflict=conflict, unsaved=True)


def _editor(
    own: OwnEvaluation,
    form: Any,
    *,
    status: int = 200,
    conflict: ChangedElsewhere | None = None,
    unsaved: bool = False,
) -> Response:
    """The essay beside the form; `unsaved` says that what the form holds is not stored."""
    row = own.evaluation
    return _page(
        "peer_review/evaluate.html" if row.editable else "peer_review/closed.html",
        own,
        status,
        form=form,
        words_in=words_in,
        essay=row.author.essay.submitted_text,
        answers=Answers.model_validate(row.answers or row.draft),
        leftover=Answers.model_validate(row.draft) if row.draft != row.answers else None,
        conflict=Answers.model_validate(conflict.draft) if conflict else None,
        unsaved=unsaved,
        saved=saved_text(row.saved_at) if row.saved_at and not unsaved else "",
        device_key=_device_key(row.public_id),
    )


def _page(template: str, own: OwnEvaluation, status: int = 200, **values: Any) -> Response:
    text = own.content.text_in(current_launch().locale)
    page = render_template(
        template,
        key=own.module_key,
        module_title=text.title,
        definition=text.evaluation,
        evaluation=own.evaluation,
        words_min=own.content.comment_words_min,
        **values,
    )
    return make_response(page, status)


def _overview(template: str, key: str, **values: Any) -> str:
    standing = standing_of(db.session, current_launch().person_id, key)
    state = evaluation_state(db.session, standing.participation_id)
    text = standing.content.text_in(current_launch().locale)
    return render_template(template, key=key, module_title=text.title, state=state, **values)


def _shown(own: OwnEvaluation) -> dict[str, Any]:
    return {"definition": _definition(own), "answers": Answers.model_validate(own.evaluation.answers)}


def _definition(own: OwnEvaluation) -> EvaluationForm:
    return own.content.text_in(current_launch().locale).evaluation


def _device_key(public_id: str) -> str:
    """Names this evaluation in the browser's storage; of no use to anybody else who finds it there."""
    secret = current_app.config["SETTINGS"].secret_key
    return hmac.new(secret.encode(), f"evaluation {public_id}".encode(), hashlib.sha256).hexdigest()[:32]
