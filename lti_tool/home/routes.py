"""The first page of a visit."""

from __future__ import annotations

from flask import Blueprint, render_template

from lti_tool.people.access import EVERYONE, current_launch, open_to

home = Blueprint("home", __name__, url_prefix="/l/<visit>")


@home.get("/")
@open_to(*EVERYONE)
def start() -> str:
    return render_template("home/start.html", launch=current_launch())
