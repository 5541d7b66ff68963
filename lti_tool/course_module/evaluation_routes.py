"""The final evaluation, as either side writes it and reads both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.course_module import evaluation
from lti_tool.course_module.answers import Answers
from lti_tool.course_module.blueprint import COHORT, OWN, PERSON, course_module
from lti_tool.course_module.course_routes import own_course
from lti_tool.course_module.evaluation import ChangedElsewhere, Closed, Incomplete, Released, Subject, side_of
from lti_tool.course_module.forms import Draft, Wish, evaluation_form, posted_answers, show_gaps, wish_in
from lti_tool.course_module.models import Side
from lti_tool.course_module.scope import assistant_in, module_of_assistant
from lti_tool.course_module.words import level_words, text_prompts
from lti_tool.database import db
from lti_tool.drafts import Unreadable, device_key, json_body, saved_text
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.people.names import shown_name

_EVALUATION = f"{COHORT}/evaluations/{PERSON}"
_OWN_EVALUATION = f"{OWN}/evaluation"


@dataclass(frozen=True, slots=True)
class Desk:
    """One side at its place: `address` names a page of it with its arguments, `whom` the learning assistant where it is
    the department's."""

    subject: Subject
    side: Side
    address: Callable[[str], str]
    whom: str = ""

    @property
    def outcomes(self) -> dict[str, str]:
        """The wording of each learning outcome by its key, in the reader's language."""
        programme, language = self.subject.module.programme, current_launch().locale
        return {key: programme.outcome_in(key, language) for key in self.subject.module.outcomes}


@course_module.get(_EVALUATION)
@open_to(Audience.INSTRUCTOR)
def department_evaluation(cohort_id: int, person_id: int) -> Response:
    return _shown(_departments(cohort_id, person_id))


@course_module.post(_EVALUATION)
@open_to(Audience.INSTRUCTOR)
def write_department(cohort_id: int, person_id: int) -> Response:
    """Save the draft, submit it, or take it back."""
    return _written(_departments(cohort_id, person_id))


@course_module.put(f"{_EVALUATION}/draft")
@open_to(Audience.INSTRUCTOR)
def save_department(cohort_id: int, person_id: int) -> Response:
    return _saved(_departments(cohort_id, person_id))


@course_module.get(_OWN_EVALUATION)
@open_to(Audience.LEARNER)
def own_evaluation(cohort_id: int, course_id: int) -> Response:
    return _shown(_assistants(cohort_id, course_id))


@course_module.post(_OWN_EVALUATION)
@open_to(Audience.LEARNER)
def write_own(cohort_id: int, course_id: int) -> Response:
    """Save the draft, submit it, or take it back."""
    return _written(_assistants(cohort_id, course_id))


@course_module.put(f"{_OWN_EVALUATION}/draft")
@open_to(Audience.LEARNER)
def save_own(cohort_id: int, course_id: int) -> Response:
    return _saved(_assistants(cohort_id, course_id))


def _departments(cohort_id: int, person_id: int) -> Desk:
    module = own_course(cohort_id, records="evaluation")
    whom = shown_name(assistant_in(db.session, module, person_id))
    pages = {
        "page": "course_module.department_evaluation",
        "write": "course_module.write_department",
        "draft": "course_module.save_department",
    }
    return Desk(
        Subject(module, person_id),
        Side.DEPARTMENT,
        lambda page: url_for(pages[page], cohort_id=cohort_id, person_id=person_id),
        whom,
    )


def _assistants(cohort_id: int, course_id: int) -> Desk:
    person_id = current_launch().person_id
    module = module_of_assistant(db.session, person_id, course_id, cohort_id)
    module.must_record("evaluation")
    pages = {
        "page": "course_module.own_evaluation",
        "write": "course_module.write_own",
        "draft": "course_module.save_own",
    }
    return Desk(
        Subject(module, person_id),
        Side.ASSISTANT,
        lambda page: url_for(pages[page], cohort_id=cohort_id, course_id=course_id),
    )


