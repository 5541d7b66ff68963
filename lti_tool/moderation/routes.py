"""The coordinator's inbox of peer evaluations."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool import passback
from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.errors import Conflict, DomainError
from lti_tool.moderation import actions, queries
from lti_tool.moderation.access import Reviewed, decision_in, evaluation_in
from lti_tool.moderation.actions import ReasonMissing, Wish
from lti_tool.moderation.bulk import MOST_TOGETHER, preview
from lti_tool.moderation.decision_form import DecisionForm
from lti_tool.moderation.history import Happened, happened, undoable
from lti_tool.moderation.sheet import sheet_of
from lti_tool.moderation.view import View
from lti_tool.moderation.words import explained
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.peer_review.reviews import version_seen
from lti_tool.peer_review.undoing import undo as undo_decision
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _

_LARGEST_ID = 2**31 - 1

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


@moderation.get("/bulk")
@open_to(Audience.COORDINATOR)
def bulk() -> str:
    """What approving together would approve, before it does: all of the list, or what is `chosen` in it."""
    launch, view = current_launch(), _view()
    return render_template(
        "moderation/bulk.html",
        view=view,
        preview=preview(db.session, launch.cohort_ids, view, request.args.getlist("chosen")[:MOST_TOGETHER]),
        modules=queries.module_titles(db.session, launch.cohort_ids, launch.locale),
    )


@moderation.post("/bulk")
@open_to(Audience.COORDINATOR)
def approve_bulk() -> str:
    """Just what the preview listed, in one transaction. Sent again, it finds all of it approved."""
    launch = current_launch()
    together = actions.approve_together(db.session, launch.cohort_ids, launch.person_id, _previewed())
    db.session.commit()
    return _together(together, undone=False)


@moderation.post("/bulk/<marker>/undo")
@open_to(Audience.COORDINATOR)
def undo_bulk(marker: str) -> str:
    launch = current_launch()
    together = actions.undo_together(db.session, launch.cohort_ids, launch.person_id, marker)
    db.session.commit()
    return _together(together, undone=True)


def _previewed() -> dict[str, str]:
    """The version that was shown, by public id."""
    seen = dict(pair.partition(" ")[::2] for pair in request.form.getlist("evaluation"))
    readable = all(public_id.isascii() and public_id.isprintable() for public_id in seen)
    if not readable or not 0 < len(seen) <= MOST_TOGETHER:
        raise Unreadable("nothing, or more than a preview lists")
    return seen


def _together(together: actions.Together, *, undone: bool) -> str:
    cohort_ids = current_launch().cohort_ids
    lines = {line.public_id: line for line in queries.lines_of(db.session, cohort_ids, together.left)}
    left = [(line, together.left[public_id]) for public_id, line in lines.items()]
    return render_template("moderation/bulk_done.html", view=_view(), together=together, left=left, undone=undone)


@moderation.get("/<public_id>")
@open_to(Audience.COORDINATOR)
def evaluation(public_id: str) -> Response:
    reviewed = evaluation_in(db.session, current_launch().cohort_ids, public_id)
    return _page(reviewed, DecisionForm(formdata=None, seen=version_seen(db.session, reviewed.evaluation)))


@moderation.post("/<public_id>")
@open_to(Audience.COORDINATOR)
def decide(public_id: str) -> Response:
    """Every decision. Afterwards the next evaluation of the list is shown; what was typed is kept if it is refused."""
    launch, view, form = current_launch(), _view(), DecisionForm()
    reviewed = evaluation_in(db.session, launch.cohort_ids, public_id)
    beside = queries.neighbours(db.session, launch.cohort_ids, view, public_id)
    wish, written = _wish(), {"seen": form.seen.data or "", "reason": form.reason.data or ""}
    try:
        done = actions.decide(db.session, launch.cohort_ids, launch.person_id, public_id, wish, **written)
    except (Conflict, ReasonMissing) as refusal:
        db.session.rollback()
        return _refused(reviewed, form, refusal)
    decided = done.entry.id if done.entry else None
    db.session.commit()
    passback.wake(done.score_ids)
    upcoming = beside.next or public_id
    return redirect(url_for("moderation.evaluation", public_id=upcoming, **view.arguments, decided=decided), 303)


@moderation.post(f"/decisions/<int(max={_LARGEST_ID}):entry_id>/undo")
@open_to(Audience.COORDINATOR)
def undo(entry_id: int) -> Response:
    launch, view = current_launch(), _view()
    entry, public_id = decision_in(db.session, launch.cohort_ids, entry_id)
    try:
        score_ids = undo_decision(db.session, entry, launch.person_id)
    except Conflict as refusal:
        db.session.rollback()
        return _refused(evaluation_in(db.session, launch.cohort_ids, public_id), DecisionForm(formdata=None), refusal)
    db.session.commit()
    passback.wake(score_ids)
    return redirect(url_for("moderation.evaluation", public_id=public_id, **view.arguments, notice="undone"), 303)


def _refused(reviewed: Reviewed, form: DecisionForm, refusal: DomainError) -> Response:
    """What was typed stays; what was read is what stands there now."""
    form.seen.data = version_seen(db.session, reviewed.evaluation)
    return _page(reviewed, form, refusal)


def _page(reviewed: Reviewed, form: DecisionForm, refusal: DomainError | None = None) -> Response:
    """The evaluation beside its essay; a draft is its writer's own until it is submitted."""
    row, launch, view = reviewed.evaluation, current_launch(), _view()
    sheet = sheet_of(db.session, launch.cohort_ids, reviewed, launch.locale)
    page = render_template(
        "moderation/evaluation.html",
        view=view,
        form=form,
        refusal=refusal,
        sheet=sheet,
        decided=None if refusal else _just_decided(),
        undoable=undoable(sheet.history),
        beside=queries.neighbours(db.session, launch.cohort_ids, view, row.public_id),
    )
    return make_response(page, refusal.status if refusal else 200)


def _just_decided() -> tuple[Happened, str] | None:
    """What the notice offers to undo, and the public id of its evaluation. Raises `NotFound` for what others decide."""
    entry_id = request.args.get("decided", default=0, type=int)
    if not 0 < entry_id <= _LARGEST_ID:
        return None
    entry, public_id = decision_in(db.session, current_launch().cohort_ids, entry_id)
    return happened(db.session, entry.id), public_id


def _wish() -> Wish:
    try:
        return Wish(request.form.get("action", ""))
    except ValueError as error:
        raise Unreadable("unknown button") from error


def _view() -> View:
    return view_asked_for(View.read, _("Open the review of evaluations from the start page."))
