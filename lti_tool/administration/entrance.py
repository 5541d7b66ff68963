"""The way in through a one-time link, and out again."""

from __future__ import annotations

import logging

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import StringField

from lti_tool.administration import links
from lti_tool.administration.blueprint import administration, settings
from lti_tool.database import db
from lti_tool.errors import new_reference
from lti_tool.people.access import Audience, current_visit, open_to
from lti_tool.people.sessions import PREFIX, cookie_name, set_visit_cookie
from lti_tool.texts import lazy_gettext as _l
from lti_tool.web import csrf

log = logging.getLogger(__name__)


class CodeForm(FlaskForm):  # type: ignore[misc]
    class Meta:
        # There is no visit yet that a token could belong to; nobody can forge the code.
        csrf = False

    code = StringField(
        _l("Code"),
        description=_l("The part of the link after the # sign. The whole link will do, too."),
        filters=[lambda text: (text or "").rpartition("#")[2].strip()],
    )


@administration.get("/admin")
@open_to(Audience.PUBLIC)
def entrance() -> Response:
    return _page(CodeForm(), 200)


@administration.post("/admin")
@open_to(Audience.PUBLIC)
def enter() -> Response:
    form = CodeForm()
    try:
        visit = links.enter(db.session, form.code.data or "", str(get_locale()))
    except links.LinkRefused as refusal:
        db.session.rollback()
        reference = new_reference()
        log.info("refused", extra={"reference": reference, "status": refusal.status, "reason": refusal.reason})
        form.code.errors = [refusal.explanation]
        return _page(form, refusal.status, reference)
    db.session.commit()
    address = url_for("administration.platforms", visit=visit.public_id)
    response = _kept_private(make_response(redirect(address, 303)))
    set_visit_cookie(response, visit, settings().secure)
    return response


csrf.exempt(enter)


@administration.post("/l/<visit>/leave")
@open_to(Audience.OPERATOR)
def leave() -> Response:
    visit = current_visit()
    links.leave(db.session, visit.id)
    db.session.commit()
    response = make_response(redirect(url_for("administration.entrance", notice="left"), 303))
    response.delete_cookie(
        cookie_name(visit.public_id, settings().secure),
        path=f"{PREFIX}{visit.public_id}/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return response


def _page(form: CodeForm, status: int, reference: str | None = None) -> Response:
    page = render_template("administration/entrance.html", form=form, reference=reference)
    return _kept_private(make_response(page, status))


def _kept_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
