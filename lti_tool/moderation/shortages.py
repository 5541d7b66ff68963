"""Shortages: who is still short of an essay or an evaluator, and what the coordinator does about it."""

from __future__ import annotations

from enum import StrEnum

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import SelectField

from lti_tool import passback
from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.moderation.access import arrangement_in, author_in
from lti_tool.moderation.queries import module_titles, somebody
from lti_tool.moderation.shared import check_reason, page_asked_for, reason_field
from lti_tool.moderation.telling import story
from lti_tool.paging import PAGE_SIZE, PagedView, pages_of
from lti_tool.peer_review import shortages as rules
from lti_tool.peer_review.models import Author
from lti_tool.peer_review.shortages import NothingOpen, Side
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.people.names import shown_name
from lti_tool.reflection.forms import language_name
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

shortages = Blueprint("shortages", __name__, url_prefix="/l/<visit>/shortages")


class Wish(StrEnum):
    """Which button was used."""

    TAKE = "take"
    ASK = "ask"
    WAIVE_GIVEN = "waive-given"
    WAIVE_RECEIVED = "waive-received"
    AGAIN_GIVEN = "again-given"
    AGAIN_RECEIVED = "again-received"


class MeasureForm(FlaskForm):  # type: ignore[misc]
    """`volunteer` is the public id of their essay."""

    reason = reason_field()
    volunteer = SelectField(_l("Volunteer"), validate_choice=False)

    def complete(self, wish: Wish) -> bool:
        """Puts a message at what is missing. To undo something takes no reason."""
        check_reason(self.reason, needed=wish not in (Wish.AGAIN_GIVEN, Wish.AGAIN_RECEIVED))
        if wish is Wish.ASK and not self.volunteer.data:
            self.volunteer.errors = [_("Choose whom you have asked.")]
        return not (self.reason.errors or self.volunteer.errors)


@shortages.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    launch = current_launch()
    total = rules.number_of_shortages(db.session, launch.cohort_ids)
    view = PagedView(page=page_asked_for()).on_page_of(total)
    return render_template(
        "moderation/shortages.html",
        view=view,
        total=total,
        pages=pages_of(total),
        modules=module_titles(db.session, launch.cohort_ids, launch.locale),
        shortages=rules.shortages(db.session, launch.cohort_ids, limit=PAGE_SIZE, offset=view.offset),
        arrangements=rules.arrangements(db.session, launch.cohort_ids),
        language_name=language_name,
    )


@shortages.get("/<essay>")
@open_to(Audience.COORDINATOR)
def shortage(essay: str) -> Response:
    return _page(essay, MeasureForm(formdata=None))


@shortages.post("/<essay>")
@open_to(Audience.COORDINATOR)
def decide(essay: str) -> Response:
    """Every button of the page; what cannot be done is shown again with what was written."""
    form, author = MeasureForm(), author_in(db.session, current_launch().cohort_ids, essay)
    wish = _wish(request.form.get("action"))
    if not form.complete(wish):
        return _page(essay, form, status=422)
    try:
        score_ids = _carry_out(wish, author, form)
    except NothingOpen as refusal:
        db.session.rollback()
        return _page(essay, form, refusal)
    db.session.commit()
    passback.wake(score_ids)
    return redirect(url_for("shortages.overview", notice="arranged"), 303)


@shortages.post("/arrangements/<public_id>")
@open_to(Audience.COORDINATOR)
def undo(public_id: str) -> Response:
    launch = current_launch()
    arranged = arrangement_in(db.session, launch.cohort_ids, public_id)
    rules.undo_arrangement(db.session, arranged, person_id=launch.person_id)
    db.session.commit()
    return redirect(url_for("shortages.overview", notice="arranged"), 303)


def _carry_out(wish: Wish, author: Author, form: MeasureForm) -> list[int]:
    """Returns the scores to send after the commit."""
    launch, reason = current_launch(), form.reason.data or ""
    person_id = launch.person_id
    if wish is Wish.TAKE:
        rules.take_essay(db.session, author, reason=reason, person_id=person_id)
    elif wish is Wish.ASK:
        volunteer = author_in(db.session, launch.cohort_ids, form.volunteer.data)
        rules.ask_volunteer(db.session, author, volunteer, reason=reason, person_id=person_id)
    elif wish in (Wish.WAIVE_GIVEN, Wish.WAIVE_RECEIVED):
        return rules.waive(db.session, author, _side(wish), reason=reason, person_id=person_id)
    else:
        rules.ask_again(db.session, author, _side(wish), person_id=person_id)
    return []


def _side(wish: Wish) -> Side:
    return Side(wish.value.split("-")[1])


def _wish(action: str | None) -> Wish:
    try:
        return Wish(action or "")
    except ValueError as error:
        raise Unreadable("unknown button") from error


def _page(essay: str, form: MeasureForm, refusal: NothingOpen | None = None, status: int = 200) -> Response:
    launch = current_launch()
    author = author_in(db.session, launch.cohort_ids, essay)
    people = rules.volunteers(db.session, author)
    form.volunteer.choices = [("", _("Nobody chosen")), *((person.essay, shown_name(person)) for person in people)]
    page = render_template(
        "moderation/shortage.html",
        essay=essay,
        form=form,
        refusal=refusal,
        shortage=rules.shortage_of(db.session, launch.cohort_ids, author.id),
        person=somebody(db.session, author.participation.person_id),
        text=author.essay.submitted_text,
        lines=story(db.session, author.id),
        language_name=language_name,
    )
    return make_response(page, refusal.status if refusal else status)
