"""Essays as staff read them: one after the other, beside what they were copied from, and as one document."""

from flask import Flask

from lti_tool.essays.course import course_essays
from lti_tool.essays.routes import essays


def init_app(app: Flask) -> None:
    app.register_blueprint(essays)
    app.register_blueprint(course_essays)
