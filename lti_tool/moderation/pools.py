"""The pools: everybody in them, what each gives and receives, and taking somebody out or in again."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug import Response

from lti_tool.database import db
from lti_tool.moderation import pool_queries as queries
from lti_tool.moderation.access import author_in
from lti_tool.moderation.pool_view import PoolView
from lti_tool.moderation.queries import module_titles
from lti_tool.moderation.shared import check_reason, reason_field
from lti_tool.moderation.telling import progress_words, story
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.peer_review.pools import rejoin, withdraw
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _

pools = Blueprint("pools", __name__, url_prefix="/l/<visit>/pools")


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    reason = reason_field()

    def complete(self) -> bool:
        check_reason(self.reason)
        return not self.reason.errors


@pools.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    cohort_ids, locale = current_launch().cohort_ids, current_launch().locale
    view = _view()
    counts = queries.counts(db.session, cohort_ids, view)
    view = view.on_page_of(counts[view.show])
    return render_template(
        "moderation/pools.html",
        view=view,
        counts=counts,
        pages=pages_of(counts[view.show]),
        modules=module_titles(db.session, cohort_ids, locale),
        pool_languages=queries.languages_of(db.session, cohort_ids),
        members=queries.members_on_page(db.session, cohort_ids, view),
        language_name=language_name,
        progress_words=progress_words,
    )


@pools.get("/<essay>")
@open_to(Audience.COORDINATOR)
def person(essay: str) -> Response:
    return _page(essay, WithdrawForm(formdata=None))


@pools.post("/<essay>/leave")
@open_to(Audience.COORDINATOR)
def leave(essay: str) -> Response:
    """Taking out somebody who has left already changes nothing."""
    form, launch = WithdrawForm(), current_launch()
    author = author_in(db.session, launch.cohort_ids, essay)
    if not form.complete():
        return _page(essay, form, status=422)
    withdraw(db.session, author.participation, reason=form.reason.data or "", person_id=launch.person_id)
    db.session.commit()
    return redirect(url_for("pools.person", essay=essay, notice="left-pool"), 303)


@pools.post("/<essay>/return")
@open_to(Audience.COORDINATOR)
def come_back(essay: str) -> Response:
    launch = current_launch()
    author = author_in(db.session, launch.cohort_ids, essay)
    rejoin(db.session, author.participation, person_id=launch.person_id)
    db.session.commit()
    return redirect(url_for("pools.person", essay=essay, notice="back-in-pool"), 303)


def _page(essay: str, form: WithdrawForm, status: int = 200) -> Response:
    launch = current_launch()
    author = author_in(db.session, launch.cohort_ids, essay)
    page = render_template(
        "moderation/pools_person.html",
        form=form,
        member=queries.member(db.session, launch.cohort_ids, essay),
        exchanges=queries.exchanges(db.session, author.id),
        modules=module_titles(db.session, launch.cohort_ids, launch.locale),
        lines=story(db.session, author.id),
        language_name=language_name,
    )
    return make_response(page, status)


def _view() -> PoolView:
    return view_asked_for(PoolView.read, _("Open the people in the peer evaluation from the review of evaluations."))
