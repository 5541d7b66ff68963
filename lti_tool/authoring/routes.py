"""The modules of a programme for those who write them, and the parts of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.authoring import actions, publishing, queries
from lti_tool.authoring.access import OwnModule, OwnProgramme, own_module, own_programme, own_programmes
from lti_tool.authoring.actions import Open, Writer, WrittenElsewhere, draft_of
from lti_tool.authoring.figures_form import FiguresForm, figures_form, posted_figures
from lti_tool.authoring.forms import version_in
from lti_tool.authoring.new_form import new_form, posted_module
from lti_tool.authoring.problems import problems
from lti_tool.authoring.view import part_lines
from lti_tool.authoring.words import standing_words, step_names
from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.errors import NotFound
from lti_tool.people.access import Audience, current_launch, open_to

authoring = Blueprint("authoring", __name__, url_prefix="/l/<visit>/authoring")


@authoring.get("")
@open_to(Audience.COORDINATOR)
def modules() -> str:
    programmes = own_programmes(db.session, current_launch())
    languages = list(dict.fromkeys(code for programme in programmes for code in programme.languages))
    lines = queries.lines(db.session, [programme.id for programme in programmes], languages, str(get_locale()))
    return render_template("authoring/modules.html", programmes=programmes, lines=lines, standing_words=standing_words)


@authoring.get("/programmes/<int(max=2147483647):programme_id>/new")
@open_to(Audience.COORDINATOR)
def new(programme_id: int) -> Response:
    programme = own_programme(db.session, current_launch(), programme_id)
    return _new_page(programme, new_form(programme, posted=False))


@authoring.post("/programmes/<int(max=2147483647):programme_id>/new")
@open_to(Audience.COORDINATOR)
def create(programme_id: int) -> Response:
    programme = own_programme(db.session, current_launch(), programme_id)
    form = new_form(programme, posted=True)
    wanted = posted_module(form, programme)
    if wanted is None:
        return _new_page(programme, form, status=422)
    titles, steps = wanted
    key = publishing.create_module(db.session, programme.id, current_launch().person_id, titles, steps)
    db.session.commit()
    return redirect(url_for("authoring.module", key=key, notice="module-begun"), 303)


@authoring.get("/<key>")
@open_to(Audience.COORDINATOR)
def module(key: str) -> str:
    own = own_module(db.session, current_launch(), key)
    opened = draft_of(db.session, own.id)
    found = queries.versions(db.session, own.id, own.key)
    return render_template(
        "authoring/module.html",
        module=own,
        draft=opened.draft,
        opened=opened,
        title=title_of(opened),
        saved_by=queries.person_named(db.session, opened.saved_by),
        parts=part_lines(key, opened.draft),
        problems=problems(opened.draft),
        offered=next((version for version in found if version.id == own.content_id), None),
        step_names=step_names(),
    )


@authoring.get("/<key>/figures")
@open_to(Audience.COORDINATOR)
def figures(key: str) -> Response:
    own = own_module(db.session, current_launch(), key)
    opened = draft_of(db.session, own.id)
    return _figures_page(own, opened, figures_form(own.programme, opened.draft.figures, opened.version))


@authoring.post("/<key>/figures")
@open_to(Audience.COORDINATOR)
def set_figures(key: str) -> Response:
    own = own_module(db.session, current_launch(), key)
    opened = draft_of(db.session, own.id)
    form = figures_form(own.programme)
    version = version_in(form.version.data)
    wanted = posted_figures(form)
    if wanted is None:
        return _figures_page(own, opened, form, status=422)
    try:
        actions.set_figures(db.session, Writer(own.id, current_launch().person_id), wanted, version)
    except WrittenElsewhere as other:
        db.session.rollback()
        form.version.data = str(other.version)
        return _figures_page(own, opened, form, status=409, changed=True)
    db.session.commit()
    return redirect(url_for("authoring.module", key=key, notice="saved"), 303)


@authoring.post("/<key>/languages/<language>")
@open_to(Audience.COORDINATOR)
def set_language(key: str, language: str) -> Response:
    """Offer the module in a language, or leave it out; what is written in it stays."""
    own = own_module(db.session, current_launch(), key)
    wish = request.form.get("action")
    if wish not in ("take-in", "leave-out"):
        raise Unreadable("unknown button")
    if language not in own.programme.languages:
        raise NotFound("a language that the programme does not have")
    writer = Writer(own.id, current_launch().person_id)
    actions.set_language(db.session, writer, language, offered=wish == "take-in")
    db.session.commit()
    return redirect(url_for("authoring.module", key=key, notice="saved", _anchor="languages"), 303)


def title_of(opened: Open) -> str:
    """The module's, in the reader's language if there is one."""
    titles = {code: text.title for code, text in opened.draft.languages.items()}
    chosen = (titles.get(str(get_locale())), opened.draft.main.title, *titles.values())
    return next((title for title in chosen if title), opened.draft.key)


def no_such_place() -> NotFound:
    return NotFound("no such part of a module")


def _new_page(programme: OwnProgramme, form: Any, *, status: int = 200) -> Response:
    return make_response(render_template("authoring/new.html", programme=programme, form=form), status)


def _figures_page(own: OwnModule, opened: Open, form: FiguresForm, *, status: int = 200, **values: Any) -> Response:
    page = render_template("authoring/figures.html", module=own, title=title_of(opened), form=form, **values)
    return make_response(page, status)
