"""Writing modules in the browser: drafts, previews, versions, and questions from other systems."""

from flask import Flask

from lti_tool.authoring import (
    editing_routes,
    export_routes,
    import_routes,
    items_routes,
    pictures,
    preview_routes,
    publishing_routes,
)
from lti_tool.authoring import models as models
from lti_tool.authoring.import_reading import read_imports
from lti_tool.authoring.import_words import place_words, saying_words
from lti_tool.authoring.routes import authoring
from lti_tool.authoring.words import init_words

__all__ = [
    "editing_routes",
    "export_routes",
    "import_routes",
    "items_routes",
    "pictures",
    "preview_routes",
    "publishing_routes",
]


def init_app(app: Flask) -> None:
    app.register_blueprint(authoring)
    init_words(app)
    app.add_template_filter(saying_words)
    app.add_template_filter(place_words)
    app.extensions["jobs"].every_minute(read_imports)
