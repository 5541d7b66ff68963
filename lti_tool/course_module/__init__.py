"""The module that a department holds: its meetings, what is agreed on, and the evaluation by both sides."""

from flask import Flask

from lti_tool.course_module import (
    agreement_routes,
    cohort_routes,
    course_routes,
    date_routes,
    evaluation_routes,
    own_routes,
)
from lti_tool.course_module import models as models
from lti_tool.course_module.blueprint import course_module
from lti_tool.course_module.words import init_words

__all__ = ["agreement_routes", "cohort_routes", "course_routes", "date_routes", "evaluation_routes", "own_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(course_module)
    init_words(app)
