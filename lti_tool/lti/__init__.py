from flask import Flask

from lti_tool.lti.keysets import KeySets
from lti_tool.lti.routes import lti


def init_app(app: Flask) -> None:
    app.extensions["platform_keys"] = KeySets()
    app.register_blueprint(lti)
