"""Peer evaluation: the two essays to evaluate, and the two evaluations of one's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool import passback
from lti_tool.database import db
from lti_tool.drafts import Unreadable, device_key, json_body, saved_text
from lti_tool.errors import DomainError
from lti_tool.jobs import current_jobs
from lti_tool.modules.queries import standing_of
from lti_tool.peer_review import actions, expiry
from lti_tool.peer_review.access import OwnEvaluation, evaluation_received, evaluation_to_give
from lti_tool.peer_review.actions import ChangedElsewhere, EvaluationClosed, Incomplete, TakenOver, Unchanged
from lti_tool.peer_review.answers import Answers, gaps
from lti_tool.peer_review.feedback import evaluation_to_judge, feedback_of, give_feedback, lift_flag
from lti_tool.peer_review.feedback import flag as flag_evaluation
from lti_tool.peer_review.forms import (
    Draft,
    FeedbackForm,
    FlagForm,
    Wish,
    evaluation_form,
    posted_answers,
    show_gaps,
    wish_in,
    words_in,
)
from lti_tool.peer_review.models import Evaluation, EvaluationStatus, Feedback
from lti_tool.peer_review.pools import may_be_restored
from lti_tool.peer_review.queries import NOTHING_YET, deadline_of, evaluation_state
from lti_tool.peer_review.reviews import latest
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import EvaluationForm, Step

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
    return _received(key)


@peer_review.post("/modules/<key>/received/<int(max=2):number>")
@open_to(Audience.LEARNER)
def read(key: str, number: int) -> Response:
    """Open one of them: from then on its writer can no longer change it."""
    actions.read_evaluation(db.session, current_launch().person_id, key, number)
    db.session.commit()
    return redirect(url_for("peer_review.received", key=key, _anchor=f"evaluation-{number}"), 303)


@peer_review.post("/modules/<key>/received/<int(max=2):number>/feedback")
@open_to(Audience.LEARNER)
def feedback(key: str, number: int) -> Response:
    """Tell its evaluator whether it was useful."""
    form = FeedbackForm(prefix=_prefix(number))
    person_id = current_launch().person_id
    evaluation_to_judge(db.session, person_id, key, number)
    useful = form.usefulness()
    if useful is None:
        return make_response(_received(key, number, form), 422)
    give_feedback(db.session, person_id, key, number, useful=useful, why=form.why.data or "")
    return _told(key, "feedback")


@peer_review.post("/modules/<key>/received/<int(max=2):number>/flag")
@open_to(Audience.LEARNER)
def flag(key: str, number: int) -> Response:
    """Tell coordinators what is wrong with it, or (action=lift) take that back."""
    form = FlagForm(prefix=_prefix(number))
    person_id = current_launch().person_id
    evaluation_to_judge(db.session, person_id, key, number)
    if request.form.get("action") == "lift":
        lift_flag(db.session, person_id, key, number)
        return _told(key, "unflagged")
    if not form.complete():
        return make_response(_received(key, number, form), 422)
    flag_evaluation(db.session, person_id, key, number, form.words.data or "")
    return _told(key, "flagged")


def _told(key: str, notice: str) -> Response:
    """Whatever is said of an evaluation, it is weighed anew."""
    db.session.commit()
    current_jobs().wake("weigh_evaluations")
    return redirect(url_for("peer_review.received", key=key, notice=notice), 303)


@peer_review.post("/modules/<key>/evaluations/resume")
@open_to(Audience.LEARNER)
def resume(key: str) -> Response:
    """Look for other essays for somebody whose time ran out."""
    standing_of(db.session, current_launch().person_id, key, Step.EVALUATIONS)
    found = expiry.resume(db.session, current_launch().person_id, key)
    db.session.commit()
    return redirect(url_for("peer_review.evaluations", key=key, notice="resumed" if found else None), 303)


@peer_review.get("/evaluations/<public_id>")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def evaluation(public_id: str) -> Response:
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    if own.evaluation.status is EvaluationStatus.OPEN:
        return _page("peer_review/begin.html", own)
    answers = Answers.model_validate(own.evaluation.draft)
    return _editor(own, evaluation_form(_definition(own), answers, own.evaluation.version))


@peer_review.get("/evaluations/<public_id>/preview")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def preview(public_id: str) -> Response:
    """The saved draft as its author would read it, and what is still missing."""
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    if not own.evaluation.editable:
        return redirect(url_for("peer_review.evaluation", public_id=public_id), 303)
    answers = Answers.model_validate(own.evaluation.draft)
    form = evaluation_form(_definition(own), answers, own.evaluation.version)
    found = gaps(answers, _definition(own), own.content.comment_words_min)
    show_gaps(form, _definition(own), found, own.content.comment_words_min)
    return _page("peer_review/preview.html", own, form=form, answers=answers)


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
    """The buttons of the page: save, preview, or submit. What cannot be kept is shown again."""
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    form, wish = evaluation_form(_definition(own)), wish_in(request.form.get("action"))
    answers, version = posted_answers(form, _definition(own)), form.base_version()
    try:
        return _carry_out(wish, own, answers, version)
    except (ChangedElsewhere, EvaluationClosed, Incomplete, TakenOver, Unchanged) as refusal:
        db.session.rollback()
        return _shown_again(public_id, form, refusal)


def _carry_out(wish: Wish, own: OwnEvaluation, answers: Answers, version: int) -> Response:
    person_id, public_id = current_launch().person_id, own.evaluation.public_id
    if wish is Wish.SUBMIT:
        score_ids = _submitted(public_id, answers, version)
        db.session.commit()
        passback.wake(score_ids)
        current_jobs().wake("weigh_evaluations")
        if own.evaluation.staff_id is not None:
            return redirect(url_for("shortages.overview", notice="submitted"), 303)
        return redirect(url_for("home.module", key=own.module_key, notice="submitted"), 303)
    actions.save_evaluation(db.session, person_id, public_id, answers, version)
    db.session.commit()
    if wish is Wish.PREVIEW:
        return redirect(url_for("peer_review.preview", public_id=public_id), 303)
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


def _shown_again(public_id: str, form: Any, refusal: DomainError) -> Response:
    own = evaluation_to_give(db.session, current_launch().person_id, public_id)
    conflict = refusal if isinstance(refusal, ChangedElsewhere) else None
    if isinstance(refusal, Incomplete):
        show_gaps(form, _definition(own), refusal.gaps, own.content.comment_words_min)
    if conflict is not None:
        form.version.data = str(conflict.version)
    if isinstance(refusal, Unchanged):
        form.form_errors.append(refusal.explanation)
    return _editor(own, form, status=refusal.status, conflict=conflict, unsaved=not isinstance(refusal, TakenOver))


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
        _template(row),
        own,
        status,
        form=form,
        words_in=words_in,
        essay=row.author.essay,
        decision=latest(db.session, row) if row.returned_at or row.voided_at else None,
        feedback=feedback_of(db.session, row.id),
        state=evaluation_state(db.session, own.participation.id) if row.evaluator_id and _is_lost(row) else NOTHING_YET,
        answers=Answers.model_validate(row.answers or row.draft),
        leftover=Answers.model_validate(row.draft) if row.draft != row.answers else None,
        conflict=Answers.model_validate(conflict.draft) if conflict else None,
        unsaved=unsaved,
        saved=saved_text(row.saved_at) if row.saved_at and not unsaved else "",
        device_key=_device_key(row.public_id),
    )


def _template(row: Evaluation) -> str:
    if row.voided_at is not None or (row.released_at is not None and not may_be_restored(db.session, row)):
        return "peer_review/lost.html"
    return "peer_review/evaluate.html" if row.editable else "peer_review/closed.html"


def _is_lost(row: Evaluation) -> bool:
    return row.voided_at is not None or row.released_at is not None


def _page(template: str, own: OwnEvaluation, status: int = 200, **values: Any) -> Response:
    text = own.content.text_in(current_launch().locale)
    page = render_template(
        template,
        key=own.module_key,
        module_title=text.title,
        definition=text.form,
        evaluation=own.evaluation,
        words_min=own.content.comment_words_min,
        deadline=deadline_of(db.session, own),
        **values,
    )
    return make_response(page, status)


def _overview(template: str, key: str, **values: Any) -> str:
    standing = standing_of(db.session, current_launch().person_id, key, Step.EVALUATIONS)
    state = evaluation_state(db.session, standing.participation_id)
    text = standing.content.text_in(current_launch().locale)
    return render_template(template, key=key, module_title=text.title, state=state, **values)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An evaluation that its author has opened, and what they say of it."""

    definition: EvaluationForm
    answers: Answers
    feedback: Feedback | None
    form: FeedbackForm
    flag_form: FlagForm


