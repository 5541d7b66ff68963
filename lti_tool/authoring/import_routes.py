"""Bringing questions in: send a file, watch it being read, look at what was found, add what one wants to the draft."""

from __future__ import annotations

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.authoring import import_actions
from lti_tool.authoring.access import OwnModule, own_module
from lti_tool.authoring.actions import Writer, draft_of
from lti_tool.authoring.import_actions import NothingChosen
from lti_tool.authoring.import_queries import Sent, found_of, sent, sent_lately
from lti_tool.authoring.import_view import (
    FOUND,
    View,
    entries_on,
    format_of,
    left_out_on,
    lines_on,
    pages_in,
    state_words,
)
from lti_tool.authoring.models import ImportState
from lti_tool.authoring.routes import authoring, title_of
from lti_tool.database import db
from lti_tool.drafts import Unreadable, stripped
from lti_tool.exchange.limits import FILE_BYTES
from lti_tool.jobs import current_jobs
from lti_tool.paging import view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _
from lti_tool.web import csrf

_IMPORTS = "/<key>/imports"
_IMPORT = _IMPORTS + "/<sent_id>"
# What stands around the file in what a browser sends.
_ENVELOPE = 64 * 1024


@authoring.get(_IMPORTS)
@open_to(Audience.COORDINATOR)
def imports(key: str) -> Response:
    return _upload_page(own_module(db.session, current_launch(), key))


@authoring.post(_IMPORTS)
@csrf.exempt  # type: ignore[untyped-decorator]
@open_to(Audience.COORDINATOR)
def send(key: str) -> Response:
    """The form's token is checked here, and not before it is known who sends so much."""
    own = own_module(db.session, current_launch(), key)
    request.max_content_length = FILE_BYTES + _ENVELOPE
    try:
        csrf.protect()
        file, language = request.files.get("file"), request.form.get("language", "")
    except RequestEntityTooLarge:
        return _upload_page(own, 413, mistake=_too_large())
    if language not in draft_of(db.session, own.id).draft.languages:
        raise Unreadable("a language that the module does not have")
    data = file.read() if file is not None else b""
    if file is None or not data or len(data) > FILE_BYTES:
        mistake = _too_large() if data else _("Choose a file that is not empty.")
        return _upload_page(own, 422, mistake=mistake, language=language)
    name = stripped(file.filename) or _("A file without a name")
    sent_id = import_actions.send_file(db.session, _writer(own), name, data, language)
    db.session.commit()
    current_jobs().wake("read_imports")
    return redirect(url_for("authoring.sent_file", key=key, sent_id=sent_id), 303)


@authoring.get(_IMPORT)
@open_to(Audience.COORDINATOR)
def sent_file(key: str, sent_id: str) -> Response:
    own = own_module(db.session, current_launch(), key)
    one = sent(db.session, own.id, sent_id)
    return _preview(own, one) if one.state is ImportState.READ else _status(own, one)


@authoring.get(_IMPORT + "/progress")
@open_to(Audience.COORDINATOR)
def progress(key: str, sent_id: str) -> Response:
    """What the script of the page asks for while the file is read."""
    own = own_module(db.session, current_launch(), key)
    one = sent(db.session, own.id, sent_id)
    return jsonify(open=one.open, done=one.done, total=one.total, text=state_words(one))


@authoring.post(_IMPORT)
@open_to(Audience.COORDINATOR)
def decide(key: str, sent_id: str) -> Response:
    """Every button: `go:PAGE` keeps what is chosen, as `add` does before it adds; `all`, `none`, `undo`."""
    own = own_module(db.session, current_launch(), key)
    one = sent(db.session, own.id, sent_id)
    action, _colon, number = request.form.get("action", "").partition(":")
    if action not in ("go", "all", "none", "add", "undo"):
        raise Unreadable("unknown button")
    if action == "undo":
        return _undo(own, one)
    page = _choose(one, action)
    if action == "add":
        return _add(own, one)
    db.session.commit()
    to = _number(number) if action == "go" else page
    return redirect(url_for("authoring.sent_file", key=key, sent_id=sent_id, page=to if to > 1 else None), 303)


def _choose(one: Sent, action: str) -> int:
    """Keep what is ticked on the page that was sent; returns its number."""
    page = _number(request.form.get("page", ""))
    if one.state is not ImportState.READ:
        return page
    found = found_of(db.session, one.id)
    whole = [entry.number for entry in found.entries]
    if action in ("all", "none"):
        import_actions.choose(db.session, one.id, whole, whole if action == "all" else ())
    else:
        taken = {_number(value) for value in request.form.getlist("take")}
        import_actions.choose(db.session, one.id, [entry.number for entry in entries_on(found, page)], taken)
    return page


def _add(own: OwnModule, one: Sent) -> Response:
    try:
        import_actions.add_chosen(db.session, _writer(own), one.id)
    except NothingChosen:
        db.session.commit()
        return _preview(own, one, 422, mistake=_("Choose at least one question."))
    db.session.commit()
    return redirect(url_for("authoring.sent_file", key=own.key, sent_id=one.public_id), 303)


def _undo(own: OwnModule, one: Sent) -> Response:
    stay = import_actions.take_back(db.session, _writer(own), one.id)
    db.session.commit()
    notice = "import-partly-undone" if stay else "undone"
    return redirect(url_for("authoring.sent_file", key=own.key, sent_id=one.public_id, notice=notice), 303)


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and 1 <= len(typed) <= 6):
        raise Unreadable("a number that the page does not send")
    return int(typed)


def _writer(own: OwnModule) -> Writer:
    return Writer(own.id, current_launch().person_id)


def _too_large() -> str:
    return _("The file is larger than %(most)s MB. Export the questions in smaller parts.", most=FILE_BYTES >> 20)


def _upload_page(own: OwnModule, status: int = 200, *, mistake: str = "", language: str = "") -> Response:
    opened = draft_of(db.session, own.id)
    page = render_template(
        "authoring/import.html",
        module=own,
        draft=opened.draft,
        title=title_of(opened),
        sent=sent_lately(db.session, own.id),
        state_words=state_words,
        mistake=mistake,
        language=language or opened.draft.default_language,
        most=FILE_BYTES,
        too_large=_too_large(),
    )
    return make_response(page, status)


def _status(own: OwnModule, one: Sent) -> Response:
    found = found_of(db.session, one.id)
    title = title_of(draft_of(db.session, own.id))
    page = render_template(
        "authoring/import_status.html", module=own, title=title, sent=one, words=state_words(one, found)
    )
    return make_response(page)


def _preview(own: OwnModule, one: Sent, status: int = 200, *, mistake: str = "") -> Response:
    found = found_of(db.session, one.id)
    view = view_asked_for(View.read, _("Go back to the list of files.")) if request.method == "GET" else View()
    view = view.on_page_of(len(found.entries if view.show == FOUND else found.left_out))
    opened = draft_of(db.session, own.id)
    page = render_template(
        "authoring/import_preview.html",
        module=own,
        title=title_of(opened),
        sent=one,
        found=found,
        view=view,
        pages=pages_in(found, view),
        lines=lines_on(found, view.page, opened.draft) if view.show == FOUND else [],
        left_out=left_out_on(found, view.page) if view.show != FOUND else [],
        format=format_of(found),
        mistake=mistake,
    )
    return make_response(page, status)
