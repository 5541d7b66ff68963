"""The learning platforms that may open the tool: the list, and a page for each."""

from __future__ import annotations

from flask import Response, current_app, make_response, redirect, render_template, request, url_for

from lti_tool.addresses import way_back
from lti_tool.administration.blueprint import administration, for_administrators, settings
from lti_tool.administration.forms import PlatformForm
from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.lti import actions
from lti_tool.lti.actions import PlatformChanges, PlatformRefused, Removal
from lti_tool.lti.models import Platform
from lti_tool.lti.probe import probe, target_of
from lti_tool.lti.queries import listed_deployments, listed_platforms, platform_with

# Larger numbers would not fit the database's integers.
_ID = "int(max=2147483647)"
PLATFORM = f"/l/<visit>/platforms/<{_ID}:platform_id>"
_DEPLOYMENT = f"/l/<visit>/platforms/deployments/<{_ID}:deployment_pk>"
_TRUST = {"on": True, "off": False}


@administration.get("/l/<visit>/platforms")
@for_administrators
def platforms() -> str:
    return render_template("administration/platforms.html", platforms=listed_platforms(db.session))


@administration.post(f"{_DEPLOYMENT}/approve")
@for_administrators
def approve(deployment_pk: int) -> Response:
    actions.approve_deployment(db.session, deployment_pk)
    db.session.commit()
    return _back("approved")


@administration.post(f"{_DEPLOYMENT}/close")
@for_administrators
def close(deployment_pk: int) -> Response:
    actions.close_deployment(db.session, deployment_pk)
    db.session.commit()
    return _back("closed")


@administration.get(PLATFORM)
@for_administrators
def platform(platform_id: int) -> str:
    found = platform_with(db.session, platform_id)
    return render_template("administration/platform.html", platform=found, deployments=listed_deployments(found))


@administration.get(f"{PLATFORM}/edit")
@for_administrators
def edit(platform_id: int) -> Response:
    found = platform_with(db.session, platform_id)
    return _edit_page(found, PlatformForm(formdata=None, obj=found), 200)


@administration.post(f"{PLATFORM}/edit")
@for_administrators
def change(platform_id: int) -> Response:
    form = PlatformForm()
    try:
        changes = PlatformChanges(**form.values("name", "auth_url", "token_url", "jwks_url", "token_audience"))
        actions.change_platform(db.session, platform_id, changes, development=settings().development)
    except PlatformRefused as refusal:
        db.session.rollback()
        form.show(refusal.problems)
        return _edit_page(platform_with(db.session, platform_id), form, 422)
    db.session.commit()
    return _to_platform(platform_id, "saved")


@administration.post(f"{PLATFORM}/trust")
@for_administrators
def trust(platform_id: int) -> Response:
    """Whether its system and institution administrators administer here, too."""
    wanted = request.form.get("trust", "")
    if wanted not in _TRUST:
        raise Unreadable("unknown button")
    actions.trust_administrators(db.session, platform_id, trusted=_TRUST[wanted])
    db.session.commit()
    return _to_platform(platform_id, "trusted" if _TRUST[wanted] else "untrusted")


@administration.post(f"{PLATFORM}/test")
@for_administrators
def test(platform_id: int) -> str:
    """Asks the platform now, and shows what came of it; changes nothing."""
    found = platform_with(db.session, platform_id)
    name, target = found.name, target_of(db.session, platform_id)
    db.session.rollback()
    steps = probe(target, current_app.extensions["probing"])
    return render_template("administration/connection.html", platform_id=platform_id, name=name, steps=steps)


@administration.get(f"{PLATFORM}/remove")
@for_administrators
def removal(platform_id: int) -> str:
    """Asks once more, and says what will be kept."""
    return render_template("administration/remove.html", platform=platform_with(db.session, platform_id))


@administration.post(f"{PLATFORM}/remove")
@for_administrators
def remove(platform_id: int) -> Response:
    platform_with(db.session, platform_id)
    removed = actions.remove_platform(db.session, platform_id)
    db.session.commit()
    if removed is Removal.CLOSED:
        return _to_platform(platform_id, "closed")
    return make_response(redirect(url_for("administration.platforms", notice="removed"), 303))


def _edit_page(found: Platform, form: PlatformForm, status: int) -> Response:
    return make_response(render_template("administration/edit.html", platform=found, form=form), status)


def _to_platform(platform_id: int, notice: str) -> Response:
    return make_response(redirect(url_for("administration.platform", platform_id=platform_id, notice=notice), 303))


def _back(notice: str) -> Response:
    """To the page with the button: the list, or the platform's own."""
    prefix = url_for("administration.platforms")
    return make_response(redirect(way_back(request.form.get("back", prefix), prefix, notice), 303))
