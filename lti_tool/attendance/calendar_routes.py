"""Somebody's own dates, and how they get into a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import current_app, make_response, render_template, request, url_for
from flask_babel import force_locale, get_locale
from werkzeug import Response

from lti_tool.attendance import calendar_actions, sign_up_words
from lti_tool.attendance.calendar_feed import calendar_of
from lti_tool.attendance.calendar_queries import Appointment, appointments_of, owner_of, prepared_by
from lti_tool.attendance.dates_view import OwnMeeting, own_meetings
from lti_tool.attendance.models import CalendarFeed, Presence
from lti_tool.attendance.routes import attendance
from lti_tool.attendance.sign_up_queries import standings_of
from lti_tool.attendance.sign_up_standing import Situation, Standing
from lti_tool.database import db, now
from lti_tool.drafts import Unreadable
from lti_tool.errors import NotFound
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.reflection.forms import language_name
from lti_tool.settings import Settings
from lti_tool.texts import gettext as _


@attendance.get("/l/<visit>/meetings")
@open_to(Audience.LEARNER)
def calendar() -> Response:
    return _page()


@attendance.post("/l/<visit>/meetings")
@open_to(Audience.LEARNER)
def change_address() -> Response:
    """`action` is new or end. A new address is shown once, in this answer: only its hash is kept."""
    person_id, action = current_launch().person_id, request.form.get("action")
    if action not in ("new", "end"):
        raise Unreadable("neither a new address nor none")
    secret = None
    if action == "new":
        secret = calendar_actions.make_address(db.session, person_id)
    else:
        calendar_actions.end_address(db.session, person_id)
    db.session.commit()
    return _page(secret)


@attendance.get("/l/<visit>/meetings/<meeting>/<int:date>.ics")
@open_to(Audience.LEARNER)
def event(meeting: str, date: int) -> Response:
    """One of the person's own dates, to be added to a calendar by hand."""
    own = appointments_of(db.session, current_launch().person_id, now())
    found = [one for one in own if one.date.id == date and one.date.meeting_key == meeting]
    if not found:
        raise NotFound("no such date of this person")
    response = _as_calendar(found, str(get_locale()))
    response.headers["Content-Disposition"] = f'attachment; filename="{meeting}.ics"'
    return response


@attendance.get("/calendar/<secret>.ics")
@open_to(Audience.PUBLIC)
def feed(secret: str) -> Response:
    """What calendar programs ask for again and again. Whoever knows the address sees it, so it names nobody."""
    owner = owner_of(db.session, secret)
    if owner is None:
        raise NotFound(
            "no such calendar",
            explanation=_("This address belongs to no calendar of ours. It may have been replaced by a new one."),
            advice=_("Open your dates in the training and make a new address."),
        )
    appointments = appointments_of(db.session, owner.id, now())
    language = owner.locale or (appointments[0].programme.default_language if appointments else "en")
    with force_locale(language):
        response = _as_calendar(appointments, language)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _as_calendar(appointments: Iterable[Appointment], language: str) -> Response:
    body = calendar_of(appointments, _settings().base_url, language)
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return response


def _page(secret: str | None = None) -> Response:
    person_id, moment = current_launch().person_id, now()
    appointments = appointments_of(db.session, person_id, moment)
    kept = [one for one in appointments if not one.date.cancelled_at]
    page = render_template(
        "attendance/calendar.html",
        coming=[one for one in kept if one.date.ends_at >= moment],
        past=[one for one in reversed(kept) if one.date.ends_at < moment],
        wanting=_wanting(person_id, moment),
        prepared=prepared_by(db.session, person_id),
        address=f"{_settings().base_url}{url_for('attendance.feed', secret=secret)}" if secret else None,
        has_address=db.session.get(CalendarFeed, person_id) is not None,
        words=sign_up_words,
        language_name=language_name,
        language=str(get_locale()),
        Presence=Presence,
    )
    response = make_response(page)
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response


def _wanting(person_id: int, moment: datetime) -> list[tuple[OwnMeeting, Standing]]:
    """Meetings that they have no date of, and have not been at."""
    own = own_meetings(db.session, person_id)
    found = standings_of(db.session, [(person_id, cohort_id) for cohort_id in {one.term.cohort_id for one in own}])
    standings = {(one.cohort_id, one.meeting_key): one for one in found}
    both = [
        (one, standings.get((one.term.cohort_id, one.key), Standing(person_id, one.term.cohort_id, one.key)))
        for one in own
    ]
    return [(one, standing) for one, standing in both if standing.situation(moment) in _WITHOUT_DATE]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


_WITHOUT_DATE = (Situation.OPEN, Situation.MISSED, Situation.CALLED_OFF)
