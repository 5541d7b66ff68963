"""How far the courses are, for coordinators."""

from __future__ import annotations

from flask import render_template

from lti_tool.course_module.blueprint import course_module
from lti_tool.course_module.cohort_queries import Show, View, chosen, courses_in, terms_of
from lti_tool.course_module.scope import CourseModule
from lti_tool.database import db
from lti_tool.paging import PAGE_SIZE, pages_of, view_asked_for
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _


@course_module.get("/courses")
@open_to(Audience.COORDINATOR)
def courses() -> str:
    """Whether hours add up, how many have confirmed, and how many evaluations there are; not what they say."""
    launch = current_launch()
    view = view_asked_for(View.read, _("Open the courses from the start page."))
    terms = terms_of(db.session, launch.cohort_ids)
    if not terms and not view.cohort:
        return render_template("course_module/courses.html", terms=terms, language=launch.locale)
    term = chosen(terms, view.cohort)
    every = courses_in(db.session, term)
    lines = [line for line in every if line.belongs(view.show)]
    view = view.on_page_of(len(lines))
    return render_template(
        "course_module/courses.html",
        terms=terms,
        term=term,
        module=CourseModule(0, None, term.cohort_id, term.term, term.content),
        view=view,
        lines=lines[view.offset : view.offset + PAGE_SIZE],
        pages=pages_of(len(lines)),
        counts={show.value: sum(1 for line in every if line.belongs(show)) for show in Show},
        language=launch.locale,
    )
