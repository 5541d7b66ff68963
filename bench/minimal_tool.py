"""The yardstick: the smallest tool that pylti1p3's README describes for Flask, and nothing more.

Its own Flask classes, a JSON configuration, launch data in Flask-Caching's file-system cache. It stores no person,
course or session, and renders one line. https://github.com/dmitry-viskov/pylti1.3#usage-with-flask

Run by gunicorn as `bench.minimal_tool:app`; BENCH_MINIMAL_FOLDER holds `config.json`, the tool's keys and the cache.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response
from flask_caching import Cache
from markupsafe import escape
from pylti1p3.contrib.flask import FlaskCacheDataStorage, FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfJsonFile

folder = Path(os.environ["BENCH_MINIMAL_FOLDER"])
app = Flask(__name__)
app.config.update(
    SECRET_KEY="the-minimal-tool-of-the-bench",  # noqa: S106 - signs nothing of worth
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_SAMESITE="None",
    CACHE_TYPE="FileSystemCache",
    CACHE_DIR=str(folder / "cache"),
    CACHE_DEFAULT_TIMEOUT=600,
    # No limit to count against: by default each write above 500 entries reads the whole folder.
    CACHE_THRESHOLD=0,
)
cache = Cache(app)


def configured() -> ToolConfJsonFile:
    """The configuration, read within each view as the README's views do."""
    return ToolConfJsonFile(str(folder / "config.json"))


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.route("/login", methods=["GET", "POST"])
def login() -> Response:
    request = FlaskRequest()
    oidc_login = FlaskOIDCLogin(request, configured(), launch_data_storage=FlaskCacheDataStorage(cache))
    response: Response = oidc_login.redirect(request.get_param("target_link_uri"))
    return response


@app.post("/launch")
def launch() -> str:
    message_launch = FlaskMessageLaunch(FlaskRequest(), configured(), launch_data_storage=FlaskCacheDataStorage(cache))
    name = message_launch.get_launch_data().get("name")
    return f"<!doctype html><title>Launched</title><p>Hello {escape(name)}</p>"
