"""Applications as coordinators read and decide them."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.equivalence import access, actions, queries
from lti_tool.equivalence.actions import WAYS
from lti_tool.equivalence.forms import DecisionForm
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.equivalence.queries import View
from lti_tool.equivalence.routes import equivalence
from lti_tool.equivalence.words import STATES, category_title, log_words
from lti_tool.errors import Conflict, DomainError
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.queries import programme_in
from lti_tool.texts import gettext as _

_APPLICATION = "/inbox/<application>"
_BUTTONS = {"approve": Decision.APPROVED, "decline": Decision.DECLINED, "reopen": Decision.PENDING}


@equivalence.get("/inbox")
@open_to(Audience.COORDINATOR)
def inbox() -> str:
    launch = current_launch()
    view = view_asked_for(View.read, _("Open the applications from the start page."))
    counts = queries.counts(db.session, launch.cohort_ids, view)
    view = view.on_page_of(counts[view.show])
    applications = queries.on_page(db.session, launch.cohort_ids, view)
    terms = {one: programme_in(db.session, one) for one in {item.cohort_id for item in applications}}
    return render_template(
        "equivalence/inbox.html",
        view=view,
        counts=counts,
        pages=pages_of(counts[view.show]),
        applications=applications,
        category=lambda item: category_title(item.category, terms[item.cohort_id].content, launch.locale),
        term=lambda item: terms[item.cohort_id].content.term_in(terms[item.cohort_id].term, launch.locale),
    )


@equivalence.get(_APPLICATION)
@open_to(Audience.COORDINATOR)
def application(application: str) -> Response:
    found = access.application_in(db.session, current_launch().cohort_ids, application)
    return _page(found, DecisionForm(formdata=None))


@equivalence.post(_APPLICATION)
@open_to(Audience.COORDINATOR)
def decide(application: str) -> Response:
    """Approve, decline or open again, each with a reason."""
    launch, form = current_launch(), DecisionForm()
    found = access.application_in(db.session, launch.cohort_ids, application)
    decision = _BUTTONS.get(request.form.get("action", ""))
    seen = form.seen.data or ""
    if decision is None or not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        raise Unreadable("unknown button")
    if not form.validate_on_submit():
        return _page(found, form, 422)
    try:
        actions.decide(
            db.session, found.id, launch.person_id, decision=decision, reason=form.reason.data or "", seen=int(seen)
        )
    except Conflict as refusal:
        db.session.rollback()
        return _page(access.application_in(db.session, launch.cohort_ids, application), form, 409, refusal=refusal)
    db.session.commit()
    return redirect(url_for("equivalence.application", application=application, notice="saved"), 303)


def _page(
    found: EquivalenceApplication, form: DecisionForm, status: int = 200, *, refusal: DomainError | None = None
) -> Response:
    launch = current_launch()
    programme = programme_in(db.session, found.cohort_id)
    log = queries.log_of(db.session, [found.id])[found.id]
    form.seen.data = str(log[-1].id)
    page = render_template(
        "equivalence/application.html",
        item=queries.application_of(db.session, found.id),
        title=programme.content.title_in(launch.locale),
        term=programme.content.term_in(programme.term, launch.locale),
        category=category_title(found.category, programme.content, launch.locale),
        log=log,
        log_words=log_words,
        states=STATES,
        ways=WAYS[found.decision] if found.person_id != launch.person_id else (),
        own=found.person_id == launch.person_id,
        form=form,
        refusal=refusal,
    )
    return make_response(page, status)
