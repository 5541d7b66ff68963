"""How the questions of a module's test fare, for the coordinators of its programme. Nobody is named here."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.item_analysis import queries, words
from lti_tool.item_analysis.advice import advise
from lti_tool.item_analysis.analysis import Item, Whole, items, whole
from lti_tool.item_analysis.scope import NoTest, Scope, scope_of
from lti_tool.item_analysis.table import options_table, questions_table
from lti_tool.item_analysis.thresholds import FEWEST
from lti_tool.item_analysis.view import View
from lti_tool.item_analysis.wordings import wordings
from lti_tool.paging import view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.queries import contents_of
from lti_tool.texts import gettext as _

item_analysis = Blueprint("item_analysis", __name__, url_prefix="/l/<visit>/question-analysis")


@dataclass(frozen=True, slots=True)
class Found:
    items: list[Item]
    whole: Whole


@item_analysis.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    try:
        scope = _scope()
    except NoTest:
        return render_template("item_analysis/nothing.html")
    return _show("item_analysis/overview.html", scope, found=_found(scope))


@item_analysis.get("/<question>")
@open_to(Audience.COORDINATOR)
def question(question: str) -> str:
    scope = _scope()
    asked = [item for item in _found(scope).items if item.wording.key == question]
    shown = [item for item in asked if scope.view.wording in (None, item.wording.number)]
    if not shown:
        raise NotFound("no such question in this module")
    return _show("item_analysis/question.html", scope, item=shown[0], wordings=[item.wording for item in asked])


@item_analysis.get("/<any(questions, options):table>.csv")
@open_to(Audience.COORDINATOR)
def download(table: str) -> Response:
    scope, language = _scope(), current_launch().locale
    written = (questions_table if table == "questions" else options_table)(_found(scope).items, language)
    name = f"{scope.module.key}-{table}.csv"
    # With its mark, by which spreadsheets know UTF-8.
    return Response(
        written.encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _show(template: str, scope: Scope, **values: object) -> str:
    return render_template(template, scope=scope, view=scope.view, words=words, advise=advise, fewest=FEWEST, **values)


def _found(scope: Scope) -> Found:
    """The figures of everything that the sample's versions ask, or that is asked today if nobody has answered."""
    contents = contents_of(db.session, scope.sample.versions)
    by_number = {number: contents[content_id] for content_id, number in scope.sample.versions.items()}
    counted = queries.counted(db.session, scope.sample, by_number)
    found = items(wordings(by_number), counted)
    return Found(found, whole(found, counted))


def _scope() -> Scope:
    view = view_asked_for(View.read, _("Start again from the page of the module's questions."))
    return scope_of(db.session, current_launch(), view)
