"""The reflection essay: write, preview, submit, and settle what two tabs wrote."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool import passback
from lti_tool.database import db
from lti_tool.drafts import clean_text, device_key, json_body, saved_text
from lti_tool.modules.queries import Standing, standing_of
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import Step
from lti_tool.programme.queries import programme_in
from lti_tool.reflection import actions
from lti_tool.reflection.actions import EssayLocked, LanguageFixed, NothingRewritten, SavedElsewhere, WrongLength
from lti_tool.reflection.forms import Draft, EssayForm, Wish, language_in, language_name, wish_in
from lti_tool.reflection.queries import essay_of
from lti_tool.reflection.words import count_words
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

reflection = Blueprint("reflection", __name__, url_prefix="/l/<visit>/modules/<key>/essay")


@reflection.get("")
@open_to(Audience.LEARNER)
def essay(key: str) -> Response:
    standing = standing_of(db.session, current_launch().person_id, key, Step.ESSAY)
    written = essay_of(db.session, standing.participation_id)
    form = EssayForm(
        formdata=None,
        text=written.text if written else "",
        version=written.version if written else 0,
        language=written.language if written else _usual_language(standing),
    )
    _offer_languages(form, standing)
    return _page(standing, form)


@reflection.post("")
@open_to(Audience.LEARNER)
def submit(key: str) -> Response:
    """Every button of the page: save the draft, preview it, submit it. What cannot be kept is shown again."""
    form, wish = EssayForm(), wish_in(request.form.get("action"))
    standing = standing_of(db.session, current_launch().person_id, key, Step.ESSAY)
    _offer_languages(form, standing)
    version, language = form.base_version(), form.chosen_language()
    try:
        return _carry_out(wish, standing, form.text.data or "", version, language)
    except (SavedElsewhere, EssayLocked, LanguageFixed, NothingRewritten, WrongLength) as refusal:
        db.session.rollback()
        return _shown_again(key, form, refusal)


@reflection.put("/draft")
@open_to(Audience.LEARNER)
def save_draft(key: str) -> Response:
    """Autosave: {"text": ..., "language": "nb", "version": n} gives {"version": n + 1, "status": "Saved 14:05"}.

    Without "language" it stays. 409 with "reason" `changed` comes with the other "text", its "language" and its
    "version"; with `locked` nothing can be saved.
    """
    draft = json_body(Draft)
    person_id = current_launch().person_id
    standing = standing_of(db.session, person_id, key, Step.ESSAY)
    language = language_in(draft.language, standing.content.languages)
    try:
        saved = actions.save_draft(
            db.session, person_id, standing.module, clean_text(draft.text), draft.version, language=language
        )
    except SavedElsewhere as other:
        theirs = {"version": other.version, "text": other.text, "language": other.language}
        return make_response(jsonify(reason="changed", status=other.explanation, **theirs), 409)
    except EssayLocked as locked:
        return make_response(jsonify(reason="locked", status=locked.explanation), 409)
    db.session.commit()
    return jsonify(version=saved.version, status=saved_text(saved.saved_at))


def _carry_out(wish: Wish, standing: Standing, text: str, version: int, language: str | None) -> Response:
    person_id, key = current_launch().person_id, standing.module.key
    if wish is Wish.SUBMIT:
        score_ids = actions.submit_essay(db.session, person_id, standing.module, text, version, language=language)
        db.session.commit()
        passback.wake(score_ids)
        return redirect(url_for("home.module", key=key, notice="submitted"), 303)
    actions.save_draft(db.session, person_id, standing.module, text, version, language=language)
    db.session.commit()
    if wish is Wish.PREVIEW:
        return redirect(url_for("reflection.essay", key=key, preview=1, _anchor="preview"), 303)
    return redirect(url_for("reflection.essay", key=key, notice="saved"), 303)


def _shown_again(
    key: str,
    form: EssayForm,
    refusal: SavedElsewhere | EssayLocked | LanguageFixed | NothingRewritten | WrongLength,
) -> Response:
    standing = standing_of(db.session, current_launch().person_id, key, Step.ESSAY)
    if isinstance(refusal, WrongLength):
        form.text.errors = [_length_message(standing, refusal.words)]
    if isinstance(refusal, NothingRewritten):
        form.text.errors = [refusal.explanation]
    if isinstance(refusal, LanguageFixed):
        form.language.errors = [refusal.explanation]
    conflict = refusal if isinstance(refusal, SavedElsewhere) else None
    if conflict is not None:
        form.version.data = str(conflict.version)
    return _page(standing, form, status=refusal.status, conflict=conflict, unsaved=True)


def _is_evaluated(standing: Standing) -> bool:
    """By other learning assistants; otherwise staff alone read it, and nothing ever locks it."""
    return Step.EVALUATIONS in standing.content.steps


def _offer_languages(form: EssayForm, standing: Standing) -> None:
    languages = standing.content.languages
    decides = len(languages) > 1 and _is_evaluated(standing)
    if decides:
        pools = programme_in(db.session, standing.module.cohort_id).content.pools
        decides = pools.languages == "separate"
    form.offer(languages, decides=decides)


def _usual_language(standing: Standing) -> str:
    """The language of the visit, where the module has it."""
    locale = current_launch().locale
    return locale if locale in standing.content.languages else standing.content.default_language


def _length_message(standing: Standing, words: int) -> str:
    limits = {"min": standing.content.essay_words_min, "max": standing.content.essay_words_max}
    if words < standing.content.essay_words_min:
        return ngettext(
            "Write at least %(min)s words; there is %(num)s now.",
            "Write at least %(min)s words; there are %(num)s now.",
            words,
            **limits,
        )
    return _("Write at most %(max)s words; there are %(num)s now.", num=words, **limits)


def _page(
    standing: Standing,
    form: EssayForm,
    *,
    status: int = 200,
    conflict: SavedElsewhere | None = None,
    unsaved: bool = False,
) -> Response:
    """The editor or, once an evaluation has started, what was submitted.

    `unsaved` says that the text in the form is not stored.
    """
    written = essay_of(db.session, standing.participation_id)
    locked = written is not None and written.locked_at is not None and written.returned_at is None
    values: dict[str, Any] = {
        "essay": written,
        "form": form,
        "conflict": conflict,
        "unsaved": unsaved,
        "saved": saved_text(written.saved_at) if written and not unsaved else "",
        "words": count_words(form.text.data or ""),
        "preview": bool(request.args.get("preview")),
        "device_key": _device_key(standing),
        "language_name": language_name,
        "evaluated": _is_evaluated(standing),
    }
    text = standing.content.text_in(current_launch().locale)
    template = "reflection/locked.html" if locked else "reflection/essay.html"
    page = render_template(
        template, key=standing.module.key, module_title=text.title, text=text, limits=standing.content, **values
    )
    return make_response(page, status)


def _device_key(standing: Standing) -> str:
    """The same before the first save."""
    return device_key(f"essay {current_launch().person_id} {standing.module.cohort_id} {standing.module.id}")
