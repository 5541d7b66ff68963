"""Bringing a table of dates in: send it, look at what it says, take all of it over. Nothing is kept in between."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from pydantic import TypeAdapter, ValidationError
from werkzeug import Response
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.attendance import planning_queries as queries
from lti_tool.attendance.planning import CalledOff, TooFewPlaces, change_sessions, create_missing
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.planning_routes import COHORT, own_cohort, planning
from lti_tool.attendance.session_files import MOST_ROWS, FoundDates, Kind, Known, read_dates
from lti_tool.attendance.session_files_table import heads_in, rows_of
from lti_tool.attendance.session_files_words import Column, column_hints, field_titles
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable, clean_text, stripped
from lti_tool.people.access import Audience, current_launch, open_to, own_zone
from lti_tool.sheets.reading import UnreadableSheet, read_sheet
from lti_tool.sheets.sheet import Row
from lti_tool.sheets.words import encoding_words, unreadable_words
from lti_tool.sheets.writing import CSV_TYPE, XLSX_TYPE, Cell, csv_of, xlsx_of
from lti_tool.texts import gettext as _
from lti_tool.web import LARGEST_REQUEST, csrf

FILE_BYTES = 2 * 1024 * 1024
# What stands around the file in what a browser sends.
_ENVELOPE = 64 * 1024
# The rows are sent back with the page that showed them, beside a little else.
_LARGEST_TABLE = LARGEST_REQUEST - _ENVELOPE
_ROWS = TypeAdapter(list[tuple[int, tuple[str, ...]]])


@planning.get(f"{COHORT}/file")
@open_to(Audience.COORDINATOR)
def file(cohort_id: int) -> Response:
    return _upload_page(own_cohort(cohort_id))


@planning.post(f"{COHORT}/file")
@csrf.exempt  # type: ignore[untyped-decorator]
@open_to(Audience.COORDINATOR)
def read_file(cohort_id: int) -> Response:
    """The form's token is checked here, and not before it is known who sends so much."""
    cohort = own_cohort(cohort_id)
    request.max_content_length = FILE_BYTES + _ENVELOPE
    try:
        csrf.protect()
        sent = request.files.get("file")
    except RequestEntityTooLarge:
        return _upload_page(cohort, 413, mistake=_too_large())
    data = sent.read() if sent is not None else b""
    if sent is None or not data:
        return _upload_page(cohort, 422, mistake=_("Choose a file that is not empty."))
    name = stripped(sent.filename)[:200] or _("A file without a name")
    try:
        sheet = read_sheet(data, name)
    except UnreadableSheet as error:
        return _upload_page(cohort, 422, mistake=unreadable_words(error.code, error.line))
    rows = [Row(row.line, tuple(clean_text(cell) for cell in row.cells)) for row in sheet.rows]
    if len(_packed(rows).encode()) > _LARGEST_TABLE:
        return _upload_page(cohort, 422, mistake=_too_large())
    about = encoding_words(sheet.encoding) if sheet.encoding else ""
    return _preview(cohort, name, rows, _read(cohort, rows), about=about)


@planning.post(f"{COHORT}/file/take")
@open_to(Audience.COORDINATOR)
def take_file(cohort_id: int) -> Response:
    """All or nothing, and only what was shown: whatever has changed since is shown first."""
    cohort, rows = own_cohort(cohort_id), _posted_rows()
    name = clean_text(request.form.get("filename", ""))[:200]
    found = _read(cohort, rows)
    if found.mistakes or request.form.get("shown") != digest_of(found):
        return _preview(cohort, name, rows, found, status=409, changed=True)
    try:
        _take(found)
    except (TooFewPlaces, CalledOff):
        # Somebody has signed up, or called it off, between the reading above and the lock.
        db.session.rollback()
        return _preview(cohort, name, rows, _read(cohort, rows), status=409, changed=True)
    db.session.commit()
    return redirect(url_for("planning.overview", cohort=cohort_id, notice="dates-taken"), 303)


@planning.get(f"{COHORT}/template.<any(csv, xlsx):extension>")
@open_to(Audience.COORDINATOR)
def template(cohort_id: int, extension: str) -> Response:
    """The heads alone, in the language of the page."""
    own_cohort(cohort_id)
    return _table([], extension, _("template for sessions"))


@planning.get(f"{COHORT}/dates.<any(csv, xlsx):extension>")
@open_to(Audience.COORDINATOR)
def download(cohort_id: int, extension: str) -> Response:
    """All dates that are not called off."""
    cohort = own_cohort(cohort_id)
    dates = [one for one in queries.dates_of(db.session, cohort.id) if one.cancelled_at is None]
    return _table(rows_of(dates, cohort, own_zone()), extension, _("sessions"))


def digest_of(found: FoundDates) -> str:
    """Names what would be done, so that a page can tell whether it is what was looked at."""
    done = [(one.line, one.kind, one.new, one.changes) for one in found.dates]
    return hashlib.sha256(repr(done).encode()).hexdigest()[:16]


def _table(rows: list[list[Cell]], extension: str, title: str) -> Response:
    language = current_launch().locale
    heads = heads_in(language)
    if extension == "xlsx":
        response = Response(xlsx_of(title, heads, rows), content_type=XLSX_TYPE)
    else:
        separator = "," if language == "en" else ";"
        response = Response(csv_of(heads, rows, separator=separator), content_type=f"{CSV_TYPE}; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{title}.{extension}")
    return response


def _take(found: FoundDates) -> None:
    person_id = current_launch().person_id
    changes = [(one.before, one.new) for one in found.of(Kind.CHANGED) if one.before is not None]
    change_sessions(db.session, person_id, changes)
    create_missing(db.session, person_id, [one.new for one in found.of(Kind.NEW)])


def _read(cohort: PlannedCohort, rows: Sequence[Row]) -> FoundDates:
    return read_dates(rows, Known(cohort, queries.dates_of(db.session, cohort.id), own_zone(), now()))


def _packed(rows: Sequence[Row]) -> str:
    return json.dumps([[row.line, row.cells] for row in rows], ensure_ascii=False, separators=(",", ":"))


def _posted_rows() -> list[Row]:
    try:
        return [Row(line, cells) for line, cells in _ROWS.validate_json(request.form.get("rows", ""))]
    except ValidationError as error:
        raise Unreadable("rows that no page sends") from error


def _too_large() -> str:
    return _("There is more in the file than can be taken over at once. Save the one table alone, or in parts.")


def _upload_page(cohort: PlannedCohort, status: int = 200, *, mistake: str = "") -> Response:
    page = render_template(
        "planning/file.html",
        cohort=cohort,
        mistake=mistake,
        columns=Column,
        hints=column_hints(),
        most=MOST_ROWS,
        zone=own_zone().key,
    )
    return make_response(page, status)


def _preview(
    cohort: PlannedCohort, name: str, rows: Sequence[Row], found: FoundDates, *, status: int = 200, **values: Any
) -> Response:
    page = render_template(
        "planning/file_preview.html",
        cohort=cohort,
        filename=name,
        rows=_packed(rows),
        found=found,
        shown=digest_of(found),
        titles=field_titles(),
        zone=own_zone().key,
        **values,
    )
    return make_response(page, 422 if found.mistakes and status == 200 else status)
