"""The addresses that platforms and their browsers call, and the administrator's page of platforms."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.database import db
from lti_tool.errors import new_reference
from lti_tool.lti.actions import approve_deployment, remember_deployment
from lti_tool.lti.arrivals import record_arrival
from lti_tool.lti.keysets import KeySets
from lti_tool.lti.launch import PlatformLaunch, VerifiedLaunch
from lti_tool.lti.login import Login, Parameters
from lti_tool.lti.queries import listed_platforms
from lti_tool.lti.refusals import DeploymentPending, OtherBrowser
from lti_tool.lti.registrations import RecentRegistrations, Registrations
from lti_tool.people.access import Audience, open_to
from lti_tool.people.sessions import set_visit_cookie
from lti_tool.settings import Settings
from lti_tool.web import csrf

log = logging.getLogger(__name__)
lti = Blueprint("lti", __name__)

# Short enough for a rotation to be noticed the same hour by platforms that do not refetch on an unknown key.
_JWKS_SECONDS = 600


@lti.route("/lti/login", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def login() -> Response:
    settings = _settings()
    return Login(Parameters(request, settings), _registrations(), settings).answer()


@lti.post("/lti/launch")
@open_to(Audience.PUBLIC)
def launch() -> ResponseReturnValue:
    settings = _settings()
    keys: KeySets = current_app.extensions["platform_keys"]
    attempt = PlatformLaunch(request, _registrations(), keys, settings)
    visit = record_arrival(db.session, _verified(attempt), request.accept_languages.best)
    db.session.commit()
    response = make_response(redirect(url_for("home.start", visit=visit.public_id), 303))
    set_visit_cookie(response, visit, settings.secure)
    attempt.forget_state(response)
    return response


# Platforms post these from their own pages; the state and its cookie are the protection.
csrf.exempt(login)
csrf.exempt(launch)


@lti.get("/lti/jwks")
@open_to(Audience.PUBLIC)
def jwks() -> Response:
    response = jsonify(_registrations().get_jwks())
    response.headers["Cache-Control"] = f"public, max-age={_JWKS_SECONDS}"
    return response


@lti.get("/l/<visit>/platforms")
@open_to(Audience.ADMINISTRATOR)
def platforms() -> str:
    return render_template("lti/platforms.html", platforms=listed_platforms(db.session))


@lti.post("/l/<visit>/platforms/deployments/<int:deployment_pk>/approve")
@open_to(Audience.ADMINISTRATOR)
def approve(deployment_pk: int) -> ResponseReturnValue:
    approve_deployment(db.session, deployment_pk)
    db.session.commit()
    return redirect(url_for("lti.platforms", notice="approved"), 303)


@lti.errorhandler(OtherBrowser)
def offer_new_window(error: OtherBrowser) -> ResponseReturnValue:
    reference = new_reference()
    log.info("refused", extra={"reference": reference, "status": error.status, "reason": error.reason})
    fields = {
        "iss": error.issuer,
        "client_id": error.client_id,
        "login_hint": error.state.login_hint,
        "lti_message_hint": error.state.lti_message_hint,
        "target_link_uri": error.state.target_link_uri,
    }
    page = render_template("lti/new_window.html", problem=error, fields=fields, reference=reference)
    return make_response(page, error.status)


def _verified(attempt: PlatformLaunch) -> VerifiedLaunch:
    try:
        return attempt.verified()
    except DeploymentPending as pending:
        remember_deployment(db.session, pending.platform_id, pending.deployment_id)
        db.session.commit()
        raise


def _registrations() -> Registrations:
    recent: RecentRegistrations = current_app.extensions["recent_registrations"]
    return Registrations(db.session, recent)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
