"""One matrix of people and requirements: for coordinators their cohort, for instructors the people of their course."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template
from flask_babel import format_percent, get_locale
from werkzeug import Response

from lti_tool.bars import parts
from lti_tool.completion.verdicts import Status
from lti_tool.database import db, now
from lti_tool.gradebook import matrix_queries as queries
from lti_tool.gradebook import matrix_words as words
from lti_tool.gradebook.matrix_export import cells_of, head_of
from lti_tool.gradebook.matrix_queries import Scope
from lti_tool.gradebook.matrix_rows import Row, by_status, choices_of, counts_of, filtered, in_order, shown
from lti_tool.gradebook.matrix_view import View
from lti_tool.paging import PAGE_SIZE, pages_of, view_asked_for
from lti_tool.passback.reasons import explain
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.people.names import Somebody, shown_name
from lti_tool.programme.content import in_language
from lti_tool.programme.queries import ProgrammeTerm
from lti_tool.sheets.writing import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of
from lti_tool.texts import gettext as _

matrix = Blueprint("matrix", __name__, url_prefix="/l/<visit>/matrix")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for: all rows of the scope, and those that its filters leave, in order."""

    view: View
    scope: Scope
    offered: list[ProgrammeTerm]
    everyone: list[Row]
    filtered: list[Row]
    rows: list[Row]


@matrix.get("")
@open_to(Audience.INSTRUCTOR, Audience.COORDINATOR)
def table() -> str:
    view, scope, offered = _scope()
    if scope is None:
        return render_template("gradebook/matrix_nothing.html")
    asked = _asked(view, scope, offered)
    view = asked.view.on_page_of(len(asked.rows))
    page = asked.rows[view.offset : view.offset + PAGE_SIZE]
    return _page("gradebook/matrix.html", asked, view, page)


@matrix.get("/print")
@open_to(Audience.INSTRUCTOR, Audience.COORDINATOR)
def printing() -> str:
    """All rows that the filters leave, on one page for paper."""
    view, scope, offered = _scope()
    if scope is None:
        return render_template("gradebook/matrix_nothing.html")
    asked = _asked(view, scope, offered)
    return _page("gradebook/matrix_print.html", asked, asked.view, asked.rows)


@matrix.get("/download.<any(csv, xlsx):suffix>")
@open_to(Audience.INSTRUCTOR, Audience.COORDINATOR)
def download(suffix: str) -> Response:
    view, scope, offered = _scope()
    if scope is None:
        return make_response(render_template("gradebook/matrix_nothing.html"), 404)
    asked, programme, language = _asked(view, scope, offered), scope.programme.content, _language()
    head = head_of(programme, language)
    cells = cells_of(asked.rows, programme, called, language)
    if suffix == "csv":
        # A Norwegian Excel reads numbers with a decimal comma, and then not what commas separate.
        body, media_type = csv_of(head, cells, separator="," if language == "en" else ";"), CSV_TYPE
    else:
        body, media_type = xlsx_of(_("Training"), head, cells), XLSX_TYPE
    response = make_response(body)
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8" if suffix == "csv" else media_type
    name = f"{programme.key}-{scope.programme.term}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@matrix.get("/people/<int(max=2147483647):person_id>")
@open_to(Audience.INSTRUCTOR, Audience.COORDINATOR)
def person(person_id: int) -> str:
    view = _view()
    scope = queries.scope_in(queries.offered_to(db.session, current_launch()), current_launch(), view.cohort)
    row = queries.row_of(db.session, scope, person_id, now())
    language, programme = _language(), scope.programme.content
    return render_template(
        "gradebook/matrix_person.html",
        view=view,
        scope=scope,
        row=row,
        called=called(row),
        language=language,
        titles=words.item_titles(programme, queries.module_titles(db.session, scope, language), language),
        positions=words.positions_of(programme, language),
        meetings=queries.meetings_of(db.session, scope, person_id),
        sent=queries.sent_of(db.session, scope, [person_id]).get(person_id, []),
        explain=explain,
        words=words,
    )


def called(row: Row) -> str:
    return row.name or shown_name(Somebody(row.person_id or 0, row.name))


def _view() -> View:
    return view_asked_for(View.read, _("Open the matrix from the start page."))


def _scope() -> tuple[View, Scope | None, list[ProgrammeTerm]]:
    view, launch = _view(), current_launch()
    offered = queries.offered_to(db.session, launch)
    if view.cohort is None and not offered:
        return view, None, []
    return view, queries.scope_in(offered, launch, view.cohort), offered


def _asked(view: View, scope: Scope, offered: list[ProgrammeTerm]) -> _Asked:
    everyone = queries.rows_of(db.session, scope, now())
    left = filtered(everyone, view, called)
    return _Asked(view, scope, offered, everyone, left, in_order(shown(left, view), view.sort, called))


def _page(template: str, asked: _Asked, view: View, page: list[Row]) -> str:
    programme, language = asked.scope.programme.content, _language()
    people = [row.person_id for row in page if row.person_id is not None]
    counted = by_status(asked.filtered)
    titled = [(one, in_language(one.titles, language, programme.default_language)) for one in programme.requirements]
    return render_template(
        template,
        view=view,
        scope=asked.scope,
        offered=asked.offered,
        choices=choices_of(asked.everyone),
        counts=counts_of(asked.filtered),
        total=len(asked.rows),
        pages=pages_of(len(asked.rows)),
        rows=page,
        called=called,
        language=language,
        parts=titled,
        statuses=[words.status_title(status) for status in Status],
        parts_of=parts,
        by_status=[(title, counted[one.key]) for one, title in titled if one.key in counted],
        sent=queries.sent_of(db.session, asked.scope, people) if people else {},
        positions=words.positions_of(programme, language),
        spared={one.key for one in programme.positions if one.training != "required"},
        explain=explain,
        percent=format_percent,
        words=words,
    )


def _language() -> str:
    return str(get_locale())
