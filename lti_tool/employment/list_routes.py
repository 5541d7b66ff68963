"""Bringing a list in: send a file, watch it being read, look at what it says and changes, take it over."""

from __future__ import annotations

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.database import db
from lti_tool.drafts import Unreadable, stripped
from lti_tool.employment import actions
from lti_tool.employment.found import Found, Missing
from lti_tool.employment.list_queries import Sent, effect_of, found_of, sent, sent_lately
from lti_tool.employment.models import ListState
from lti_tool.employment.people_queries import ListCohort
from lti_tool.employment.resolving import resolve
from lti_tool.employment.routes import COHORT, employment, own_cohort_of
from lti_tool.employment.view import PreviewView
from lti_tool.employment.words import COLUMN_NAMES, MISSING, failure_words, mistake_words, position_title, state_words
from lti_tool.jobs import current_jobs
from lti_tool.paging import view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.sheets.reading import FILE_BYTES
from lti_tool.sheets.words import encoding_words
from lti_tool.texts import gettext as _
from lti_tool.web import csrf

_LISTS = f"{COHORT}/lists"
_LIST = _LISTS + "/<list_id>"
# What stands around the file in what a browser sends.
_ENVELOPE = 64 * 1024


@employment.get(_LISTS)
@open_to(Audience.COORDINATOR)
def lists(cohort_id: int) -> Response:
    return _upload_page(own_cohort_of(cohort_id))


@employment.post(_LISTS)
@csrf.exempt  # type: ignore[untyped-decorator]
@open_to(Audience.COORDINATOR)
def send(cohort_id: int) -> Response:
    """The form's token is checked here, and not before it is known who sends so much."""
    cohort = own_cohort_of(cohort_id)
    request.max_content_length = FILE_BYTES + _ENVELOPE
    try:
        csrf.protect()
        file = request.files.get("file")
    except RequestEntityTooLarge:
        return _upload_page(cohort, 413, mistake=_too_large())
    data = file.read() if file is not None else b""
    if file is None or not data or len(data) > FILE_BYTES:
        return _upload_page(cohort, 422, mistake=_too_large() if data else _("Choose a file that is not empty."))
    list_id = actions.send_list(db.session, cohort.id, current_launch().person_id, _name_of(file), data)
    db.session.commit()
    current_jobs().wake("read_employment_lists")
    return redirect(url_for("employment.sent_list", cohort_id=cohort.id, list_id=list_id), 303)


@employment.get(_LIST)
@open_to(Audience.COORDINATOR)
def sent_list(cohort_id: int, list_id: str) -> Response:
    cohort = own_cohort_of(cohort_id)
    one = sent(db.session, cohort.id, list_id)
    return _preview(cohort, one) if one.state is ListState.READ else _status(cohort, one)


@employment.get(_LIST + "/progress")
@open_to(Audience.COORDINATOR)
def list_progress(cohort_id: int, list_id: str) -> Response:
    """What the script of the page asks for while somebody works on the list."""
    one = sent(db.session, own_cohort_of(cohort_id).id, list_id)
    return jsonify(open=one.open, done=one.done, total=one.total, text=state_words(one))


@employment.post(_LIST)
@open_to(Audience.COORDINATOR)
def decide(cohort_id: int, list_id: str) -> Response:
    """`save` keeps what is chosen, as `take` does before the list is taken over; `delete` forgets the file."""
    cohort = own_cohort_of(cohort_id)
    one = sent(db.session, cohort.id, list_id)
    match request.form.get("action"):
        case "delete":
            actions.delete_list(db.session, one.id)
            db.session.commit()
            return redirect(url_for("employment.lists", cohort_id=cohort.id, notice="employment-forgotten"), 303)
        case "save":
            _choose(cohort, one)
        case "take":
            _choose(cohort, one)
            if not actions.start_taking(db.session, one.id):
                db.session.commit()
                return _preview(cohort, one, 422, mistake=_("Some lines need an answer or a correction first."))
        case _other:
            raise Unreadable("unknown button")
    db.session.commit()
    current_jobs().wake("read_employment_lists")
    return redirect(url_for("employment.sent_list", cohort_id=cohort.id, list_id=list_id), 303)


def _choose(cohort: ListCohort, one: Sent) -> None:
    """Keep what the form says: for each position that the file names, by its number, and of those who are missing."""
    if one.state is not ListState.READ:
        return
    known = {"", *(position.key for position in cohort.programme.positions)}
    said = dict(enumerate(_positions_in(found_of(db.session, one.id))))
    chosen = {said[number]: request.form[f"position-{number}"] for number in said if _answered(number)}
    try:
        missing = Missing(request.form.get("missing", Missing.STAY))
    except ValueError as error:
        raise Unreadable("unknown choice about those who are missing") from error
    left_out = {position: "" if key == "leave-out" else key for position, key in chosen.items()}
    if not set(left_out.values()) <= known:
        raise Unreadable("unknown position")
    actions.choose(db.session, one.id, left_out, missing)


def _answered(number: int) -> bool:
    return bool(request.form.get(f"position-{number}"))


def _positions_in(found: Found) -> list[str]:
    """Every position that the file names, in the order of its lines."""
    return list(dict.fromkeys(line.position for line in found.lines))


def _name_of(file: FileStorage) -> str:
    return stripped(file.filename) or _("A file without a name")


def _too_large() -> str:
    return _(
        "The file is larger than %(most)s MB. Send the one list alone, without other sheets.", most=FILE_BYTES >> 20
    )


def _upload_page(cohort: ListCohort, status: int = 200, *, mistake: str = "") -> Response:
    page = render_template(
        "employment/lists.html",
        cohort=cohort,
        sent=sent_lately(db.session, cohort.id),
        state_words=state_words,
        mistake=mistake,
        most=FILE_BYTES,
        too_large=_too_large(),
        columns=COLUMN_NAMES,
    )
    return make_response(page, status)


def _status(cohort: ListCohort, one: Sent) -> Response:
    found = found_of(db.session, one.id)
    failure = failure_words(found) if one.state is ListState.FAILED else ""
    page = render_template(
        "employment/status.html", cohort=cohort, sent=one, words=state_words(one), failure=failure, found=found
    )
    return make_response(page)


def _preview(cohort: ListCohort, one: Sent, status: int = 200, *, mistake: str = "") -> Response:
    found = found_of(db.session, one.id)
    resolved = resolve(found)
    view = PreviewView()
    if request.method == "GET":
        view = view_asked_for(PreviewView.read, _("Go back to the list of files."))
    language = current_launch().locale
    page = render_template(
        "employment/preview.html",
        cohort=cohort,
        sent=one,
        found=found,
        resolved=resolved,
        effect=effect_of(db.session, cohort.id, resolved),
        view=view,
        pages=view.pages(found, resolved),
        said=_positions_in(found),
        titles={item.key: position_title(item.key, cohort.programme, language) for item in cohort.programme.positions},
        columns=COLUMN_NAMES,
        missing_words=MISSING,
        mistake_words=mistake_words,
        encoding=encoding_words(found.encoding) if found.encoding else "",
        mistake=mistake,
    )
    return make_response(page, status)
