"""The demo LMS as a Flask application; production code never imports it."""

from collections.abc import Callable

from flask import Flask, Response, make_response, render_template, request
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from lti_tool.demo_lms import control, line_items, memberships, oidc, pages, scores, storage, tokens
from lti_tool.demo_lms.addresses import SERVICES
from lti_tool.demo_lms.behaviour import Behaviour, BehaviourSwitch
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.keys import ToolKeys
from lti_tool.demo_lms.models import Secret
from lti_tool.demo_lms.refusal import Refusal, answer_refusal
from lti_tool.demo_lms.seed import seed
from lti_tool.demo_lms.state import EXTENSION, Lms, close_db, now
from lti_tool.demo_lms.store import Store
from lti_tool.paths import PACKAGE, TEMPLATES

__all__ = ["Behaviour", "DemoConfig", "create_demo_lms"]

_FOR_TOOLS = (SERVICES, "/token", "/_/")
_LARGEST_BODY = 1_000_000
_SERVICES = (tokens.blueprint, line_items.blueprint, scores.scores, scores.results, memberships.blueprint)


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
    for blueprint in (*_SERVICES, oidc.blueprint, pages.blueprint, storage.blueprint, control.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, _error_page)
    app.teardown_appcontext(close_db)
    app.after_request(_protection(config.tool_origin))
    return app


def _open(config: DemoConfig) -> Lms:
    store = Store(config.database)
    store.create_tables()
    with store.writing.begin() as session:
        seed(session, now().date())
        secret = session.get_one(Secret, 1).value
    return Lms(
        config,
        store,
        BehaviourSwitch(config.behaviour),
        ToolKeys(config.tool_jwks_url, config.fetch_jwks),
        URLSafeTimedSerializer(secret, salt="lti_message_hint"),
    )


def _error_page(error: HTTPException) -> Response:
    if request.path.startswith(_FOR_TOOLS):
        return answer_refusal(Refusal(error.code or 500, "invalid_request", error.description or error.name))
    return make_response(render_template("demo_lms/error.html", error=error), error.code or 500)


def _protection(tool_origin: str) -> Callable[[Response], Response]:
    policy = (
        f"default-src 'self'; frame-src 'self' {tool_origin}; form-action 'self' {tool_origin}; "
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )

    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return protect
