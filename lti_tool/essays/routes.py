"""The cohort's essays one after the other, for coordinators."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool import passback
from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.errors import Conflict
from lti_tool.essays import actions, distribution, queries
from lti_tool.essays.access import essay_in, match_in
from lti_tool.essays.foreseen import foreseen
from lti_tool.essays.forms import ReturnForm
from lti_tool.essays.sides import beside
from lti_tool.essays.view import View
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.people.names import Somebody
from lti_tool.programme.content import Step
from lti_tool.programme.queries import content_of
from lti_tool.reflection.forms import language_name
from lti_tool.reflection.models import Essay
from lti_tool.reflection.words import count_words
from lti_tool.texts import gettext as _

essays = Blueprint("essays", __name__, url_prefix="/l/<visit>/essays")


@essays.get("")
@open_to(Audience.COORDINATOR)
def stream() -> str:
    launch, view = current_launch(), _view()
    counts = queries.counts(db.session, launch.cohort_ids, launch.person_id, view)
    view = view.on_page_of(counts[view.show])
    modules = queries.module_titles(db.session, launch.cohort_ids, launch.locale)
    return render_template(
        "essays/stream.html",
        view=view,
        counts=counts,
        pages=pages_of(counts[view.show]),
        modules=modules,
        downloads=distribution.offers(db.session, distribution.in_cohorts(launch.cohort_ids), modules),
        download_page="course_essays.download_cohort",
        written_in=queries.languages_of(db.session, launch.cohort_ids),
        language_name=language_name,
        lines=queries.essays_on_page(db.session, launch.cohort_ids, launch.person_id, view),
    )


@essays.get("/<essay>")
@open_to(Audience.COORDINATOR)
def reading(essay: str) -> str:
    return _reading(essay_in(db.session, current_launch().cohort_ids, essay))


@essays.post("/<essay>/read")
@open_to(Audience.COORDINATOR)
def read(essay: str) -> Response:
    """Note that it is read, and go on to the next one of the list."""
    launch, view = current_launch(), _view()
    found = essay_in(db.session, launch.cohort_ids, essay)
    following = queries.neighbours(db.session, launch.cohort_ids, launch.person_id, view, found).next
    seen = request.form.get("seen", "")
    try:
        actions.mark_read(db.session, launch.cohort_ids, launch.person_id, essay, seen)
    except actions.NotAsRead as refusal:
        db.session.rollback()
        return _refused(essay, refusal)
    db.session.commit()
    if following is None:
        return redirect(url_for("essays.stream", **view.arguments, notice="essays-read"), 303)
    return redirect(url_for("essays.reading", essay=following, **view.arguments), 303)


@essays.get("/<essay>/return")
@open_to(Audience.COORDINATOR)
def returning(essay: str) -> str:
    found = essay_in(db.session, current_launch().cohort_ids, essay)
    return _returning(found, ReturnForm(formdata=None, seen=actions.version_seen(found)))


@essays.post("/<essay>/return")
@open_to(Audience.COORDINATOR)
def give_back(essay: str) -> Response:
    launch, form = current_launch(), ReturnForm()
    found = essay_in(db.session, launch.cohort_ids, essay)
    if not form.validate():
        return make_response(_returning(found, form), 422)
    seen, comment = form.seen.data or "", form.comment.data or ""
    try:
        score_ids = actions.return_essay(
            db.session, launch.cohort_ids, launch.person_id, essay, seen=seen, comment=comment
        )
    except actions.NotAsRead as refusal:
        db.session.rollback()
        form.seen.data = actions.version_seen(essay_in(db.session, launch.cohort_ids, essay))
        return make_response(_returning(essay_in(db.session, launch.cohort_ids, essay), form, refusal), refusal.status)
    db.session.commit()
    passback.wake(score_ids)
    return redirect(url_for("essays.reading", essay=essay, **_view().arguments, notice="essay-returned"), 303)


@essays.post("/<essay>/return/undo")
@open_to(Audience.COORDINATOR)
def undo_return(essay: str) -> Response:
    launch = current_launch()
    try:
        score_ids = actions.undo_return(db.session, launch.cohort_ids, launch.person_id, essay)
    except actions.TooLate as refusal:
        db.session.rollback()
        return _refused(essay, refusal)
    db.session.commit()
    passback.wake(score_ids)
    return redirect(url_for("essays.reading", essay=essay, **_view().arguments, notice="undone"), 303)


@essays.get("/<essay>/copied/<other>")
@open_to(Audience.COORDINATOR)
def copied(essay: str, other: str) -> str:
    launch = current_launch()
    match = match_in(db.session, launch.cohort_ids, essay, other)
    both = [db.session.get_one(Essay, match.essay_id), db.session.get_one(Essay, match.other_id)]
    return render_template(
        "essays/copied.html",
        view=_view(),
        match=match,
        sides=beside(db.session, *both),
        texts=[_described(one) for one in both],
        language_name=language_name,
    )


@essays.post("/<essay>/copied/<other>")
@open_to(Audience.COORDINATOR)
def judge(essay: str, other: str) -> Response:
    launch, wish = current_launch(), request.form.get("action")
    match_in(db.session, launch.cohort_ids, essay, other)
    if wish not in ("in-order", "undo"):
        raise Unreadable("unknown button")
    in_order = wish == "in-order"
    actions.judge_match(db.session, launch.cohort_ids, launch.person_id, essay, other, in_order=in_order)
    db.session.commit()
    notice = "in-order" if in_order else "undone"
    return redirect(url_for("essays.copied", essay=essay, other=other, **_view().arguments, notice=notice), 303)


def _reading(essay: Essay, refusal: Conflict | None = None) -> str:
    launch, view = current_launch(), _view()
    return render_template(
        "essays/reading.html",
        view=view,
        refusal=refusal,
        seen=actions.version_seen(essay),
        beside=queries.neighbours(db.session, launch.cohort_ids, launch.person_id, view, essay),
        evaluations=queries.evaluations_of(db.session, essay.id),
        copies=queries.copies_of(db.session, essay.id),
        modules=queries.module_titles(db.session, launch.cohort_ids, launch.locale),
        revisions=queries.revisions_of(db.session, essay.id),
        returns=queries.returns_of(db.session, essay.id),
        language_name=language_name,
        **_described(essay),
    )


def _returning(essay: Essay, form: ReturnForm, refusal: Conflict | None = None) -> str:
    return render_template(
        "essays/return.html",
        view=_view(),
        form=form,
        refusal=refusal,
        foreseen=foreseen(db.session, essay),
        **_described(essay),
    )


def _described(essay: Essay) -> dict[str, object]:
    work = essay.participation
    return {
        "essay": essay,
        "author": Somebody(work.person.id, work.person.name),
        "module_title": queries.title_of(db.session, work.module, current_launch().locale),
        "evaluated": Step.EVALUATIONS in content_of(db.session, work.content_id).steps,
        "words": count_words(essay.submitted_text or ""),
    }


def _refused(public_id: str, refusal: Conflict) -> Response:
    """What stands there now."""
    found = essay_in(db.session, current_launch().cohort_ids, public_id)
    return make_response(_reading(found, refusal), refusal.status)


def _view() -> View:
    return view_asked_for(View.read, _("Open the essays from the start page."))
