"""The instructor's page: what is planned, what is agreed on, and how far each learning assistant is."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug import Response

from lti_tool.course_module.blueprint import COHORT, course_module
from lti_tool.course_module.queries import overview_of
from lti_tool.course_module.scope import CourseModule, modules_of_course, named
from lti_tool.course_module.view import View, counts, shown
from lti_tool.database import db
from lti_tool.paging import PAGE_SIZE, pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _


@course_module.get("")
@open_to(Audience.INSTRUCTOR)
def overview() -> Response:
    """The page of the only term that there is; of several, which one."""
    modules = _modules()
    if len(modules) == 1:
        return _page(modules[0], View(cohort_id=modules[0].cohort_id), several=False)
    page = render_template("course_module/choose.html", modules=modules, language=current_launch().locale)
    return make_response(page)


@course_module.get(COHORT)
@open_to(Audience.INSTRUCTOR)
def course(cohort_id: int) -> Response:
    modules, advice = _modules(), _("Open the course-specific module from the start page.")
    view = view_asked_for(lambda arguments: View.read(arguments, cohort_id), advice)
    return _page(named(modules, cohort_id), view, several=len(modules) > 1)


def own_course(cohort_id: int, *, records: str = "") -> CourseModule:
    """Raises `NotFound` for a term in which the course of this visit holds nothing, and for what is not recorded."""
    found = named(_modules(), cohort_id)
    if records:
        found.must_record(records)
    return found


def _modules() -> list[CourseModule]:
    launch = current_launch()
    return modules_of_course(db.session, launch.person_id, launch.course_id)


def _page(module: CourseModule, view: View, *, several: bool) -> Response:
    found = overview_of(db.session, module)
    lines = shown(found.lines, view.show)
    view = view.on_page_of(len(lines))
    page = render_template(
        "course_module/course.html",
        several=several,
        module=module,
        overview=found,
        present=found.present,
        view=view,
        lines=lines[view.offset : view.offset + PAGE_SIZE],
        pages=pages_of(len(lines)),
        counts=counts(found.lines),
        # Then it is seldom a subject course.
        run_here=module.cohort_id in current_launch().cohort_ids,
        language=current_launch().locale,
    )
    return make_response(page)
