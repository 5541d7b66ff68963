"""Having other training recognised: applying, what became of it, withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.database import db
from lti_tool.equivalence import access, actions, queries
from lti_tool.equivalence.actions import AlreadyApplied, Applied
from lti_tool.equivalence.documents import FILE_BYTES, Document, Refused, RefusedDocument, document_of
from lti_tool.equivalence.forms import application_form
from lti_tool.equivalence.models import Decision
from lti_tool.equivalence.words import STATES, category_title, log_words, refused_words
from lti_tool.errors import Conflict, DomainError, NotFound
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import in_language
from lti_tool.programme.queries import ProgrammeTerm, current_programmes
from lti_tool.programme.requirements import Equivalent
from lti_tool.texts import gettext as _
from lti_tool.web import csrf

equivalence = Blueprint("equivalence", __name__, url_prefix="/l/<visit>/equivalence")

# What stands around the file in what a browser sends.
_ENVELOPE = 64 * 1024
_CLOSED = (Decision.PENDING, Decision.APPROVED)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of other training, in the reader's language."""

    title: str
    told: str
    recognised: bool


class NothingRecognised(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "a programme that recognises no other training",
            title=_("No other training is recognised"),
            explanation=_("This programme does not recognise any other training instead of itself."),
        )


@equivalence.get("")
@open_to(Audience.LEARNER)
def own() -> Response:
    programme = _programme()
    return _page(programme, application_form(programme.content, current_launch().locale) if programme else None)


@equivalence.post("")
@csrf.exempt  # type: ignore[untyped-decorator]
@open_to(Audience.LEARNER)
def apply() -> Response:
    """The form's token is checked here, and not before it is known who sends so much."""
    programme, launch = _programme(), current_launch()
    request.max_content_length = FILE_BYTES + _ENVELOPE
    try:
        csrf.protect()
    except RequestEntityTooLarge:
        return _page(programme, None, 413, file_error=refused_words(Refused.TOO_LARGE))
    if programme is None:
        raise NothingRecognised
    form = application_form(programme.content, launch.locale)
    valid = form.validate_on_submit()
    document, refused = _document()
    if not valid or refused:
        return _page(programme, form, 422, file_error=refused)
    new = Applied(programme.id, programme.cohort_id, form.category.data, form.statement.data, document)
    try:
        actions.apply(db.session, launch.person_id, new)
    except AlreadyApplied as refusal:
        db.session.rollback()
        return _page(programme, form, 409, refusal=refusal)
    db.session.commit()
    return redirect(url_for("equivalence.own", programme=programme.content.key, notice="equivalence-applied"), 303)


@equivalence.post("/<application>/withdraw")
@open_to(Audience.LEARNER)
def withdraw(application: str) -> Response:
    found = access.own_application(db.session, current_launch().person_id, application)
    actions.withdraw(db.session, found.id, found.person_id)
    db.session.commit()
    return redirect(url_for("equivalence.own", notice="equivalence-withdrawn"), 303)


@equivalence.get("/<application>/document")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def document(application: str) -> Response:
    """To be kept as a file: whatever is in it, no page of ours shows it."""
    launch = current_launch()
    found = access.document_for(db.session, launch.person_id, launch.cohort_ids, application)
    response = make_response(found.data)
    response.mimetype = found.media_type
    response.headers.set("Content-Disposition", "attachment", filename=found.filename)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _programme() -> ProgrammeTerm | None:
    """The one that the address names, or the first that recognises anything. Raises `NotFound` for one it cannot be."""
    terms = current_programmes(db.session, current_launch().person_id)
    there = [term for term in terms if any(one.recognised for one in term.content.equivalents)]
    wanted = request.args.get("programme")
    found = [term for term in there if wanted in (None, term.content.key)]
    if wanted is not None and not found:
        raise NotFound("no such programme that recognises other training")
    return found[0] if found else None


def _document() -> tuple[Document | None, str]:
    """The file of this request, None without one, and why it cannot be taken."""
    file = request.files.get("document")
    data = file.read() if file is not None else b""
    if file is None or not (data or file.filename):
        return None, ""
    try:
        return document_of(file.filename or "", data), ""
    except RefusedDocument as refused:
        return None, refused_words(refused.code)


def _page(
    programme: ProgrammeTerm | None,
    form: Any,
    status: int = 200,
    *,
    file_error: str = "",
    refusal: DomainError | None = None,
) -> Response:
    if programme is None:
        return make_response(render_template("equivalence/nothing.html"), status)
    launch = current_launch()
    content, language = programme.content, launch.locale
    applications = queries.own_applications(db.session, launch.person_id, programme.id)
    page = render_template(
        "equivalence/own.html",
        programme=programme,
        title=content.title_in(language),
        kinds=[_kind(one, content.default_language, language) for one in content.equivalents],
        applications=applications,
        logs=queries.log_of(db.session, [one.id for one in applications]),
        can_apply=not any(one.decision in _CLOSED for one in applications),
        form=form or application_form(content, language),
        states=STATES,
        log_words=log_words,
        category=lambda key: category_title(key, content, language),
        file_error=file_error,
        refusal=refusal,
        most=FILE_BYTES >> 20,
    )
    return make_response(page, status)


def _kind(one: Equivalent, default: str, language: str) -> Kind:
    told = in_language(one.descriptions, language, default) if one.descriptions else ""
    return Kind(in_language(one.titles, language, default), told, one.recognised)
