"""Who administers: the list, a search among people who have come, naming and taking back."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for

from lti_tool.administration import actions, queries
from lti_tool.administration.blueprint import acting, administration, for_administrators
from lti_tool.database import db
from lti_tool.people.access import current_visit
from lti_tool.people.models import Purpose

_PERSON = "/l/<visit>/administrators/<int(max=2147483647):person_id>"


@administration.get("/l/<visit>/administrators")
@for_administrators
def administrators() -> str:
    wanted = request.args.get("q", "").strip()
    searched = len(wanted) >= queries.SHORTEST_SEARCH
    found = queries.find_people(db.session, wanted) if searched else []
    return render_template(
        "administration/administrators.html",
        administrators=queries.administrators(db.session),
        wanted=wanted,
        searched=searched,
        found=found[: queries.MOST_FOUND],
        more=len(found) > queries.MOST_FOUND,
    )


@administration.post(_PERSON)
@for_administrators
def name(person_id: int) -> Response:
    actions.name_administrator(db.session, person_id, granted_by=acting())
    db.session.commit()
    return _to_list("named")


@administration.post(f"{_PERSON}/revoke")
@for_administrators
def revoke(person_id: int) -> Response:
    visit = current_visit()
    actions.dismiss_administrator(db.session, person_id, by_operator=visit.purpose is Purpose.OPERATING)
    db.session.commit()
    if person_id == visit.person_id:
        return make_response(redirect(url_for("home.start", notice="resigned"), 303))
    return _to_list("revoked")


def _to_list(notice: str) -> Response:
    return make_response(redirect(url_for("administration.administrators", notice=notice), 303))
