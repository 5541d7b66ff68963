"""The demo LMS as a Flask application; production code never imports it."""

from flask import Flask, Response, g, make_response, render_template, request
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from lti_tool.demo_lms import (
    control,
    deep_linking,
    line_items,
    memberships,
    oidc,
    pages,
    registration,
    reviews,
    scores,
    storage,
    tokens,
    tool_pages,
)
from lti_tool.demo_lms.addresses import SERVICES
from lti_tool.demo_lms.behaviour import Behaviour, BehaviourSwitch
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.keys import ToolKeys
from lti_tool.demo_lms.models import Secret
from lti_tool.demo_lms.refusal import Refusal, answer_refusal
from lti_tool.demo_lms.seed import seed
from lti_tool.demo_lms.state import EXTENSION, Lms, close_db, now
from lti_tool.demo_lms.store import Store
from lti_tool.demo_lms.tools import active_tools, configured_tool, origins_of
from lti_tool.paths import PACKAGE, TEMPLATES

__all__ = ["Behaviour", "DemoConfig", "create_demo_lms"]

_FOR_TOOLS = (SERVICES, "/token", "/register", "/.well-known/", "/_/")
_LARGEST_BODY = 1_000_000
_SERVICES = (
    tokens.blueprint,
    line_items.blueprint,
    scores.scores,
    scores.results,
    memberships.blueprint,
    registration.blueprint,
)
_PAGES = (
    oidc.blueprint,
    pages.blueprint,
    deep_linking.blueprint,
    reviews.blueprint,
    tool_pages.blueprint,
    storage.blueprint,
)


def create_demo_lms(config: DemoConfig) -> Flask:
    """Opens the database of the LMS, filling in whatever of tables, people and courses is missing."""
    app = Flask(
        __name__,
        template_folder=str(TEMPLATES),
        static_folder=str(PACKAGE / "static" / "demo_lms"),
        static_url_path="/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.extensions[EXTENSION] = _open(config)
    for blueprint in (*_SERVICES, *_PAGES, control.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, _error_page)
    app.teardown_appcontext(close_db)
    app.after_request(_protect)
    return app


def _open(config: DemoConfig) -> Lms:
    store = Store(config.database)
    store.create_tables()
    with store.writing.begin() as session:
        seed(session, configured_tool(config), now().date())
        secret = session.get_one(Secret, 1).value
    return Lms(
        config,
        store,
        BehaviourSwitch(config.behaviour),
        ToolKeys(config.fetch_jwks),
        hints=URLSafeTimedSerializer(secret, salt="lti_message_hint"),
        placings=URLSafeTimedSerializer(secret, salt="deep_linking"),
    )


def _error_page(error: HTTPException) -> Response:
    if request.path.startswith(_FOR_TOOLS):
        return answer_refusal(Refusal(error.code or 500, "invalid_request", error.description or error.name))
    return make_response(render_template("demo_lms/error.html", error=error), error.code or 500)


def _protect(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if answer.mimetype == "text/html":
        others = " ".join(sorted({*origins_of(active_tools()), *g.get("guests", ())}))
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'self'; frame-src 'self' {others}; form-action 'self' {others}; img-src 'self' {others}; "
            "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
        )
    return answer
