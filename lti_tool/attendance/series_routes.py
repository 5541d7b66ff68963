"""Planning many dates at once: the coordinator says the times of the week, looks at the dates, and makes them."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.attendance import planning_queries as queries
from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import NewSession, create_missing
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.planning_routes import COHORT, own_cohort, planning
from lti_tool.attendance.series_forms import (
    MOST_SLOTS,
    SeriesLine,
    digest_of,
    lines_of,
    parts_of,
    posted_series,
    prefix_of,
    series_form,
)
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.people.access import Audience, current_launch, open_to, own_zone
from lti_tool.texts import gettext as _


@planning.get(f"{COHORT}/series")
@open_to(Audience.COORDINATOR)
def series(cohort_id: int) -> Response:
    cohort = own_cohort(cohort_id)
    return _page(cohort, series_form(cohort, 1, posted=False), 1)


@planning.post(f"{COHORT}/series")
@open_to(Audience.COORDINATOR)
def plan_series(cohort_id: int) -> Response:
    """Every button: `more` adds a time of the week, `preview` shows the dates, `create` makes those that are ticked."""
    cohort, count, action = own_cohort(cohort_id), _count(), request.form.get("action", "")
    if action == "more":
        count = min(count + 1, MOST_SLOTS)
        return _page(cohort, _with_usual(series_form(cohort, count, posted=True), count), count)
    if action not in ("preview", "create"):
        raise Unreadable("unknown button")
    form = series_form(cohort, count, posted=True)
    planned = posted_series(form, cohort, count, own_zone(), now())
    if not planned:
        return _page(cohort, form, count, status=422)
    lines = lines_of(planned, _on(cohort), now())
    if action == "preview" or form.shown.data != digest_of(planned):
        return _preview(cohort, form, count, planned, lines, changed=action == "create")
    taken = set(request.form.getlist("take"))
    wanted = [line.new for line in lines if line.key in taken and not line.there]
    if not wanted:
        return _preview(cohort, form, count, planned, lines, mistake=_("Tick at least one date."))
    create_missing(db.session, current_launch().person_id, wanted)
    db.session.commit()
    return redirect(url_for("planning.overview", cohort=cohort.id, notice="dates-planned"), 303)


def _on(cohort: PlannedCohort) -> list[TrainingSession]:
    return [one for one in queries.dates_of(db.session, cohort.id) if one.cancelled_at is None]


def _count() -> int:
    text = request.form.get("slots", "")
    if text not in {str(number) for number in range(1, MOST_SLOTS + 1)}:
        raise Unreadable("a number of slots that no page has")
    return int(text)


def _with_usual(form: Any, count: int) -> Any:
    """The new time of the week is in the language of the one before, as most are."""
    form[f"{prefix_of(count - 1)}language"].data = form[f"{prefix_of(max(count - 2, 0))}language"].data
    return form


def _preview(
    cohort: PlannedCohort,
    form: Any,
    count: int,
    planned: list[NewSession],
    lines: list[SeriesLine],
    *,
    changed: bool = False,
    mistake: str = "",
) -> Response:
    """`changed` says that the dates are others than those that were looked at."""
    form.shown.data = digest_of(planned)
    status = 409 if changed else 422 if mistake else 200
    return _page(cohort, form, count, status=status, lines=lines, changed=changed, mistake=mistake)


def _page(cohort: PlannedCohort, form: Any, count: int, *, status: int = 200, **values: Any) -> Response:
    page = render_template(
        "planning/series.html",
        cohort=cohort,
        form=form,
        slots=parts_of(form, count),
        more=count < MOST_SLOTS,
        towns=cohort.programme.towns,
        zone=own_zone().key,
        **values,
    )
    return make_response(page, status)
