"""Planning the dates of a course, changing them, and calling them off."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, url_for
from werkzeug import Response

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning import CalledOff, TookPlace, call_off, change_session
from lti_tool.attendance.session_forms import version_of
from lti_tool.course_module.blueprint import COHORT, DATE, course_module
from lti_tool.course_module.course_routes import own_course
from lti_tool.course_module.date_forms import DateForm, form_for, form_for_new, posted_dates
from lti_tool.course_module.hours import sum_of
from lti_tool.course_module.planning import plan_dates
from lti_tool.course_module.queries import date_in, dates_of
from lti_tool.course_module.scope import CourseModule
from lti_tool.database import db
from lti_tool.errors import DomainError
from lti_tool.people.access import Audience, current_launch, open_to, own_zone
from lti_tool.programme.requirements import Meeting

_MEETING = f"{COHORT}/meetings/<course_meeting>/dates"
_DATE = f"{COHORT}/dates/{DATE}"


@course_module.get(_MEETING)
@open_to(Audience.INSTRUCTOR)
def planning(cohort_id: int, course_meeting: str) -> Response:
    found = own_course(cohort_id)
    return _form_page(found, found.meeting(course_meeting), _new_form(found, posted=False))


@course_module.post(_MEETING)
@open_to(Audience.INSTRUCTOR)
def plan(cohort_id: int, course_meeting: str) -> Response:
    """One date, or one a week for some weeks: all or none."""
    found = own_course(cohort_id)
    meeting, form = found.meeting(course_meeting), _new_form(found, posted=True)
    dates = posted_dates(form, found, meeting.key, own_zone())
    if dates is None:
        return _form_page(found, meeting, form, 422)
    made = plan_dates(db.session, current_launch().person_id, found, dates)
    db.session.commit()
    return _back(cohort_id, "date-there" if not made else "date-planned" if made == 1 else "dates-planned")


@course_module.get(_DATE)
@open_to(Audience.INSTRUCTOR)
def date(cohort_id: int, date_id: int) -> Response:
    module = own_course(cohort_id)
    found = date_in(db.session, module, date_id)
    return _date_page(module, found, form_for(module, found, own_zone(), posted=False))


@course_module.post(_DATE)
@open_to(Audience.INSTRUCTOR)
def change(cohort_id: int, date_id: int) -> Response:
    module = own_course(cohort_id)
    found = date_in(db.session, module, date_id)
    form = form_for(module, found, own_zone(), posted=True)
    dates = posted_dates(form, module, found.meeting_key, own_zone(), found)
    if dates is None:
        return _date_page(module, found, form, 422)
    if form.version.data != version_of(found):
        form.version.data = version_of(found)
        return _date_page(module, found, form, 409, changed=True)
    try:
        change_session(db.session, current_launch().person_id, found, dates[0])
    except CalledOff as refusal:
        return _refused(module, date_id, form, refusal)
    db.session.commit()
    return _back(cohort_id, "date-changed")


@course_module.post(f"{_DATE}/off")
@open_to(Audience.INSTRUCTOR)
def off(cohort_id: int, date_id: int) -> Response:
    """Call it off. Attendance that is recorded stays, so such a date cannot be."""
    module = own_course(cohort_id)
    found = date_in(db.session, module, date_id)
    try:
        call_off(db.session, current_launch().person_id, found)
    except TookPlace as refusal:
        return _refused(module, date_id, None, refusal)
    db.session.commit()
    return _back(cohort_id, "course-date-off")


def _new_form(module: CourseModule, *, posted: bool) -> DateForm:
    launch, programme = current_launch(), module.programme
    language = launch.locale if launch.locale in programme.titles else programme.default_language
    return form_for_new(module, leader=launch.person_name or "", language=language, posted=posted)


def _refused(module: CourseModule, date_id: int, form: DateForm | None, refusal: DomainError) -> Response:
    """The date as it is now, with what was typed, and why nothing was done."""
    db.session.rollback()
    found = date_in(db.session, module, date_id)
    form = form or form_for(module, found, own_zone(), posted=False)
    return _date_page(module, found, form, refusal.status, refusal=refusal)


def _date_page(
    module: CourseModule, found: TrainingSession, form: DateForm, status: int = 200, **values: Any
) -> Response:
    return _form_page(module, module.meeting(found.meeting_key), form, status, date=found, **values)


def _form_page(module: CourseModule, meeting: Meeting, form: DateForm, status: int = 200, **values: Any) -> Response:
    """`values` are the `date` that is changed, that it was `changed` meanwhile, and a `refusal`."""
    dates = [one.minutes for one in dates_of(db.session, module) if one.meeting_key == meeting.key]
    page = render_template(
        "course_module/date.html",
        module=module,
        meeting=meeting,
        sum=sum_of(meeting.hours, dates),
        form=form,
        zone=own_zone().key,
        language=current_launch().locale,
        **values,
    )
    return make_response(page, status)


def _back(cohort_id: int, notice: str) -> Response:
    return redirect(url_for("course_module.course", cohort_id=cohort_id, notice=notice), 303)
