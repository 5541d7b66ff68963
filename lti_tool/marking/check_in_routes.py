"""The code that a leader shows, and the page where people enter it."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.errors import NotFound
from lti_tool.marking import check_in as actions
from lti_tool.marking.code import code_at, seconds_left, spaced
from lti_tool.marking.queries import Held, held_in
from lti_tool.marking.routes import SESSION, STAFF, held_session, marking
from lti_tool.marking.words import presence_titles, time_text
from lti_tool.people.access import Audience, current_launch, open_to

scanning = Blueprint("scanning", __name__, url_prefix="/check-in")

_LONGEST_TYPED = 40


@marking.get(f"{SESSION}/check-in")
@open_to(*STAFF)
def screen(session_id: int) -> str:
    held = held_session(session_id)
    return render_template("marking/screen.html", held=held, shown=_shown(held), time_text=time_text)


@marking.post(f"{SESSION}/check-in")
@open_to(*STAFF)
def switch_check_in(session_id: int) -> Response:
    """Open it for a while, or for a while longer; or close it."""
    held, action = held_session(session_id), request.form.get("action")
    if action not in ("open", "close"):
        raise Unreadable("unknown button")
    (actions.open_check_in if action == "open" else actions.close_check_in)(db.session, held.session)
    db.session.commit()
    return redirect(url_for("marking.screen", session_id=session_id), 303)


@marking.get(f"{SESSION}/check-in/code")
@open_to(*STAFF)
def code(session_id: int) -> Response:
    """The code of now, for the script of the screen; an empty one once check-in is over."""
    return jsonify(_shown(held_session(session_id)))


@marking.get(f"{SESSION}/check-in/picture.svg")
@open_to(*STAFF)
def picture(session_id: int) -> Response:
    """The same code as a QR code, which leads to the page that takes it on."""
    value = _code_of(held_session(session_id))
    if not value:
        raise NotFound("check-in is not open")
    image = io.BytesIO()
    address = f"{current_app.config['SETTINGS'].base_url}{url_for('scanning.scan')}#{value}"
    segno.make_qr(address, error="m").save(image, kind="svg", scale=8, border=2, light="white")
    return Response(image.getvalue(), mimetype="image/svg+xml")


@marking.get("/here")
@open_to(Audience.LEARNER)
def check_in() -> Response:
    return _own_page()


@marking.post("/here")
@open_to(Audience.LEARNER)
def check_in_now() -> Response:
    typed = request.form.get("code", "")[:_LONGEST_TYPED]
    found = actions.check_in(db.session, _secret(), current_launch().person_id, typed)
    if found is None:
        return _own_page(422, typed=typed)
    db.session.commit()
    return redirect(url_for("marking.check_in", notice="checked-in"), 303)


@scanning.get("")
@open_to(Audience.PUBLIC)
def scan() -> str:
    """Behind the picture on the screen: it takes the code to the visit that is open on this phone, or says how to
    open one. The code stands behind the address's #, so no server sees it here.
    """
    return render_template("marking/scan.html")


def _own_page(status: int = 200, *, typed: str | None = None) -> Response:
    launch = current_launch()
    found = actions.open_for(db.session, launch.person_id)
    page = render_template(
        "marking/check_in.html",
        found=[(one, held_in(db.session, one.session, launch.locale)) for one in found],
        typed=typed,
        titles=presence_titles(),
    )
    return make_response(page, status)


def _shown(held: Held) -> dict[str, object]:
    value = _code_of(held)
    return {
        "code": spaced(value) if value else "",
        "left": seconds_left(now()),
        "here": actions.checked_in(db.session, held.id),
    }


def _code_of(held: Held) -> str:
    """Empty while check-in is not open."""
    moment, until = now(), held.session.check_in_until
    is_open = until is not None and until > moment and held.session.cancelled_at is None
    return code_at(_secret(), held.id, moment) if is_open else ""


def _secret() -> str:
    return str(current_app.config["SETTINGS"].secret_key)