def _received(key: str, number: int = 0, refused: FeedbackForm | FlagForm | None = None) -> str:
    """`refused` is a form about evaluation `number` with something wanting: shown with what was typed."""
    person_id = current_launch().person_id
    state = evaluation_state(db.session, standing_of(db.session, person_id, key, Step.EVALUATIONS).participation_id)
    opened = {
        item.number: _opened(evaluation_received(db.session, person_id, key, item.number), item.number)
        for item in state.received
        if item.read_at is not None
    }
    if refused is not None:
        name = "form" if isinstance(refused, FeedbackForm) else "flag_form"
        opened[number] = replace(opened[number], **{name: refused})
    return _overview("peer_review/received.html", key, opened=opened, refused=refused)


def _opened(own: OwnEvaluation, number: int) -> _Opened:
    said, prefix = feedback_of(db.session, own.evaluation.id), _prefix(number)
    return _Opened(
        _definition(own),
        Answers.model_validate(own.evaluation.answers),
        said,
        FeedbackForm(formdata=None, prefix=prefix, obj=said),
        FlagForm(formdata=None, prefix=prefix, data={"words": said.flag if said else ""}),
    )


def _prefix(number: int) -> str:
    return f"evaluation-{number}-"


def _definition(own: OwnEvaluation) -> EvaluationForm:
    return own.content.text_in(current_launch().locale).form


def _device_key(public_id: str) -> str:
    return device_key(f"evaluation {public_id}")
