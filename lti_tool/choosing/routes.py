"""Comparing modules, choosing and giving up; for coordinators, who has chosen what."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.choosing import actions, words
from lti_tool.choosing.queries import Offer, Selection, selection_with, selections, work_title
from lti_tool.database import db
from lti_tool.errors import Conflict
from lti_tool.modules.choices import NoRoom, Settled
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import Work

choosing = Blueprint("choosing", __name__, url_prefix="/l/<visit>/choose")

# More do not fit beside each other.
MOST_COMPARED = 3


@choosing.get("")
@open_to(Audience.LEARNER)
def modules() -> str:
    """`work` in the address are the kinds of work that the person has."""
    wanted = request.args.getlist("work")
    found = selections(db.session, current_launch().person_id, _language(), wanted)
    return render_template(
        "choosing/modules.html", selections=found, wanted=wanted, works=_works(found), words=words, most=MOST_COMPARED
    )


@choosing.get("/compare")
@open_to(Audience.LEARNER)
def compare() -> str:
    """`compare` in the address are the keys of modules, of which the first few are shown."""
    keys, wanted = request.args.getlist("compare"), request.args.getlist("work")
    found = selections(db.session, current_launch().person_id, _language(), wanted)
    ticked = [(selection, offer) for selection in found for offer in selection.offers if offer.key in keys]
    return render_template(
        "choosing/compare.html",
        compared=ticked[:MOST_COMPARED],
        left_out=len(ticked) - MOST_COMPARED,
        outcomes=_outcomes,
        wanted=wanted,
        words=words,
    )


@choosing.get("/modules/<key>")
@open_to(Audience.LEARNER)
def module(key: str) -> Response:
    """All about one module before it is chosen, and which one to give up for it where there is no room."""
    return _module_page(key)


@choosing.post("/modules/<key>")
@open_to(Audience.LEARNER)
def choose(key: str) -> Response:
    person_id = current_launch().person_id
    try:
        choice = actions.choose(db.session, person_id, key, instead_of=request.form.get("instead_of") or None)
    except (NoRoom, Settled) as refusal:
        db.session.rollback()
        return _module_page(key, refusal)
    db.session.commit()
    if request.form.get("back") == "module":
        return redirect(url_for("home.module", key=key, notice="chosen"), 303)
    if choice.room:
        return redirect(url_for("choosing.modules", work=request.args.getlist("work"), notice="chosen"), 303)
    return redirect(url_for("home.training", notice="chosen"), 303)


@choosing.get("/modules/<key>/give-up")
@open_to(Audience.LEARNER)
def leaving(key: str) -> str:
    """What giving it up means, before it is done."""
    selection = selection_with(db.session, current_launch().person_id, key, _language())
    return render_template("choosing/give_up.html", selection=selection, offer=selection.offer(key), words=words)


@choosing.post("/modules/<key>/give-up")
@open_to(Audience.LEARNER)
def give_up(key: str) -> Response:
    try:
        actions.give_up(db.session, current_launch().person_id, key)
    except Settled as refusal:
        db.session.rollback()
        return _module_page(key, refusal)
    db.session.commit()
    return redirect(url_for("choosing.modules", work=request.args.getlist("work"), notice="given-up"), 303)


def _module_page(key: str, refusal: Conflict | None = None) -> Response:
    selection = selection_with(db.session, current_launch().person_id, key, _language())
    offer = selection.offer(key)
    page = render_template(
        "choosing/module.html",
        selection=selection,
        offer=offer,
        outcomes=_outcomes(selection, offer),
        wanted=request.args.getlist("work"),
        refusal=refusal,
        words=words,
    )
    return make_response(page, refusal.status if refusal else 200)


def _works(found: list[Selection]) -> list[tuple[str, str]]:
    """The kinds of work that any of the modules fits, with their titles."""
    kinds: dict[str, tuple[Selection, Work]] = {}
    for selection in found:
        fitting = {key for offer in selection.offers for key in offer.content.work}
        kinds |= {work.key: (selection, work) for work in selection.programme.work if work.key in fitting}
    return [(key, work_title(selection.programme, work, _language())) for key, (selection, work) in kinds.items()]


def _outcomes(selection: Selection, offer: Offer) -> list[str]:
    """What one learns in it, as far as the programme has words for it."""
    known = {outcome.key for outcome in selection.programme.learning_outcomes}
    keys = [key for key in offer.content.learning_outcomes if key in known]
    return [selection.programme.outcome_in(key, _language()) for key in keys]


def _language() -> str:
    return str(get_locale())
