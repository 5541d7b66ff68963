"""For coordinators: which modules are chosen by how many, and who has not chosen yet."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import get_locale

from lti_tool.choosing import figures
from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.paging import PagedView, page_in, pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _

choices = Blueprint("choices", __name__, url_prefix="/l/<visit>/choices")


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """One page of those who have room for another module."""

    cohort_id: int = 0
    requirement: str | None = None


@choices.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    language = str(get_locale())
    found = figures.offered_in(db.session, current_launch().cohort_ids)
    return render_template(
        "choosing/overview.html",
        sections=[
            (one, figures.figures(db.session, one, language), *figures.how_many(db.session, one)) for one in found
        ],
        language=language,
    )


@choices.get("/<int:cohort_id>/undecided")
@open_to(Audience.COORDINATOR)
def undecided(cohort_id: int) -> str:
    """`requirement` in the address is a key, without which it is the first of the cohort that leaves a choice."""
    if cohort_id not in current_launch().cohort_ids:
        raise NotFound("cohort of another coordinator")
    advice = _("Open the list from the page of who has chosen which module.")
    view = view_asked_for(lambda args: View(cohort_id, args.get("requirement"), page=page_in(args)), advice)
    found = figures.offered_in(db.session, [cohort_id])
    offered = next((one for one in found if view.requirement in (None, one.requirement.key)), None)
    total = figures.how_many(db.session, offered)[1] if offered else 0
    view = view.on_page_of(total)
    return render_template(
        "choosing/undecided.html",
        view=view,
        offered=offered,
        total=total,
        pages=pages_of(total),
        people=figures.undecided(db.session, offered, view.offset) if offered else [],
        language=str(get_locale()),
    )
