"""The reflection essay of an online module."""

from flask import Flask

from lti_tool.markdown import init_markdown
from lti_tool.reflection.comparing import compare_essays
from lti_tool.reflection.routes import reflection


def init_app(app: Flask) -> None:
    init_markdown(app)
    app.register_blueprint(reflection)
    app.extensions["jobs"].every_minute(compare_essays)
