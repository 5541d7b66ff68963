"""Who is employed as what: a cohort's list, who is found on it, and ending it. For its coordinators."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.database import db
from lti_tool.drafts import Unreadable
from lti_tool.employment import actions, people_queries
from lti_tool.employment.people_queries import Candidate, ListCohort, ListedLine
from lti_tool.employment.view import Show, UnmatchedView, View
from lti_tool.employment.words import TRAINING, position_title
from lti_tool.errors import NotFound
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _

employment = Blueprint("employment", __name__, url_prefix="/l/<visit>/employment")

# The largest id of either database.
_ID = "int(max=2147483647)"
COHORT = f"/<{_ID}:cohort_id>"
_LINE = f"{COHORT}/people/<{_ID}:line_id>"
_SHORTEST_SEARCH = 2
_NOBODY = "nobody"


@employment.get("")
@open_to(Audience.COORDINATOR)
def overview() -> str:
    """The list of the cohort that is open, or of the newest."""
    return _people_page(_cohorts()[0])


@employment.get(COHORT)
@open_to(Audience.COORDINATOR)
def people(cohort_id: int) -> str:
    return _people_page(own_cohort_of(cohort_id))


@employment.get(f"{COHORT}/unmatched")
@open_to(Audience.COORDINATOR)
def unmatched(cohort_id: int) -> Response:
    """Those on the list whom nobody has been found for, each with who it may be."""
    return _unmatched_page(own_cohort_of(cohort_id))


@employment.post(f"{COHORT}/unmatched")
@open_to(Audience.COORDINATOR)
def match(cohort_id: int) -> Response:
    """Each field `who-LINE` says who that is; an empty one leaves it open."""
    cohort = own_cohort_of(cohort_id)
    chosen = {name: value for name, value in request.form.items() if name.startswith("who-") and value}
    if not chosen:
        return _unmatched_page(cohort, 422, mistake=_("Choose who somebody is first."))
    for name, value in sorted(chosen.items()):
        line = people_queries.lines_of(db.session, cohort.id, _number(name.removeprefix("who-")))[0]
        # Somebody else may have said it in the meantime.
        if line.person_id is None:
            _say_who(cohort, line, value)
    db.session.commit()
    return redirect(url_for("employment.unmatched", cohort_id=cohort.id, notice="saved"), 303)


@employment.get(_LINE)
@open_to(Audience.COORDINATOR)
def listed(cohort_id: int, line_id: int) -> str:
    """Somebody on the list: their positions, who it is, and whom else it may be."""
    cohort, wanted = own_cohort_of(cohort_id), request.args.get("q", "").strip()[:255]
    lines = people_queries.lines_of(db.session, cohort.id, line_id)
    found = people_queries.candidates_called(db.session, cohort.id, wanted) if len(wanted) >= _SHORTEST_SEARCH else []
    return render_template(
        "employment/listed.html",
        cohort=cohort,
        line=lines[0],
        lines=lines,
        wanted=wanted,
        searched=len(wanted) >= _SHORTEST_SEARCH,
        found=found[: people_queries.MOST_FOUND],
        more=len(found) > people_queries.MOST_FOUND,
        suggested=_suggested(cohort, lines[0]),
        position=_titles(cohort),
    )


@employment.post(_LINE)
@open_to(Audience.COORDINATOR)
def identify(cohort_id: int, line_id: int) -> Response:
    """Say who somebody on the list is, or that it is nobody of those who have come."""
    cohort = own_cohort_of(cohort_id)
    line = people_queries.lines_of(db.session, cohort.id, line_id)[0]
    _say_who(cohort, line, request.form.get("who", ""))
    db.session.commit()
    return redirect(url_for("employment.listed", cohort_id=cohort.id, line_id=line.id, notice="saved"), 303)


@employment.get(f"{COHORT}/end")
@open_to(Audience.COORDINATOR)
def ending(cohort_id: int) -> str:
    cohort = own_cohort_of(cohort_id)
    return render_template(
        "employment/ending.html", cohort=cohort, counts=people_queries.counts(db.session, cohort.id, View())
    )


@employment.post(f"{COHORT}/end")
@open_to(Audience.COORDINATOR)
def end(cohort_id: int) -> Response:
    """`unmatched` forgets those who have not come, `everything` the whole list and every file."""
    cohort = own_cohort_of(cohort_id)
    match request.form.get("action"):
        case "unmatched":
            actions.forget_unmatched(db.session, cohort.id)
        case "everything":
            actions.delete_everything(db.session, cohort.id)
        case _other:
            raise Unreadable("unknown button")
    db.session.commit()
    return redirect(url_for("employment.people", cohort_id=cohort.id, notice="employment-forgotten"), 303)


def own_cohort_of(cohort_id: int) -> ListCohort:
    """Raises `NotFound` for a cohort that the person does not coordinate."""
    cohort = next((one for one in _cohorts() if one.id == cohort_id), None)
    if cohort is None:
        raise NotFound("not a cohort of this coordinator")
    return cohort


def _cohorts() -> list[ListCohort]:
    launch = current_launch()
    return people_queries.cohorts(db.session, launch.cohort_ids, launch.locale)


def _people_page(cohort: ListCohort) -> str:
    view = view_asked_for(View.read, _("Open the list from the start page."))
    counts = people_queries.counts(db.session, cohort.id, view)
    view = view.on_page_of(counts[view.show])
    return render_template(
        "employment/people.html",
        cohort=cohort,
        cohorts=_cohorts(),
        view=view,
        counts=counts,
        pages=pages_of(counts[view.show]),
        lines=people_queries.lines_on_page(db.session, cohort.id, view),
        summary=people_queries.summary(db.session, cohort.id),
        departments=people_queries.values_of(db.session, cohort.id, "department"),
        towns=people_queries.values_of(db.session, cohort.id, "town"),
        position=_titles(cohort),
        training={one.key: TRAINING[one.training] for one in cohort.programme.positions},
        ended=Show.ENDED,
    )


def _unmatched_page(cohort: ListCohort, status: int = 200, *, mistake: str = "") -> Response:
    view = UnmatchedView()
    if request.method == "GET":
        view = view_asked_for(UnmatchedView.read, _("Open the list from the start page."))
    found = people_queries.unmatched(db.session, cohort.id, view.page)
    page = render_template(
        "employment/unmatched.html",
        cohort=cohort,
        view=view,
        pages=pages_of(found.total),
        found=found,
        position=_titles(cohort),
        mistake=mistake,
    )
    return make_response(page, status)


def _titles(cohort: ListCohort) -> Callable[[str], str]:
    language = current_launch().locale
    return lambda key: position_title(key, cohort.programme, language)


def _suggested(cohort: ListCohort, line: ListedLine) -> list[Candidate]:
    if line.person_id is not None:
        return []
    return people_queries.suggested(db.session, cohort.id, line.reference)


def _say_who(cohort: ListCohort, line: ListedLine, said: str) -> None:
    person_id = None if said == _NOBODY else people_queries.candidate(db.session, cohort.id, _number(said)).person_id
    actions.say_who(db.session, cohort.id, current_launch().person_id, line.reference, person_id)


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Unreadable("a number that the page does not send")
    return int(said)
