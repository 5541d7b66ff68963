"""Marks from the report of a video meeting: send the file, say whom its names mean, look at it, apply it."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.database import db, now
from lti_tool.drafts import Unreadable, clean_text, stripped
from lti_tool.marking import report_actions as actions
from lti_tool.marking.access import person_to_mark
from lti_tool.marking.forms import LARGEST_ID, LONGEST_REASON, number
from lti_tool.marking.models import AttendanceReport
from lti_tool.marking.queries import Held
from lti_tool.marking.register import register_of
from lti_tool.marking.report_queries import candidates_for, outcome_for, report_in, waiting_reports
from lti_tool.marking.report_reading import NoReport, read_report
from lti_tool.marking.routes import SESSION, STAFF, held_session, marking
from lti_tool.marking.words import presence_titles
from lti_tool.people.access import current_launch, open_to, own_zone
from lti_tool.sheets.reading import UnreadableSheet, read_sheet
from lti_tool.sheets.words import unreadable_words
from lti_tool.texts import gettext as _
from lti_tool.web import csrf

# Far more than a meeting of a thousand people.
FILE_BYTES = 2 * 1024 * 1024
# What stands around the file in what a browser sends.
_ENVELOPE = 64 * 1024
_REPORTS = f"{SESSION}/reports"
_REPORT = f"{_REPORTS}/<int(max={LARGEST_ID}):report_id>"
_LONGEST_NAME = 255


@marking.get(_REPORTS)
@open_to(*STAFF)
def reports(session_id: int) -> Response:
    return _upload_page(held_session(session_id))


@marking.post(_REPORTS)
@csrf.exempt  # type: ignore[untyped-decorator]
@open_to(*STAFF)
def send_report(session_id: int) -> Response:
    """The form's token is checked here, and not before it is known who sends so much."""
    held = held_session(session_id)
    request.max_content_length = FILE_BYTES + _ENVELOPE
    try:
        csrf.protect()
        file = request.files.get("file")
    except RequestEntityTooLarge:
        return _upload_page(held, 413, mistake=_too_large())
    data = file.read() if file is not None else b""
    if file is None or not data:
        return _upload_page(held, 422, mistake=_("Choose a file that is not empty."))
    name = stripped(file.filename)[:_LONGEST_NAME] or _("A file without a name")
    try:
        found = read_report(read_sheet(data, name).rows, held.session.starts_at.astimezone(own_zone()))
    except UnreadableSheet as problem:
        return _upload_page(held, 422, mistake=unreadable_words(problem.code, problem.line))
    except NoReport:
        return _upload_page(held, 422, mistake=_no_report())
    report_id = actions.keep_report(db.session, current_launch().person_id, held.session, name, found)
    db.session.commit()
    return redirect(url_for("marking.report", session_id=session_id, report_id=report_id), 303)


@marking.get(_REPORT)
@open_to(*STAFF)
def report(session_id: int, report_id: int) -> Response:
    held = held_session(session_id)
    return _preview(held, report_in(db.session, held.id, report_id))


@marking.post(_REPORT)
@open_to(*STAFF)
def decide_report(session_id: int, report_id: int) -> Response:
    """Every button keeps what was chosen first: `show` shows what it comes to, `apply` and `discard` end it."""
    held = held_session(session_id)
    found, action = report_in(db.session, held.id, report_id), request.form.get("action")
    if action not in ("show", "apply", "discard"):
        raise Unreadable("unknown button")
    if found.closed_at is not None:
        return _done(session_id, "report-applied")
    if action == "discard":
        actions.discard_report(db.session, found)
        db.session.commit()
        return _done(session_id, "report-discarded")
    share = _posted_share()
    if share is None:
        return _preview(held, found, 422, mistake=_("Write a whole number from 1 to 100."))
    actions.choose(db.session, found, share, _posted_people(held, found))
    if action == "apply":
        _apply(held, found)
    db.session.commit()
    if action == "apply":
        return _done(session_id, "report-applied")
    return redirect(url_for("marking.report", session_id=session_id, report_id=report_id), 303)


def _apply(held: Held, found: AttendanceReport) -> None:
    actions.apply_report(
        db.session,
        current_launch().person_id,
        held.session,
        found,
        outcome_for(db.session, held.session, found),
        absent=request.form.get("absent") == "yes",
        reason=clean_text(request.form.get("reason", ""))[:LONGEST_REASON],
    )


def _posted_share() -> int | None:
    typed = request.form.get("share", "").strip()
    share = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0
    return share if 1 <= share <= 100 else None


def _posted_people(held: Held, found: AttendanceReport) -> dict[int, int]:
    """Whom somebody has chosen by hand, by the places of attendees. Raises `NotFound` for people of elsewhere."""
    chosen = {}
    for place in range(len(actions.attendees_in(found))):
        typed = request.form.get(f"who-{place}", "")
        if typed:
            chosen[place] = number(typed)
    for person_id in set(chosen.values()) - {actions.NOBODY}:
        person_to_mark(db.session, held.session, person_id)
    return chosen


def _done(session_id: int, notice: str) -> Response:
    return redirect(url_for("marking.register", session_id=session_id, notice=notice), 303)


def _too_large() -> str:
    return _("The file is larger than %(most)s MB, so it is no report of one meeting.", most=FILE_BYTES >> 20)


def _no_report() -> str:
    return _(
        "In this file there is no table that says who was in a meeting for how long. Send the report as Zoom or Teams "
        "has saved it, without changing it."
    )


def _upload_page(held: Held, status: int = 200, *, mistake: str = "") -> Response:
    page = render_template(
        "marking/reports.html",
        held=held,
        waiting=waiting_reports(db.session, held.id),
        mistake=mistake,
        most=FILE_BYTES,
        zone=own_zone().key,
    )
    return make_response(page, status)


def _preview(held: Held, found: AttendanceReport, status: int = 200, *, mistake: str = "") -> Response:
    if found.closed_at is not None:
        return redirect(url_for("marking.register", session_id=held.id))
    page = render_template(
        "marking/report.html",
        held=held,
        report=found,
        outcome=outcome_for(db.session, held.session, found),
        candidates=candidates_for(db.session, held.session),
        register=register_of(db.session, held.session, current_launch().person_id, now()),
        titles=presence_titles(),
        typed=request.form,
        mistake=mistake,
        longest=LONGEST_REASON,
    )
    return make_response(page, status)