def _shown(desk: Desk) -> Response:
    seen = side_of(db.session, desk.subject, desk.side)
    return _page(desk, evaluation_form(desk.outcomes, seen.answers, seen.version))


def _written(desk: Desk) -> Response:
    """Every button of the page. What cannot be kept is shown again."""
    wish, person_id = wish_in(request.form.get("action")), current_launch().person_id
    if wish is Wish.TAKE_BACK:
        return _taken_back(desk)
    form = evaluation_form(desk.outcomes)
    answers, version = posted_answers(form, desk.outcomes), form.base_version()
    act = evaluation.submit if wish is Wish.SUBMIT else evaluation.save
    try:
        act(db.session, person_id, desk.subject, desk.side, answers, version=version)
    except (ChangedElsewhere, Closed, Incomplete, Released) as refusal:
        db.session.rollback()
        return _shown_again(desk, form, refusal)
    db.session.commit()
    return redirect(_with_notice(desk, "submitted" if wish is Wish.SUBMIT else "saved"), 303)


def _taken_back(desk: Desk) -> Response:
    try:
        evaluation.take_back(db.session, current_launch().person_id, desk.subject, desk.side)
    except Released:
        db.session.rollback()
        return redirect(desk.address("page"), 303)
    db.session.commit()
    return redirect(_with_notice(desk, "taken-back"), 303)


def _saved(desk: Desk) -> Response:
    """Autosave: the answers and "version" n give {"version": n + 1, "status": "Saved 14:05"}.

    409 with "reason" `changed` comes with what was saved elsewhere; with `locked` nothing can be saved.
    """
    draft = json_body(Draft)
    try:
        row = evaluation.save(
            db.session, current_launch().person_id, desk.subject, desk.side, draft.answers(), version=draft.version
        )
    except ValueError as error:
        raise Unreadable("answers of another form") from error
    except ChangedElsewhere as other:
        body = {**other.answers.stored(), "reason": "changed", "version": other.version, "status": other.explanation}
        return make_response(jsonify(body), 409)
    except (Closed, Released) as closed:
        return make_response(jsonify(reason="locked", status=closed.explanation), 409)
    db.session.commit()
    return jsonify(version=row.version, status=saved_text(row.saved_at))


def _shown_again(desk: Desk, form: Any, refusal: ChangedElsewhere | Closed | Incomplete | Released) -> Response:
    if isinstance(refusal, Incomplete):
        show_gaps(form, refusal.gaps)
    conflict = refusal.answers if isinstance(refusal, ChangedElsewhere) else None
    if isinstance(refusal, ChangedElsewhere):
        form.version.data = str(refusal.version)
    return _page(desk, form, status=refusal.status, conflict=conflict, unsaved=True)


def _page(
    desk: Desk, form: Any, *, status: int = 200, conflict: Answers | None = None, unsaved: bool = False
) -> Response:
    """The form or, once it is submitted, what was submitted; both sides once both are. `unsaved` says that what the
    form holds is not stored."""
    seen = side_of(db.session, desk.subject, desk.side)
    template = "released" if seen.released else "submitted" if seen.submitted_at else "evaluate"
    page = render_template(
        f"course_module/{template}.html",
        module=desk.subject.module,
        desk=desk,
        seen=seen,
        form=form,
        outcomes=desk.outcomes,
        levels=level_words(),
        prompts=text_prompts(),
        conflict=conflict,
        unsaved=unsaved,
        saved=saved_text(seen.saved_at) if seen.saved_at and not unsaved else "",
        device_key=_device_key(desk),
        language=current_launch().locale,
    )
    return make_response(page, status)


def _device_key(desk: Desk) -> str:
    """Each writer's own, because several instructors may write the department's."""
    module, writer = desk.subject.module, current_launch().person_id
    return device_key(
        f"final-evaluation {writer} {module.course_id} {module.cohort_id} {desk.subject.person_id} {desk.side}"
    )


def _with_notice(desk: Desk, notice: str) -> str:
    return f"{desk.address('page')}?notice={notice}"
