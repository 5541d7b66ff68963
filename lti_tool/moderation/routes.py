"""The coordinator's inbox of peer evaluations."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.database import db
from lti_tool.errors import DomainError
from lti_tool.moderation import actions, queries
from lti_tool.moderation.access import Reviewed, evaluation_in
from lti_tool.moderation.view import View
from lti_tool.moderation.words import explained
from lti_tool.paging import pages_of
from lti_tool.peer_review.answers import Answers
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _

moderation = Blueprint("moderation", __name__, url_prefix="/l/<visit>/moderation")


@moderation.get("")
@open_to(Audience.COORDINATOR)
def inbox() -> str:
    launch, view = current_launch(), _view()
    counts = queries.counts(db.session, launch.cohort_ids, view)
    view = view.on_page_of(counts[view.show])
    lines = queries.evaluations_on_page(db.session, launch.cohort_ids, view)
    return render_template(
        "moderation/inbox.html",
        view=view,
        counts=counts,
        pages=pages_of(counts[view.show]),
        modules=queries.module_titles(db.session, launch.cohort_ids, launch.locale),
        lines=lines,
        forms=queries.forms_of(db.session, lines, launch.locale),
        explained=explained,
        waiting=queries.waiting(db.session, launch.cohort_ids, view),
    )


@moderation.get("/<public_id>")
@open_to(Audience.COORDINATOR)
def evaluation(public_id: str) -> Response:
    return _page(evaluation_in(db.session, current_launch().cohort_ids, public_id), _view())


@moderation.post("/<public_id>")
@open_to(Audience.COORDINATOR)
def approve(public_id: str) -> Response:
    launch, view = current_launch(), _view()
    try:
        seen = request.form.get("seen", "")
        actions.approve_evaluation(db.session, launch.cohort_ids, launch.person_id, public_id, seen)
    except actions.NotAsRead as refusal:
        db.session.rollback()
        return _page(evaluation_in(db.session, launch.cohort_ids, public_id), view, refusal)
    db.session.commit()
    return redirect(url_for("moderation.evaluation", public_id=public_id, **view.arguments, notice="approved"), 303)


def _page(reviewed: Reviewed, view: View, refusal: actions.NotAsRead | None = None) -> Response:
    """The evaluation beside its essay; a draft is its writer's own until it is submitted."""
    row, launch = reviewed.evaluation, current_launch()
    text = reviewed.content.text_in(launch.locale)
    lines = {
        line.public_id: line for line in queries.evaluations_of_essay(db.session, launch.cohort_ids, row.author_id)
    }
    page = render_template(
        "moderation/evaluation.html",
        view=view,
        refusal=refusal,
        line=lines.pop(row.public_id),
        others=lines.values(),
        essay=row.author.essay,
        evaluation=row,
        answers=Answers.model_validate(row.answers) if row.answers else None,
        approver=queries.somebody(db.session, row.approved_by),
        seen=actions.version_seen(row),
        module_title=text.title,
        definition=text.evaluation,
        beside=queries.neighbours(db.session, launch.cohort_ids, view, row.public_id),
    )
    return make_response(page, refusal.status if refusal else 200)


def _view() -> View:
    try:
        return View.read(request.args)
    except ValueError as error:
        raise DomainError(
            "unknown inbox view",
            explanation=_("The address asks for a list that does not exist."),
            advice=_("Open the review of evaluations from the start page."),
        ) from error
