"""The first page of a visit."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.addresses import way_back
from lti_tool.database import db
from lti_tool.errors import DomainError
from lti_tool.home import actions
from lti_tool.people.access import EVERYONE, current_launch, open_to
from lti_tool.texts import gettext as _
from lti_tool.web import LANGUAGES

home = Blueprint("home", __name__, url_prefix="/l/<visit>")


@home.get("/")
@open_to(*EVERYONE)
def start() -> str:
    return render_template("home/start.html", launch=current_launch())


@home.post("/language")
@open_to(*EVERYONE)
def language() -> Response:
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise DomainError("unknown language", explanation=_("These pages do not speak that language."))
    actions.choose_language(db.session, current_launch(), wanted)
    db.session.commit()
    return redirect(way_back(request.form.get("back", ""), url_for("home.start"), "language"), 303)
