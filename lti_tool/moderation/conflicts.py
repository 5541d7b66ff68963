"""Who is kept apart: pairs of people, and the learning assistants of a course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import HiddenField, RadioField

from lti_tool.database import db
from lti_tool.drafts import Unreadable, clean_text
from lti_tool.moderation import conflict_queries as queries
from lti_tool.moderation.conflict_queries import MOST_FOUND, Candidate, Team
from lti_tool.moderation.shared import check_reason, page_asked_for, reason_field
from lti_tool.paging import PagedView, pages_of
from lti_tool.peer_review.conflicts import keep_course_apart, let_course_mix, lift_conflict, set_conflict
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.people.names import shown_name
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

conflicts = Blueprint("conflicts", __name__, url_prefix="/l/<visit>/conflicts")

_LONGEST_NAME = 255
_LARGEST_ID = 2**31 - 1


class PairForm(FlaskForm):  # type: ignore[misc]
    """`one` and `other` are ids of people who were found by `first` and `second`."""

    first = HiddenField()
    second = HiddenField()
    one = RadioField(_l("One of them"), validate_choice=False)
    other = RadioField(_l("The other"), validate_choice=False)
    reason = reason_field()

    def complete(self) -> bool:
        """Puts a message at what is missing."""
        if not self.one.data:
            self.one.errors = [_("Choose one of them.")]
        if not self.other.data:
            self.other.errors = [_("Choose the other.")]
        if self.one.data and self.one.data == self.other.data:
            self.other.errors = [_("Choose two different people.")]
        check_reason(self.reason)
        return not (self.one.errors or self.other.errors or self.reason.errors)

    def people(self) -> tuple[int, int]:
        """Raises `Unreadable` for what the page does not offer."""
        return _number(self.one.data), _number(self.other.data)


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for on one side, and who was found; `more` says that there are more of them."""

    text: str
    found: list[Candidate]

    @property
    def more(self) -> bool:
        return len(self.found) > MOST_FOUND

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(p.person_id), f"{shown_name(p)} ({p.courses})") for p in self.found[:MOST_FOUND]]


@conflicts.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    cohort_ids = current_launch().cohort_ids
    total = queries.number_of_pairs(db.session, cohort_ids)
    view = PagedView(page=page_asked_for()).on_page_of(total)
    return render_template(
        "moderation/conflicts.html",
        view=view,
        total=total,
        pages=pages_of(total),
        pairs=queries.pairs_on_page(db.session, cohort_ids, view),
        teams=queries.teams(db.session, cohort_ids),
    )


@conflicts.get("/new")
@open_to(Audience.COORDINATOR)
def choose() -> Response:
    texts = (request.args.get("first", ""), request.args.get("second", ""))
    return _page(PairForm(formdata=None), *texts)


@conflicts.post("/new")
@open_to(Audience.COORDINATOR)
def add() -> Response:
    form, launch = PairForm(), current_launch()
    if not form.complete():
        return _page(form, form.first.data or "", form.second.data or "", status=422)
    one, other = form.people()
    queries.require_people(db.session, launch.cohort_ids, (one, other))
    set_conflict(db.session, one, other, reason=form.reason.data or "", person_id=launch.person_id)
    db.session.commit()
    return redirect(url_for("conflicts.overview", notice="kept-apart"), 303)


@conflicts.post(f"/<int(max={_LARGEST_ID}):first>/<int(max={_LARGEST_ID}):second>/lift")
@open_to(Audience.COORDINATOR)
def lift(first: int, second: int) -> Response:
    launch = current_launch()
    queries.require_people(db.session, launch.cohort_ids, (first, second))
    lift_conflict(db.session, first, second, person_id=launch.person_id)
    db.session.commit()
    return redirect(url_for("conflicts.overview", notice="may-meet"), 303)


@conflicts.post("/courses")
@open_to(Audience.COORDINATOR)
def courses() -> Response:
    """`courses` are those ticked, `was` those that were when the page was opened: what another coordinator has ticked
    in the meantime stays."""
    launch = current_launch()
    offered = {team.value: team for team in queries.teams(db.session, launch.cohort_ids)}
    ticked, was = (_teams(request.form.getlist(name), offered) for name in ("courses", "was"))
    for value in sorted(ticked.keys() - was.keys()):
        team = ticked[value]
        keep_course_apart(db.session, team.cohort_id, team.course_id, person_id=launch.person_id)
    for value in sorted(was.keys() - ticked.keys()):
        team = was[value]
        let_course_mix(db.session, team.cohort_id, team.course_id, person_id=launch.person_id)
    db.session.commit()
    return redirect(url_for("conflicts.overview", notice="teams", _anchor="teams"), 303)


def _teams(values: list[str], offered: dict[str, Team]) -> dict[str, Team]:
    if not offered.keys() >= set(values):
        raise Unreadable("unknown course team")
    return {value: offered[value] for value in values}


def _page(form: PairForm, *texts: str, status: int = 200) -> Response:
    first, second = (_search(text) for text in texts)
    form.first.data, form.second.data = first.text, second.text
    for field, search in ((form.one, first), (form.other, second)):
        field.choices = search.choices
        if len(search.choices) == 1:
            field.data = search.choices[0][0]
    values: dict[str, Any] = {"form": form, "first": first, "second": second}
    return make_response(render_template("moderation/conflicts_pair.html", **values), status)


def _search(text: str) -> Search:
    text = clean_text(text).strip()[:_LONGEST_NAME]
    found = queries.find_people(db.session, current_launch().cohort_ids, text) if text else []
    return Search(text, found)


def _number(text: str | None) -> int:
    text = text or ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= _LARGEST_ID):
        raise Unreadable("unknown person")
    return int(text)
