"""Connecting a learning platform: a guide for each, invitations to register by itself, and registration by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from lti_tool.administration.blueprint import acting, administration, for_administrators, settings
from lti_tool.administration.forms import InvitationForm, PlatformForm, StartForm, start_form
from lti_tool.administration.guides import GUIDES, Guide, our_values
from lti_tool.database import db
from lti_tool.errors import DomainError, NotFound
from lti_tool.lti import actions
from lti_tool.lti.actions import NewPlatform, PlatformRefused
from lti_tool.lti.dynamic_registration import invitations
from lti_tool.lti.dynamic_registration.offer import tool_description, tool_name
from lti_tool.texts import gettext as _

_GUIDE = "/l/<visit>/platforms/new/<product>"


@administration.get("/l/<visit>/platforms/new")
@for_administrators
def connect() -> str:
    return render_template("administration/connect.html", guides=GUIDES.values())


@administration.get(_GUIDE)
@for_administrators
def guide(product: str) -> Response:
    """With `start` in the address, the form is filled with what follows from that answer."""
    found = _guide(product)
    start = start_form(found.question, request.args)
    defaults = _defaults(found, start)
    form = PlatformForm(formdata=None, data={"name": found.name if defaults else "", **(defaults or {})})
    return _guide_page(found, start, form, 200 if defaults is not None else 422)


@administration.post(_GUIDE)
@for_administrators
def add(product: str) -> Response:
    found, form = _guide(product), PlatformForm()
    try:
        platform = actions.add_platform(
            db.session,
            NewPlatform(**form.values(*NewPlatform.__dataclass_fields__)),
            development=settings().development,
        )
    except PlatformRefused as refusal:
        form.show(refusal.problems)
    except DomainError as conflict:
        form.show({"client_id": conflict.explanation})
    else:
        db.session.commit()
        address = url_for("administration.platform", platform_id=platform.id, notice="connected")
        return make_response(redirect(address, 303))
    db.session.rollback()
    return _guide_page(found, start_form(found.question, {}), form, 422)


@administration.get("/l/<visit>/platforms/invitations")
@for_administrators
def invited() -> str:
    return render_template("administration/invitations.html", invitations=invitations.listed(db.session))


@administration.post(f"{_GUIDE}/invitation")
@for_administrators
def invite(product: str) -> Response:
    """Shows the address once: only a hash of its code is kept."""
    found, form = _guide(product), InvitationForm()
    try:
        invitation, code = invitations.invite(db.session, form.required_note(), acting())
    except DomainError as refusal:
        db.session.rollback()
        form.note.errors = [refusal.explanation]
        start = start_form(found.question, {})
        return _guide_page(found, start, PlatformForm(formdata=None), 422, invitation_form=form)
    db.session.commit()
    page = render_template(
        "administration/invited.html", guide=found, invitation=invitation, address=registration_address(code)
    )
    return make_response(page)


@administration.post("/l/<visit>/platforms/invitations/<int(max=2147483647):invitation_id>/revoke")
@for_administrators
def revoke_invitation(invitation_id: int) -> Response:
    invitations.revoke(db.session, invitation_id)
    db.session.commit()
    return make_response(redirect(url_for("administration.invited", notice="invitation-revoked"), 303))


def registration_address(code: str) -> str:
    """What the platform's administrator pastes there."""
    return settings().base_url + url_for("registration.show", invitation=code)


def _guide(product: str) -> Guide:
    if product not in GUIDES:
        raise NotFound("no such guide")
    return GUIDES[product]


def _defaults(found: Guide, start: StartForm | None) -> Mapping[str, str] | None:
    """What the first of several choices leads to, nothing where text is asked for, until the question is answered.

    None for an answer that makes no sense, which is said.
    """
    if found.question is None or start is None:
        return {}
    answer = start.start.data
    if answer is None:
        answer = next((value for value, _label in found.question.choices), None)
    if answer is None:
        return {}
    defaults = found.question.answer(answer)
    if defaults is None:
        start.start.errors = [_("That does not look right. Compare it with the example, and try again.")]
    return defaults


def _guide_page(found: Guide, start: StartForm | None, form: PlatformForm, status: int, **values: Any) -> Response:
    page = render_template(
        "administration/guide.html",
        guide=found,
        start=start,
        form=form,
        ours=our_values(settings().base_url, tool_name(), tool_description()),
        **{"invitation_form": InvitationForm(formdata=None), **values},
    )
    return make_response(page, status)
