"""One's own certificates, those of a cohort for its coordinators, and the page on which anybody verifies one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.certificates import actions, queries
from lti_tool.certificates.actions import Holder
from lti_tool.certificates.codes import shown_code, typed_code
from lti_tool.certificates.document import Issued, pdf_of
from lti_tool.certificates.forms import IssueForm, RevokeForm
from lti_tool.certificates.models import Certificate
from lti_tool.certificates.statement import Statement
from lti_tool.completion.people import MOST_FOUND, people_called, person_in
from lti_tool.database import db, now
from lti_tool.errors import Conflict, NotFound
from lti_tool.paging import PagedView, page_in, pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.queries import ProgrammeTerm, programme_in
from lti_tool.texts import gettext as _
from lti_tool.web import LANGUAGES

certificates = Blueprint("certificates", __name__)

_COHORT = "/l/<visit>/certificates/cohorts/<int(max=2147483647):cohort_id>"
_PERSON = f"{_COHORT}/people/<int(max=2147483647):person_id>"
_SHORTEST_SEARCH = 2


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """`cohort_id` is part of the path; `q` is a part of a name to search for."""

    cohort_id: int = 0
    q: str = ""


@certificates.get("/l/<visit>/certificates")
@open_to(Audience.LEARNER)
def own() -> str:
    launch = current_launch()
    found = queries.own_certificates(db.session, launch.person_id, now())
    return render_template("certificates/own.html", found=found, language=_language(), shown_code=shown_code)


@certificates.post("/l/<visit>/certificates/own/<int(max=2147483647):cohort_id>")
@open_to(Audience.LEARNER)
def issue(cohort_id: int) -> Response:
    launch = current_launch()
    person_in(db.session, cohort_id, launch.person_id)
    if not launch.person_name:
        raise Nameless
    actions.issue(db.session, launch.person_id, Holder(launch.person_id, cohort_id, launch.person_name), now())
    db.session.commit()
    return redirect(url_for("certificates.own", notice="certificate"), 303)


@certificates.get("/l/<visit>/certificates/<code>.<language>.pdf")
@open_to(Audience.LEARNER, Audience.COORDINATOR)
def document(code: str, language: str) -> Response:
    launch = current_launch()
    found = queries.certificate_for(db.session, code, launch.person_id, launch.cohort_ids)
    if language not in LANGUAGES:
        raise NotFound("no such language")
    response = make_response(pdf_of(_issued(found), language))
    response.mimetype = "application/pdf"
    # The name of the person is in the file, and nobody's business in a list of downloads.
    response.headers["Content-Disposition"] = f'attachment; filename="{shown_code(found.code)}-{language}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@certificates.get("/l/<visit>/certificates/cohorts")
@open_to(Audience.COORDINATOR)
def cohorts() -> str | Response:
    found = queries.cohorts_of(db.session, current_launch().cohort_ids)
    if len(found) == 1:
        return redirect(url_for("certificates.overview", cohort_id=found[0].cohort_id))
    return render_template("certificates/cohorts.html", found=found, language=_language())


@certificates.get(_COHORT)
@open_to(Audience.COORDINATOR)
def overview(cohort_id: int) -> str:
    programme = _programme(cohort_id)
    advice = _("Open the certificates from the start page.")
    view = view_asked_for(lambda asked: View(cohort_id, asked.get("q", "").strip(), page=page_in(asked)), advice)
    total = queries.how_many(db.session, cohort_id)
    view = view.on_page_of(total)
    searched = len(view.q) >= _SHORTEST_SEARCH
    return render_template(
        "certificates/overview.html",
        programme=programme,
        language=_language(),
        view=view,
        total=total,
        pages=pages_of(total),
        listed=queries.listed(db.session, cohort_id, view, now()),
        searched=searched,
        people=people_called(db.session, cohort_id, view.q) if searched else [],
        most=MOST_FOUND,
        shown_code=shown_code,
    )


@certificates.get(_PERSON)
@open_to(Audience.COORDINATOR)
def person(cohort_id: int, person_id: int) -> Response:
    return _person_page(cohort_id, person_id, None, None)


@certificates.post(f"{_PERSON}/issue")
@open_to(Audience.COORDINATOR)
def reissue(cohort_id: int, person_id: int) -> Response:
    form = IssueForm()
    _programme(cohort_id)
    person_in(db.session, cohort_id, person_id)
    if not form.validate():
        return _person_page(cohort_id, person_id, form, None)
    actions.reissue(db.session, current_launch().person_id, Holder(person_id, cohort_id, str(form.name.data)), now())
    db.session.commit()
    return _back_to(cohort_id, person_id, "certificate-issued")


@certificates.post(f"{_PERSON}/revoke")
@open_to(Audience.COORDINATOR)
def revoke(cohort_id: int, person_id: int) -> Response:
    form = RevokeForm()
    _programme(cohort_id)
    person_in(db.session, cohort_id, person_id)
    if not form.validate():
        return _person_page(cohort_id, person_id, None, form)
    actions.revoke(
        db.session, current_launch().person_id, Holder(person_id, cohort_id, ""), str(form.reason.data), now()
    )
    db.session.commit()
    return _back_to(cohort_id, person_id, "certificate-revoked")


@certificates.get("/verify")
@open_to(Audience.PUBLIC)
def verify() -> Response:
    """Tells whether a certificate is valid, whose it is and when it was issued: nothing else of anybody."""
    typed = request.args.get("code", "")
    code = typed_code(typed)
    found = queries.verified(db.session, code) if code else None
    page = render_template("certificates/verify.html", typed=typed, code=code, found=found, zone=_zone())
    response = make_response(page, 404 if typed and found is None else 200)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


class Nameless(Conflict):
    """Nobody types their own name into a certificate."""

    def __init__(self) -> None:
        super().__init__(
            "a certificate without a name",
            title=_("Your certificate needs your name"),
            explanation=_("Your learning platform does not tell us what you are called. Nothing was issued."),
            advice=_("Ask your coordinator: they can issue it with your name."),
        )


def _person_page(cohort_id: int, person_id: int, issuing: IssueForm | None, revoking: RevokeForm | None) -> Response:
    programme = _programme(cohort_id)
    holder = person_in(db.session, cohort_id, person_id)
    issued = queries.history(db.session, cohort_id, person_id)
    held = next((one for one, _by in issued if one.revoked_at is None), None)
    name = held.name if held else holder.name
    page = render_template(
        "certificates/person.html",
        programme=programme,
        language=_language(),
        holder=holder,
        held=held,
        issued=issued,
        complete=queries.is_complete(db.session, cohort_id, person_id, now()),
        issuing=issuing or IssueForm(formdata=None, data={"name": name}),
        revoking=revoking or RevokeForm(formdata=None),
        shown_code=shown_code,
    )
    return make_response(page, 422 if issuing or revoking else 200)


def _programme(cohort_id: int) -> ProgrammeTerm:
    if cohort_id not in current_launch().cohort_ids:
        raise NotFound("no cohort of theirs")
    return programme_in(db.session, cohort_id)


def _back_to(cohort_id: int, person_id: int, notice: str) -> Response:
    return redirect(url_for("certificates.person", cohort_id=cohort_id, person_id=person_id, notice=notice), 303)


def _issued(found: Certificate) -> Issued:
    statement = Statement.model_validate(found.body)
    address = current_app.config["SETTINGS"].base_url + url_for("certificates.verify", code=shown_code(found.code))
    return Issued(found.name, found.code, _day(found), statement, address)


def _day(found: Certificate) -> date:
    return found.issued_at.astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["SETTINGS"].timezone)


def _language() -> str:
    return str(get_locale())
