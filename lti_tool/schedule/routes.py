"""The dates of a cohort and who has more time, for its coordinators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.completion.people import MOST_FOUND, people_called, person_in
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.modules import date_actions
from lti_tool.peer_review.expiry import AtStake
from lti_tool.people.access import Audience, current_launch, open_to, own_zone
from lti_tool.programme.content import Step
from lti_tool.schedule import next_term_queries, queries
from lti_tool.schedule.forms import (
    dates_form,
    doubled,
    extension_form,
    names_of,
    posted_dates,
    posted_extension,
)
from lti_tool.schedule.queries import Schedule
from lti_tool.schedule.words import step_titles, term_states

schedule = Blueprint("schedule", __name__, url_prefix="/l/<visit>/dates")

# The largest id of either database.
_COHORT = "/<int(max=2147483647):cohort_id>"
_PERSON = f"{_COHORT}/extensions/<int(max=2147483647):person_id>"
_SHORTEST_SEARCH = 2


@schedule.get("")
@open_to(Audience.COORDINATOR)
def overview() -> Response:
    launch = current_launch()
    found = queries.schedules(db.session, launch.cohort_ids, launch.locale)
    if len(found) == 1:
        return _dates_page(found[0], dates_form(found[0], own_zone(), posted=False))
    states = next_term_queries.states(db.session, launch.cohort_ids)
    page = render_template("schedule/cohorts.html", schedules=found, states=states, state_words=term_states())
    return make_response(page)


@schedule.get(_COHORT)
@open_to(Audience.COORDINATOR)
def dates(cohort_id: int) -> Response:
    found = _schedule(cohort_id)
    return _dates_page(found, dates_form(found, own_zone(), posted=False))


@schedule.post(_COHORT)
@open_to(Audience.COORDINATOR)
def save(cohort_id: int) -> Response:
    """Saved at once, unless evaluations would go back by it: then the page says how many, and asks."""
    stored = _schedule(cohort_id)
    form = dates_form(stored, own_zone(), posted=True)
    wanted = posted_dates(form, stored, own_zone())
    if wanted is None:
        return _dates_page(stored, form, status=422)
    if form.version.data != stored.version:
        form.version.data = stored.version
        return _dates_page(stored, form, status=409, changed=True)
    stake = _newly_at_stake(stored, wanted)
    if stake.total > _number(form.seen.data):
        form.seen.data = str(stake.total)
        return _dates_page(stored, form, stake=stake)
    person_id = current_launch().person_id
    date_actions.set_dates(db.session, cohort_id, wanted.dates, wanted.days_to_evaluate, person_id)
    db.session.commit()
    return redirect(url_for("schedule.dates", cohort_id=cohort_id, notice="dates"), 303)


@schedule.get(f"{_COHORT}/extensions")
@open_to(Audience.COORDINATOR)
def extensions(cohort_id: int) -> str:
    found, wanted = _schedule(cohort_id), request.args.get("q", "").strip()
    searched = len(wanted) >= _SHORTEST_SEARCH
    people = people_called(db.session, cohort_id, wanted) if searched else []
    return render_template(
        "schedule/extensions.html",
        schedule=found,
        extensions=queries.extensions(db.session, found),
        titles=step_titles(),
        zone=own_zone().key,
        wanted=wanted,
        searched=searched,
        people=people[:MOST_FOUND],
        more=len(people) > MOST_FOUND,
    )


@schedule.get(_PERSON)
@open_to(Audience.COORDINATOR)
def extension(cohort_id: int, person_id: int) -> Response:
    found = _schedule(cohort_id)
    return _person_page(found, person_id, extension_form(found, posted=False))


@schedule.post(_PERSON)
@open_to(Audience.COORDINATOR)
def extend(cohort_id: int, person_id: int) -> Response:
    """Give more time, or change how much; a step that is extended already gets the new date."""
    found, launch = _schedule(cohort_id), current_launch()
    person_in(db.session, cohort_id, person_id)
    form = extension_form(found, posted=True)
    wanted = posted_extension(form, found, own_zone())
    if wanted is None:
        return _person_page(found, person_id, form, status=422)
    keys, until = wanted
    stake = sum((_stake_of(found, person_id, key, until) for key in keys), AtStake())
    if stake.total > _number(form.seen.data):
        form.seen.data = str(stake.total)
        return _person_page(found, person_id, form, stake=stake)
    for key in keys:
        date_actions.extend(
            db.session,
            key,
            cohort_id=cohort_id,
            person_id=person_id,
            until=until,
            reason=form.reason.data or "",
            set_by=launch.person_id,
        )
    db.session.commit()
    return redirect(url_for("schedule.extensions", cohort_id=cohort_id, notice="extended"), 303)


@schedule.post(f"{_PERSON}/withdraw")
@open_to(Audience.COORDINATOR)
def withdraw(cohort_id: int, person_id: int) -> Response:
    """Take an extension back; if evaluations would go back by it, the page says so and asks."""
    found, key = _schedule(cohort_id), _posted_key()
    person_in(db.session, cohort_id, person_id)
    stake = _stake_of(found, person_id, key, None)
    if stake.total > _number(request.form.get("seen")):
        form = extension_form(found, posted=False)
        return _person_page(found, person_id, form, stake=stake, withdrawing=key)
    date_actions.withdraw_extensions(db.session, cohort_id, person_id, [key])
    db.session.commit()
    return redirect(url_for("schedule.extensions", cohort_id=cohort_id, notice="unextended"), 303)


def _dates_page(found: Schedule, form: Any, *, status: int = 200, **values: Any) -> Response:
    launch = current_launch()
    page = render_template(
        "schedule/dates.html",
        schedule=found,
        state_words=term_states(),
        terms=next_term_queries.terms_of(db.session, launch.cohort_ids, found.cohort_id, launch.locale),
        form=form,
        titles=step_titles(),
        names_of=names_of,
        zone=own_zone().key,
        doubled=doubled(found, own_zone()),
        **values,
    )
    return make_response(page, status)


def _person_page(found: Schedule, person_id: int, form: Any, *, status: int = 200, **values: Any) -> Response:
    page = render_template(
        "schedule/extension.html",
        schedule=found,
        person=person_in(db.session, found.cohort_id, person_id),
        extensions=queries.extensions(db.session, found, person_id),
        form=form,
        titles=step_titles(),
        zone=own_zone().key,
        **values,
    )
    return make_response(page, status)


def _schedule(cohort_id: int) -> Schedule:
    launch = current_launch()
    return queries.schedule_of(db.session, launch.cohort_ids, cohort_id, launch.locale)


def _newly_at_stake(stored: Schedule, wanted: Schedule) -> AtStake:
    """Nothing, if no more go back than the dates as they are take back anyway."""
    moment = now()
    stake = queries.would_expire(db.session, wanted, moment)
    return stake if stake.total > queries.would_expire(db.session, stored, moment).total else AtStake()


def _stake_of(found: Schedule, person_id: int, key: date_actions.StepKey, until: Any) -> AtStake:
    module_id, step = key
    if step is not Step.EVALUATIONS:
        return AtStake()
    return queries.would_expire_of(db.session, found, person_id, (module_id, until), now())


def _posted_key() -> date_actions.StepKey:
    """Raises `Unreadable` for a form that is not the page's own."""
    try:
        return int(request.form.get("module", "")), Step(request.form.get("step", ""))
    except ValueError as error:
        raise Unreadable("unknown step") from error


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 0
