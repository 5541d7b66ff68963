"""What an administrator of a learning platform sees, in its frame, when it is told to register the tool."""

from __future__ import annotations

import logging

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.database import db
from lti_tool.errors import new_reference
from lti_tool.lti.dynamic_registration import forms, invitations
from lti_tool.lti.dynamic_registration.actions import keep_registration
from lti_tool.lti.dynamic_registration.answer import read_answer
from lti_tool.lti.dynamic_registration.configuration import read_configuration
from lti_tool.lti.dynamic_registration.exchange import Exchange
from lti_tool.lti.dynamic_registration.next_steps import next_steps
from lti_tool.lti.dynamic_registration.offer import client_registration
from lti_tool.lti.dynamic_registration.refusals import RegistrationRefused
from lti_tool.lti.dynamic_registration.scopes import missing
from lti_tool.people.access import Audience, open_to
from lti_tool.settings import Settings
from lti_tool.texts import gettext as _
from lti_tool.web import csrf

log = logging.getLogger(__name__)
registration = Blueprint("registration", __name__)


@registration.get("/lti/register")
@registration.get("/lti/register/<invitation>")
@open_to(Audience.PUBLIC)
def show(invitation: str | None = None) -> ResponseReturnValue:
    """What will be registered. Nothing is asked of the platform yet: anybody may open this."""
    asked = forms.read(request.args, invitation)
    if asked.code and not invitations.is_open(db.session, asked.code):
        raise invitations.InvitationClosed
    return _page(asked)


@registration.post("/lti/register")
@open_to(Audience.PUBLIC)
def register() -> ResponseReturnValue:
    asked, settings = forms.read(request.form, None), _settings()
    if not asked.address:
        raise RegistrationRefused(
            "request: openid_configuration",
            _("This page was not opened by a learning platform."),
            _("Give your learning platform the address of the registration, and begin there."),
        )
    if not _may_register(asked, settings):
        return _page(asked, wrong_code=True)
    # The platform is asked outside any transaction: it may take its time.
    db.session.rollback()
    exchange: Exchange = current_app.extensions["registration_exchange"]
    told = read_configuration(exchange.configuration(asked.address, asked.token), asked.address)
    metadata = client_registration(settings.base_url, told, mail=settings.mail is not None)
    answer = read_answer(exchange.register(told.registration_url, asked.token, metadata))
    kept = keep_registration(db.session, told, answer, code=asked.code, development=settings.development)
    db.session.commit()
    return render_template(
        "lti/registered.html",
        platform=told,
        client_id=answer.client_id,
        again=kept.again,
        steps=next_steps(told.product, deployed=kept.deployed),
        missing=missing(answer.scopes),
    )


# The frame of the platform keeps our cookies back, and there is nobody signed in whose browser could be made to do
# this: what a forger would need is an invitation, and the platform's own token to get anywhere with it.
csrf.exempt(register)


def _may_register(asked: forms.Asked, settings: Settings) -> bool:
    if asked.code:
        return invitations.is_open(db.session, asked.code)
    return settings.open_registration


def _page(asked: forms.Asked, *, wrong_code: bool = False) -> ResponseReturnValue:
    settings = _settings()
    reference = new_reference() if wrong_code else None
    if reference:
        log.info("refused", extra={"reference": reference, "status": 403, "reason": "invitation-closed"})
    page = render_template(
        "lti/register.html",
        asked=asked,
        base_url=settings.base_url,
        ask_code=wrong_code or not (asked.code or settings.open_registration),
        reference=reference,
    )
    return make_response(page, 403 if wrong_code else 200)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
