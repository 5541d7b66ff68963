"""The two addresses that need no visit and no platform: for people who come by the front door, and for monitors."""

from __future__ import annotations

import logging

from flask import Blueprint, Flask, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.database import db
from lti_tool.people.access import Audience, open_to

log = logging.getLogger(__name__)

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@open_to(Audience.PUBLIC)
def front_door() -> str:
    return render_template("health/front_door.html")


@blueprint.get("/healthz")
@open_to(Audience.PUBLIC)
def healthz() -> ResponseReturnValue:
    """200 while this process answers and reaches its database, else 503."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        log.exception("database unreachable")
        return jsonify(status="database unreachable"), 503
    return jsonify(status="ok")
