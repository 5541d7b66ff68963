"""What a course agrees on with its learning assistants, as its instructor writes it down."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, url_for
from werkzeug import Response

from lti_tool.course_module.agreement import (
    ChangedMeanwhile,
    add_for,
    agreement_of,
    expectations_in,
    holds,
    record,
    share_of,
)
from lti_tool.course_module.blueprint import COHORT, PERSON, course_module
from lti_tool.course_module.course_routes import own_course
from lti_tool.course_module.forms import AdditionForm, AgreementForm
from lti_tool.course_module.models import Agreement
from lti_tool.course_module.queries import overview_of
from lti_tool.course_module.scope import CourseModule, assistant_in
from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.people.access import Audience, current_launch, open_to

_AGREEMENT = f"{COHORT}/agreement"
_ADDITION = f"{_AGREEMENT}/{PERSON}"


@course_module.get(_AGREEMENT)
@open_to(Audience.INSTRUCTOR)
def agreement(cohort_id: int) -> Response:
    module = own_course(cohort_id, records="agreement")
    found = agreement_of(db.session, module)
    form = AgreementForm(formdata=None, obj=found, version=found.revision if found else 0)
    return _page(module, form)


@course_module.post(_AGREEMENT)
@open_to(Audience.INSTRUCTOR)
def agree(cohort_id: int) -> Response:
    module = own_course(cohort_id, records="agreement")
    form = AgreementForm()
    version, expectations = form.base_version(), form.expectations()
    if expectations is None:
        return _page(module, form, 422)
    try:
        record(db.session, current_launch().person_id, module, expectations, version)
    except ChangedMeanwhile as refusal:
        db.session.rollback()
        form.version.data = str(refusal.revision)
        return _page(module, form, refusal.status, changed=True)
    db.session.commit()
    return redirect(url_for("course_module.agreement", cohort_id=cohort_id, notice="agreed"), 303)


@course_module.get(_ADDITION)
@open_to(Audience.INSTRUCTOR)
def addition(cohort_id: int, person_id: int) -> Response:
    module, found = _agreed(cohort_id, person_id)
    share = share_of(db.session, found, person_id)
    form = AdditionForm(formdata=None, obj=share, version=share.addition_revision if share else 0)
    return _addition_page(module, person_id, form)


@course_module.post(_ADDITION)
@open_to(Audience.INSTRUCTOR)
def add(cohort_id: int, person_id: int) -> Response:
    module, _agreement = _agreed(cohort_id, person_id)
    form = AdditionForm()
    version, text = form.base_version(), form.text()
    if text is None:
        return _addition_page(module, person_id, form, 422)
    try:
        add_for(db.session, module, person_id, text, version)
    except ChangedMeanwhile as refusal:
        db.session.rollback()
        form.version.data = str(refusal.revision)
        return _addition_page(module, person_id, form, refusal.status, changed=True)
    db.session.commit()
    return redirect(url_for("course_module.agreement", cohort_id=cohort_id, notice="saved"), 303)


def _agreed(cohort_id: int, person_id: int) -> tuple[CourseModule, Agreement]:
    """Raises `NotFound` where nothing is agreed on, and for anybody who is no learning assistant of the course."""
    module = own_course(cohort_id, records="agreement")
    assistant_in(db.session, module, person_id)
    found = agreement_of(db.session, module)
    if found is None:
        raise NotFound("nothing is agreed on in this course")
    return module, found


def _page(module: CourseModule, form: AgreementForm, status: int = 200, *, changed: bool = False) -> Response:
    found = overview_of(db.session, module)
    values: dict[str, Any] = {
        "agreement": found.agreement,
        "today": expectations_in(found.agreement) if found.agreement else None,
        "lines": found.present,
        "confirmed": sum(1 for line in found.present if line.confirmed),
        "changed": changed,
    }
    page = render_template(
        "course_module/agreement.html", module=module, form=form, language=current_launch().locale, **values
    )
    return make_response(page, status)


def _addition_page(
    module: CourseModule, person_id: int, form: AdditionForm, status: int = 200, *, changed: bool = False
) -> Response:
    _module, found = _agreed(module.cohort_id, person_id)
    share = share_of(db.session, found, person_id)
    page = render_template(
        "course_module/addition.html",
        module=module,
        assistant=assistant_in(db.session, module, person_id),
        agreement=found,
        share=share,
        confirmed=holds(found, share),
        form=form,
        changed=changed,
        language=current_launch().locale,
    )
    return make_response(page, status)
