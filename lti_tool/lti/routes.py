"""The addresses that platforms and their browsers call."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from lti_tool.database import db
from lti_tool.errors import new_reference
from lti_tool.lti.actions import remember_deployment
from lti_tool.lti.arrivals import record_arrival
from lti_tool.lti.claims import DEEP_LINKING_REQUEST, RESOURCE_LINK_REQUEST, SUBMISSION_REVIEW_REQUEST
from lti_tool.lti.config import canvas_configuration
from lti_tool.lti.deep_linking.arrivals import record_placing
from lti_tool.lti.keysets import KeySets
from lti_tool.lti.launch import PlatformLaunch, VerifiedLaunch
from lti_tool.lti.login import Login, Parameters
from lti_tool.lti.refusals import DeploymentPending, MessageUnsupported, OtherBrowser
from lti_tool.lti.registrations import RecentRegistrations, Registrations
from lti_tool.lti.review import record_review
from lti_tool.lti.rosters.sync import wake as wake_rosters
from lti_tool.lti.storage import ProofKept, arriving_page, asking_page
from lti_tool.people.access import Audience, find_visit, open_to
from lti_tool.people.sessions import OpenedVisit, public_id_in, secret_of, set_visit_cookie
from lti_tool.settings import Settings
from lti_tool.web import csrf, supported_locale

log = logging.getLogger(__name__)
lti = Blueprint("lti", __name__)

# Short enough for a rotation to be noticed the same hour by platforms that do not refetch on an unknown key.
_JWKS_SECONDS = 600
# What the custom parameter `page` of a link opens for staff.
_STAFF_PAGES = {
    "results": ("gradebook.table", Audience.INSTRUCTOR),
    "evaluations": ("moderation.inbox", Audience.COORDINATOR),
    "platforms": ("administration.platforms", Audience.ADMINISTRATOR),
}


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
    visit, address = _arrive(_verified(attempt))
    again = attempt.login_parameters
    response = arriving_page(again, visit, address) if again else make_response(redirect(address, 303))
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


@lti.get("/lti/config/canvas.json")
@open_to(Audience.PUBLIC)
def canvas() -> Response:
    """For a developer key; `locale` in the address chooses the language."""
    with force_locale(supported_locale(request.args.get("locale"))):
        return jsonify(canvas_configuration(_settings().base_url, mail=_settings().mail is not None))


@lti.errorhandler(OtherBrowser)
def offer_new_window(error: OtherBrowser) -> ResponseReturnValue:
    reference = new_reference()
    log.info("refused", extra={"reference": reference, "status": error.status, "reason": error.reason})
    page = render_template("lti/new_window.html", problem=error, reference=reference)
    return make_response(page, error.status)


@lti.errorhandler(ProofKept)
def ask_storage(error: ProofKept) -> ResponseReturnValue:
    return asking_page(error, request.form)


@lti.get("/l/<visit>/cookie")
@open_to(Audience.PUBLIC)
def cookie() -> Response:
    """Whether the browser sends the visit's cookie back; a page asks before it goes on within a frame."""
    kept = secret_of(request, public_id_in(request.path) or "", _settings().secure) is not None
    return jsonify(kept=kept)


def _arrive(verified: VerifiedLaunch) -> tuple[OpenedVisit, str]:
    """The visit that the message opens, and the address to go on at."""
    message_type = verified.claims.message_type
    if message_type not in _ARRIVALS:
        raise MessageUnsupported(f"message-type-{message_type}")
    return _ARRIVALS[message_type](verified)


def _arrive_at_link(verified: VerifiedLaunch) -> tuple[OpenedVisit, str]:
    arrival = record_arrival(db.session, verified, request.accept_languages.best)
    db.session.commit()
    if arrival.roster_due:
        wake_rosters()
    page = _STAFF_PAGES.get(verified.claims.page or "")
    endpoint = page[0] if page and _may_use(arrival.visit, page[1]) else "home.start"
    return arrival.visit, url_for(endpoint, visit=arrival.visit.public_id)


def _arrive_at_work(verified: VerifiedLaunch) -> tuple[OpenedVisit, str]:
    visit, endpoint, values = record_review(db.session, verified, request.accept_languages.best)
    db.session.commit()
    return visit, url_for(endpoint, visit=visit.public_id, **values)


def _arrive_to_place(verified: VerifiedLaunch) -> tuple[OpenedVisit, str]:
    arrival = record_placing(db.session, verified, request.accept_languages.best)
    db.session.commit()
    if arrival.roster_due:
        wake_rosters()
    return arrival.visit, url_for("placement.picker", visit=arrival.visit.public_id)


_ARRIVALS = {
    RESOURCE_LINK_REQUEST: _arrive_at_link,
    DEEP_LINKING_REQUEST: _arrive_to_place,
    SUBMISSION_REVIEW_REQUEST: _arrive_at_work,
}


def _may_use(opened: OpenedVisit, audience: Audience) -> bool:
    visit = find_visit(db.session, opened.public_id, opened.secret)
    return visit is not None and audience in visit.audiences


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
