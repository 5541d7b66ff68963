"""The dates of a cohort, for its coordinators: the list, one date at a time, and calling dates off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.attendance import planning_queries as queries
from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import CalledOff, TooFewPlaces, TookPlace, call_off, change_session, create_missing
from lti_tool.attendance.planning_queries import Holder, PlannedCohort
from lti_tool.attendance.planning_view import NO_TOWN, View
from lti_tool.attendance.session_forms import date_form, posted_date, version_of
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.errors import DomainError, NotFound
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to, own_zone
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _

planning = Blueprint("planning", __name__, url_prefix="/l/<visit>/sessions")

# The largest id of either database.
COHORT = "/cohorts/<int(max=2147483647):cohort_id>"
_DATE = "/<int(max=2147483647):session_id>"
MOST_AT_ONCE = 100


@planning.get("")
@open_to(Audience.COORDINATOR)
def overview() -> Response:
    launch, view = current_launch(), view_asked_for(View.read, _("Go back to the list of dates."))
    cohorts = queries.cohorts(db.session, launch.cohort_ids, launch.locale)
    cohort = _chosen(cohorts, view)
    moment = now()
    found = queries.overview(db.session, cohort.id, view, moment)
    view = view.on_page_of(found.counts[view.show])
    page = render_template(
        "planning/list.html",
        view=view,
        cohorts=cohorts,
        cohort=cohort,
        found=found,
        lines=queries.lines_on_page(db.session, cohort.id, view, moment),
        pages=pages_of(found.counts[view.show]),
        moment=moment,
        zone=own_zone().key,
        language_name=language_name,
        no_town=NO_TOWN,
    )
    return make_response(page)


@planning.get(f"{COHORT}/new")
@open_to(Audience.COORDINATOR)
def new(cohort_id: int) -> Response:
    """Empty, or filled like another date."""
    cohort = own_cohort(cohort_id)
    like = _like(request.args.get("like", ""))
    form = date_form(cohort, like, own_zone(), posted=False)
    if like:
        form.day.data = form.sign_up_until.data = ""
    return _date_page(cohort, form)


@planning.post(f"{COHORT}/new")
@open_to(Audience.COORDINATOR)
def create(cohort_id: int) -> Response:
    cohort = own_cohort(cohort_id)
    form = date_form(cohort, None, own_zone(), posted=True)
    wanted = posted_date(form, cohort, None, own_zone())
    if wanted is None:
        return _date_page(cohort, form, status=422)
    made = create_missing(db.session, current_launch().person_id, [wanted])
    db.session.commit()
    notice = "date-planned" if made else "date-there"
    return redirect(url_for("planning.overview", cohort=cohort.id, notice=notice), 303)


@planning.get(_DATE)
@open_to(Audience.COORDINATOR)
def date(session_id: int) -> Response:
    found = _date(session_id)
    cohort = own_cohort(found.cohort_id)
    return _date_page(cohort, date_form(cohort, found, own_zone(), posted=False), found)


@planning.post(_DATE)
@open_to(Audience.COORDINATOR)
def change(session_id: int) -> Response:
    found = _date(session_id)
    cohort = own_cohort(found.cohort_id)
    form = date_form(cohort, found, own_zone(), posted=True)
    wanted = posted_date(form, cohort, found, own_zone(), kept=found.meeting_key)
    if wanted is None:
        return _date_page(cohort, form, found, status=422)
    if form.version.data != version_of(found):
        form.version.data = version_of(found)
        return _date_page(cohort, form, found, status=409, changed=True)
    try:
        change_session(db.session, current_launch().person_id, found, wanted)
    except TooFewPlaces as refusal:
        form.capacity.errors = [refusal.explanation]
        return _date_page(cohort, form, found, status=409)
    except CalledOff as refusal:
        return _date_page(cohort, form, found, status=409, refusal=refusal)
    db.session.commit()
    return redirect(url_for("planning.overview", cohort=cohort.id, notice="date-changed"), 303)


@planning.get("/call-off")
@open_to(Audience.COORDINATOR)
def calling_off() -> Response:
    """Which dates, and who would lose a place."""
    return _call_off_page(_named_dates(request.args.getlist("date")))


@planning.post("/call-off")
@open_to(Audience.COORDINATOR)
def call_off_now() -> Response:
    """Done at once, unless more people would lose a place than the page said: then it asks again."""
    dates = _named_dates(request.form.getlist("date"))
    people = queries.holders(db.session, [one.id for one in dates])
    if len(people) > _number(request.form.get("seen")):
        return _call_off_page(dates, more=True)
    cohort_id = dates[0].cohort_id
    try:
        # In one order, so that no two who call off dates of the same meetings wait for each other.
        for one in sorted(dates, key=lambda found: (found.meeting_key, found.id)):
            call_off(db.session, current_launch().person_id, one)
    except TookPlace as refusal:
        db.session.rollback()
        return _call_off_page(_named_dates(request.form.getlist("date")), refusal=refusal)
    db.session.commit()
    return redirect(url_for("planning.overview", cohort=cohort_id, notice="called-off"), 303)


def own_cohort(cohort_id: int) -> PlannedCohort:
    """A cohort that the person coordinates and whose programme has meetings to plan; raises `NotFound`."""
    launch = current_launch()
    found = queries.cohort_in(db.session, launch.cohort_ids, cohort_id, launch.locale)
    if not found.meetings:
        raise NotFound("a programme without meetings")
    return found


def _chosen(cohorts: list[PlannedCohort], view: View) -> PlannedCohort:
    found = next((one for one in cohorts if view.cohort in (None, one.id)), None)
    if found is None:
        raise NotFound("not a cohort of this coordinator")
    return found


def _date(session_id: int) -> TrainingSession:
    return queries.date_in(db.session, current_launch().cohort_ids, session_id)


def _like(named: str) -> TrainingSession | None:
    return _date(_number(named)) if named else None


def _named_dates(named: list[str]) -> list[TrainingSession]:
    """Without those that are called off already."""
    if len(named) > MOST_AT_ONCE:
        raise Unreadable("more dates than a page has")
    if not named:
        raise DomainError(
            "no date chosen",
            explanation=_("No date was chosen."),
            advice=_("Go back and tick the dates that are to be called off."),
        )
    found = queries.dates_in(db.session, current_launch().cohort_ids, [_number(one) for one in named])
    if len({one.cohort_id for one in found}) > 1:
        raise Unreadable("dates of several cohorts")
    return found


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _date_page(
    cohort: PlannedCohort, form: Any, found: TrainingSession | None = None, *, status: int = 200, **values: Any
) -> Response:
    people = queries.holders(db.session, [found.id]) if found else []
    page = render_template(
        "planning/date.html",
        cohort=cohort,
        form=form,
        date=found,
        people=people,
        recorded=bool(found and queries.recorded(db.session, [found.id])),
        towns=towns_of(cohort),
        zone=own_zone().key,
        **values,
    )
    return make_response(page, status)


def towns_of(cohort: PlannedCohort) -> tuple[str, ...]:
    return cohort.programme.towns


def _call_off_page(dates: list[TrainingSession], *, more: bool = False, refusal: TookPlace | None = None) -> Response:
    ids = [one.id for one in dates]
    recorded = queries.recorded(db.session, ids)
    on = [one for one in dates if one.cancelled_at is None and one.id not in recorded]
    people = queries.holders(db.session, [one.id for one in on])
    page = render_template(
        "planning/call_off.html",
        cohort=own_cohort(dates[0].cohort_id),
        dates=on,
        kept=[one for one in dates if one not in on],
        people=_by_date(people),
        losing=len(people),
        more=more,
        refusal=refusal,
    )
    return make_response(page, 409 if more or refusal else 200)


def _by_date(people: list[Holder]) -> dict[int, list[Holder]]:
    found: dict[int, list[Holder]] = {}
    for one in people:
        found.setdefault(one.session_id, []).append(one)
    return found
