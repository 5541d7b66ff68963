"""Ending the e-mails from one of them, without a visit; and choosing on one's own page."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.addresses import way_back
from lti_tool.database import db
from lti_tool.errors import DomainError
from lti_tool.messages import actions
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _
from lti_tool.web import csrf

messages = Blueprint("messages", __name__)


@messages.get("/digest/<key>")
@open_to(Audience.PUBLIC)
def stop(key: str) -> Response:
    """Only asks: mail programs and virus scanners open links by themselves."""
    digest = actions.digest_named(db.session, key)
    return _page(key, stopped=digest.declined_at is not None)


@messages.post("/digest/<key>")
@open_to(Audience.PUBLIC)
def stop_now(key: str) -> Response:
    """Answered without a redirect, for the sake of mail programs. https://www.rfc-editor.org/rfc/rfc8058#section-3.2"""
    actions.decline(db.session, key)
    db.session.commit()
    return _page(key, stopped=True)


# A mail program posts without cookie and form token; the key in the address is what nobody else has.
csrf.exempt(stop_now)


@messages.post("/l/<visit>/digest")
@open_to(Audience.LEARNER)
def choose() -> Response:
    wanted = request.form.get("digest", "")
    if wanted not in ("on", "off"):
        raise DomainError("neither on nor off", explanation=_("Choose whether you want the e-mails or not."))
    launch, zone = current_launch(), current_app.config["SETTINGS"].timezone
    actions.choose_digests(db.session, launch.person_id, wanted=wanted == "on", default_zone=zone)
    db.session.commit()
    return redirect(way_back(request.form.get("back", ""), url_for("home.start"), f"digest-{wanted}"), 303)


def _page(key: str, *, stopped: bool) -> Response:
    response = make_response(render_template("messages/stop.html", key=key, stopped=stopped))
    response.headers["Cache-Control"] = "no-store"
    return response
