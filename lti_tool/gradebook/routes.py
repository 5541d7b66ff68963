"""An instructor's view of their learning assistants."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response

from lti_tool.addresses import way_back
from lti_tool.database import db
from lti_tool.errors import DomainError, NotFound
from lti_tool.gradebook import access, queries
from lti_tool.gradebook.view import View
from lti_tool.lti.rosters.members import Changes
from lti_tool.lti.rosters.reasons import Reason
from lti_tool.lti.rosters.reasons import explain as explain_roster
from lti_tool.lti.rosters.schedule import can_be_read
from lti_tool.lti.rosters.sync import Failure, Overtaken, sync_course
from lti_tool.modules.programmes import modules_for
from lti_tool.paging import pages_of, view_asked_for
from lti_tool.passback import wake, wake_reader
from lti_tool.passback.actions import resend as resend_score
from lti_tool.passback.reasons import explain
from lti_tool.passback.results import ask_for, can_ask_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.queries import CurrentModule, current_module
from lti_tool.quiz.queries import submitted_attempts
from lti_tool.texts import gettext as _

# The largest id a database column holds; a longer number in an address finds nothing.
_LARGEST_ID = 2**31 - 1

gradebook = Blueprint("gradebook", __name__, url_prefix="/l/<visit>/gradebook")


@gradebook.get("")
@open_to(Audience.INSTRUCTOR)
def table() -> str:
    view, course_id = _view(), current_launch().course_id
    modules = _modules()
    if not modules:
        return render_template("gradebook/nothing.html")
    module = _chosen(modules, view)
    counts = queries.counts(db.session, course_id, module)
    view = view.on_page_of(counts[view.show])
    learners = queries.learners_on_page(db.session, course_id, module, view)
    return render_template(
        "gradebook/table.html",
        view=view,
        titles={choice.key: choice.content.title_in(str(get_locale())) for choice in modules},
        module=module,
        counts=counts,
        pages=pages_of(counts[view.show]),
        learners=learners,
        steps=queries.columns_of(module, learners),
        roster=queries.roster_facts(db.session, course_id),
        explain_roster=explain_roster,
        can_fetch_grades=can_ask_for(db.session, course_id),
        explain=explain,
    )


@gradebook.get(f"/learners/<int(max={_LARGEST_ID}):person_id>")
@open_to(Audience.INSTRUCTOR)
def learner(person_id: int) -> str:
    view, modules = _view(), _modules()
    if not modules:
        raise NotFound("no module to show a learner in")
    module = _chosen(modules, view)
    found = access.learner_in(db.session, current_launch().course_id, module, person_id)
    return render_template(
        "gradebook/learner.html",
        view=view,
        module=module,
        language=str(get_locale()),
        learner=found,
        attempts=submitted_attempts(db.session, found.participation_id),
        essay=queries.submitted_essay(db.session, found.participation_id),
        explain=explain,
    )


@gradebook.post(f"/scores/<int(max={_LARGEST_ID}):score_id>/resend")
@open_to(Audience.INSTRUCTOR)
def resend(score_id: int) -> Response:
    waiting = resend_score(db.session, access.score_in(db.session, current_launch().course_id, score_id))
    db.session.commit()
    wake(waiting)
    back = request.form.get("back") or url_for("gradebook.table")
    return redirect(way_back(back, url_for("home.start"), "sent"), 303)


@gradebook.post("/roster")
@open_to(Audience.INSTRUCTOR)
def roster() -> Response:
    """Ask the platform who is in the course, so that those who have not been here yet are in the list, too."""
    course_id = current_launch().course_id
    if not can_be_read(db.session, course_id):
        raise RosterUnavailable("no roster service")
    outcome = sync_course(db.session, course_id)
    if isinstance(outcome, Failure) and outcome.reason is not Reason.SLOW:
        raise RosterUnavailable(f"roster: {outcome.reason}", outcome.reason)
    back = request.form.get("back") or url_for("gradebook.table")
    return redirect(way_back(back, url_for("home.start"), _roster_notice(outcome)), 303)


@gradebook.post("/grades")
@open_to(Audience.INSTRUCTOR)
def fetch_grades() -> Response:
    """Have read what the course's own gradebook holds, so that grades changed there can be seen here."""
    columns = ask_for(db.session, current_launch().course_id)
    db.session.commit()
    if not columns:
        raise GradesUnavailable
    wake_reader()
    back = request.form.get("back") or url_for("gradebook.table")
    return redirect(way_back(back, url_for("home.start"), "grades-running"), 303)


def _roster_notice(outcome: Changes | Failure | Overtaken) -> str:
    if not isinstance(outcome, Changes):
        return "roster-running"
    return "roster" if outcome else "roster-same"


class RosterUnavailable(DomainError):
    """The platform does not give out its list of members, or not now."""

    status = 409

    def __init__(self, log_reason: str, reason: Reason = Reason.REFUSED) -> None:
        why = explain_roster(reason)
        unchanged = _("Nothing was changed.")
        other_way = _("Learning assistants also appear when they open the training.")
        super().__init__(
            log_reason,
            title=_("The list of participants did not come"),
            explanation=f"{why.what} {unchanged}",
            advice=f"{why.advice} {other_way}",
        )


class GradesUnavailable(DomainError):
    """No column of this course's gradebook may be read."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "no column to read",
            title=_("The grades could not be fetched"),
            explanation=_("Your learning platform does not let the training read the gradebook of this course."),
            advice=_("Ask the platform's administrator to allow reading results for this tool."),
        )


def _view() -> View:
    return view_asked_for(View.read, _("Open the results from the start page."))


def _modules() -> list[CurrentModule]:
    """The module of the link, or all of their programmes where the link names none."""
    launch = current_launch()
    key = launch.module_key
    return [current_module(db.session, key)] if key else modules_for(db.session, launch.person_id)


def _chosen(modules: list[CurrentModule], view: View) -> CurrentModule:
    wanted = [module for module in modules if view.module in (None, module.key)]
    if not wanted:
        raise NotFound("no such module in the gradebook")
    return wanted[0]
