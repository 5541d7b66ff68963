"""The dates of a meeting: look at them, sign up, move, wait, give up."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.attendance import sign_up_words as words
from lti_tool.attendance.dates_view import Dates, View, dates_of, own_meeting
from lti_tool.attendance.models import SignUp, SignUpState
from lti_tool.attendance.sign_up import Attended, Closed, Full, Kept, cancel, sign_up, wait
from lti_tool.attendance.sign_up_standing import Situation
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.errors import Conflict, NotFound
from lti_tool.paging import view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.reflection.forms import language_name

attendance = Blueprint("attendance", __name__)


@attendance.get("/l/<visit>/meetings/<meeting>")
@open_to(Audience.LEARNER)
def dates(meeting: str) -> Response:
    """All that are to come; `town`, `language` and `where` in the address leave some out."""
    return _page(meeting)


@attendance.post("/l/<visit>/meetings/<meeting>")
@open_to(Audience.LEARNER)
def choose(meeting: str) -> Response:
    """`action` is sign-up or wait, `date` the number of a date."""
    wish = {"sign-up": sign_up, "wait": wait}.get(request.form.get("action", ""))
    if wish is None:
        raise Unreadable("neither sign up nor wait")
    return _carried_out(meeting, lambda person, date: _notice_of(wish(db.session, person, date, now())))


@attendance.get("/l/<visit>/meetings/<meeting>/give-up/<int:date>")
@open_to(Audience.LEARNER)
def leaving(meeting: str, date: int) -> Response:
    """What giving it up means, before it is done."""
    found = _dates(meeting, View())
    offer = next((one for one in found.offers if one.date.id == date and one.held), None)
    if offer is None:
        return redirect(url_for("attendance.dates", meeting=meeting), 303)
    return make_response(render_template("attendance/give_up.html", found=found, offer=offer, language=_language()))


@attendance.post("/l/<visit>/meetings/<meeting>/give-up")
@open_to(Audience.LEARNER)
def give_up(meeting: str) -> Response:
    """A place, or a turn in the line."""

    def giving_up(person_id: int, date_id: int) -> str:
        cancel(db.session, person_id, date_id, now())
        return "place-given-up" if request.form.get("what") == "place" else "line-left"

    return _carried_out(meeting, giving_up)


def _carried_out(meeting: str, work: Callable[[int, int], str]) -> Response:
    """Back to the dates, where it says what was done, or why nothing was."""
    person_id = current_launch().person_id
    date_id = _date_asked_for(meeting)
    try:
        notice = work(person_id, date_id)
    except (Attended, Closed, Full, Kept) as refusal:
        db.session.rollback()
        return _page(meeting, refusal)
    db.session.commit()
    view = view_asked_for(View.read, words.way_to_all())
    return redirect(url_for("attendance.dates", meeting=meeting, **view.arguments, notice=notice), 303)


def _date_asked_for(meeting: str) -> int:
    """The number in the form, if it is that of one of the meeting's dates."""
    standing = _dates(meeting, View()).standing
    date = request.form.get("date", "")
    found = next((one for one in standing.dates if str(one) == date), None)
    if found is None:
        raise NotFound("no such date of this meeting")
    return found


def _notice_of(given: SignUp) -> str:
    return "signed-up" if given.state is SignUpState.PLACE else "in-line"


def _page(meeting: str, refusal: Conflict | None = None) -> Response:
    view = view_asked_for(View.read, words.way_to_all())
    page = render_template(
        "attendance/dates.html",
        found=_dates(meeting, view),
        view=view,
        refusal=refusal,
        language=_language(),
        language_name=language_name,
        words=words,
        Situation=Situation,
    )
    return make_response(page, refusal.status if refusal else 200)


def _dates(meeting: str, view: View) -> Dates:
    person_id = current_launch().person_id
    return dates_of(db.session, person_id, own_meeting(db.session, person_id, meeting), view, now())


def _language() -> str:
    return str(get_locale())
