"""The next term of a programme, prepared from a cohort and opened later, by its coordinators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug import Response

from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.errors import Conflict
from lti_tool.people.access import Audience, current_launch, open_to, own_zone
from lti_tool.schedule import next_term_actions, next_term_queries, queries
from lti_tool.schedule.forms import dates_form, doubled, names_of, posted_dates
from lti_tool.schedule.next_term import State
from lti_tool.schedule.next_term_actions import NextTerm, OpenedMeanwhile
from lti_tool.schedule.next_term_forms import AlongForm, OpeningForm, along_form, grants_in
from lti_tool.schedule.next_term_queries import Preparation, TermCohort, Terms
from lti_tool.schedule.words import step_titles
from lti_tool.texts import gettext as _

next_term = Blueprint("next_term", __name__, url_prefix="/l/<visit>/dates/<int(max=2147483647):cohort_id>")

# What the form names where no cohort is open.
_NONE = "none"


@next_term.get("/next-term")
@open_to(Audience.COORDINATOR)
def preparing(cohort_id: int) -> Response:
    terms = _terms(cohort_id)
    if terms.prepared is not None:
        return _there_already(terms.prepared)
    found = _preparation(terms)
    return _page(found, dates_form(found.schedule, own_zone(), posted=False), along_form(found, posted=False))


@next_term.post("/next-term")
@open_to(Audience.COORDINATOR)
def prepare(cohort_id: int) -> Response:
    terms = _terms(cohort_id)
    if terms.prepared is not None:
        return _there_already(terms.prepared)
    found = _preparation(terms)
    form, along = dates_form(found.schedule, own_zone(), posted=True), along_form(found, posted=True)
    wanted = posted_dates(form, found.schedule, own_zone())
    if wanted is None:
        return _page(found, form, along, status=422)
    plan = NextTerm(
        found.upcoming.term, wanted.dates, wanted.days_to_evaluate, grants_in(along, found), bool(along.teams.data)
    )
    person_id = current_launch().person_id
    new_id, is_new = next_term_actions.prepare_term(db.session, cohort_id, plan, person_id)
    db.session.commit()
    if not is_new:
        # Somebody else was a moment earlier.
        return _there_already(next(one for one in _terms(cohort_id).later if one.cohort_id == new_id))
    return redirect(url_for("schedule.dates", cohort_id=new_id, notice="term-prepared"), 303)


@next_term.get("/open")
@open_to(Audience.COORDINATOR)
def opening(cohort_id: int) -> Response:
    terms = _openable(cohort_id)
    return _opened(terms) if terms.own.state is State.OPEN else _opening_page(terms)


@next_term.post("/open")
@open_to(Audience.COORDINATOR)
def open_now(cohort_id: int) -> Response:
    terms, said = _openable(cohort_id), OpeningForm().closes.data or ""
    if said != _NONE and not (said.isascii() and said.isdigit() and len(said) <= 10):
        raise Unreadable("not the form of the page")
    try:
        next_term_actions.open_term(db.session, cohort_id, None if said == _NONE else int(said))
    except OpenedMeanwhile as conflict:
        db.session.rollback()
        return _opening_page(_terms(cohort_id), status=conflict.status, changed=True)
    db.session.commit()
    return _opened(terms)


def _page(found: Preparation, form: Any, along: AlongForm, *, status: int = 200) -> Response:
    page = render_template(
        "schedule/next_term.html",
        preparation=found,
        schedule=found.schedule,
        form=form,
        along=along,
        titles=step_titles(),
        names_of=names_of,
        zone=own_zone().key,
        doubled=doubled(found.schedule, own_zone()),
    )
    return make_response(page, status)


def _opening_page(terms: Terms, *, status: int = 200, changed: bool = False) -> Response:
    form = OpeningForm(formdata=None, data={"closes": _closes(terms)})
    page = render_template(
        "schedule/next_term_opening.html",
        terms=terms,
        programme=terms.programme.title_in(current_launch().locale),
        opening=next_term_queries.opening(db.session, terms),
        form=form,
        changed=changed,
    )
    return make_response(page, status)


def _closes(terms: Terms) -> str:
    return str(terms.open.cohort_id) if terms.open else _NONE


def _there_already(prepared: TermCohort) -> Response:
    if prepared.mine:
        return redirect(url_for("schedule.dates", cohort_id=prepared.cohort_id, notice="term-there"), 303)
    raise Conflict(
        "prepared by others",
        title=_("That term is prepared already"),
        explanation=_("Somebody else has prepared %(term)s, and you do not coordinate it.", term=prepared.title),
        advice=_("Ask another coordinator, or whoever runs these pages, to add you."),
    )


def _opened(terms: Terms) -> Response:
    return redirect(url_for("schedule.dates", cohort_id=terms.own.cohort_id, notice="term-open"), 303)


def _openable(cohort_id: int) -> Terms:
    terms = _terms(cohort_id)
    if terms.own.state is State.OVER:
        raise Conflict(
            "term is over",
            title=_("That term is over"),
            explanation=_("%(term)s cannot be opened any more. Nothing was changed.", term=terms.own.title),
        )
    return terms


def _preparation(terms: Terms) -> Preparation:
    launch = current_launch()
    source = queries.schedule_of(db.session, launch.cohort_ids, terms.own.cohort_id, launch.locale)
    return next_term_queries.preparation(db.session, source, terms, launch.person_id, launch.locale)


def _terms(cohort_id: int) -> Terms:
    """Raises `NotFound` for a cohort of others."""
    launch = current_launch()
    return next_term_queries.terms_of(db.session, launch.cohort_ids, cohort_id, launch.locale)
