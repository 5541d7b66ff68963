"""Preparing for a meeting: something to read, and a few questions."""

from __future__ import annotations

from dataclasses import dataclass

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.attendance import preparing, sign_up_words
from lti_tool.attendance.dates_view import OwnMeeting, prepared_meeting
from lti_tool.attendance.models import Preparation
from lti_tool.attendance.preparing import PreparedElsewhere, Unanswered, Whose
from lti_tool.attendance.preparing_forms import Draft, PreparationForm, preparation_form
from lti_tool.attendance.routes import attendance
from lti_tool.attendance.sign_up_queries import standings_of
from lti_tool.database import db
from lti_tool.drafts import Unreadable, device_key, json_body, saved_text
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme import requirements
from lti_tool.programme.content import in_language


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be prepared, and by whom."""

    own: OwnMeeting
    asked: requirements.Preparation
    whose: Whose

    def in_words(self, language: str) -> tuple[str, list[str]]:
        default = self.own.term.content.default_language
        questions = [in_language(question, language, default) for question in self.asked.questions]
        return in_language(self.asked.texts, language, default), questions


@attendance.get("/l/<visit>/meetings/<meeting>/preparation")
@open_to(Audience.LEARNER)
def preparation(meeting: str) -> Response:
    asked = _asked(meeting)
    written = preparing.preparation_of(db.session, asked.whose)
    answers, version = (written.answers, written.version) if written else ({}, 0)
    return _page(asked, preparation_form(_questions(asked), answers, version))


@attendance.post("/l/<visit>/meetings/<meeting>/preparation")
@open_to(Audience.LEARNER)
def prepare(meeting: str) -> Response:
    """`action` is save or done."""
    asked = _asked(meeting)
    form, wish = preparation_form(_questions(asked)), request.form.get("action")
    if wish not in ("save", "done"):
        raise Unreadable("unknown button")
    version = form.base_version()
    if not form.fits():
        return _page(asked, form, status=422, unsaved=True)
    try:
        (preparing.finish if wish == "done" else preparing.save_preparation)(
            db.session, asked.whose, form.answers, version
        )
    except Unanswered as refusal:
        # What is written so far is kept.
        form.version.data = str(_kept(asked).version)
        db.session.commit()
        form.ask_for(refusal.questions)
        return _page(asked, form, status=refusal.status)
    except PreparedElsewhere as refusal:
        db.session.rollback()
        form.version.data = str(refusal.version)
        return _page(asked, form, status=refusal.status, conflict=refusal, unsaved=True)
    db.session.commit()
    notice = "prepared" if wish == "done" else "saved"
    return redirect(url_for("attendance.preparation", meeting=meeting, notice=notice), 303)


@attendance.put("/l/<visit>/meetings/<meeting>/preparation/draft")
@open_to(Audience.LEARNER)
def save_preparation_draft(meeting: str) -> Response:
    """Autosave: {"answers": [...], "version": n} gives {"version": n + 1, "status": "Saved 14:05"}; 409 with "reason"
    `changed` comes with the other answers and their version."""
    draft, asked = json_body(Draft), _asked(meeting)
    try:
        saved = preparing.save_preparation(
            db.session, asked.whose, draft.for_questions(len(asked.asked.questions)), draft.version
        )
    except PreparedElsewhere as other:
        theirs = list(other.answers.values())
        return make_response(
            jsonify(reason="changed", version=other.version, status=other.explanation, answers=theirs), 409
        )
    db.session.commit()
    return jsonify(version=saved.version, status=saved_text(saved.saved_at))


def _asked(meeting: str) -> _Asked:
    person_id = current_launch().person_id
    own, asked = prepared_meeting(db.session, person_id, meeting)
    return _Asked(own, asked, (person_id, own.term.cohort_id, meeting))


def _questions(asked: _Asked) -> list[str]:
    return asked.in_words(_language())[1]


def _kept(asked: _Asked) -> Preparation:
    return db.session.get_one(Preparation, asked.whose)


def _page(
    asked: _Asked,
    form: PreparationForm,
    *,
    status: int = 200,
    conflict: PreparedElsewhere | None = None,
    unsaved: bool = False,
) -> Response:
    """`unsaved` says that what the form holds is not stored."""
    person_id, cohort_id, key = asked.whose
    written = preparing.preparation_of(db.session, asked.whose)
    (standing,) = standings_of(db.session, [(person_id, cohort_id)], key)
    page = render_template(
        "attendance/preparation.html",
        own=asked.own,
        minutes=asked.asked.minutes,
        text=asked.in_words(_language())[0],
        form=form,
        written=written,
        date=standing.place,
        signs_up=_signs_up(asked.own),
        words=sign_up_words,
        conflict=list(conflict.answers.values()) if conflict else None,
        unsaved=unsaved,
        saved=saved_text(written.saved_at) if written and not unsaved else "",
        device_key=device_key(f"preparation {' '.join(map(str, asked.whose))}"),
        language=_language(),
    )
    return make_response(page, status)


def _signs_up(own: OwnMeeting) -> bool:
    return own.term.content.meeting_of(own.key)[0].held_by == "programme"


def _language() -> str:
    return str(get_locale())
