"""A page that sends itself on, as browsers carry fields from one site to another."""

from flask import Response, make_response, render_template, request


def posting_page(action: str, fields: dict[str, str]) -> Response:
    page = make_response(render_template("demo_lms/posting.html", action=action, fields=fields))
    page.headers["Cache-Control"] = "no-store"
    return page


def post_again(action: str) -> Response:
    """The browser withholds a SameSite=Lax cookie when the tool's page in a frame sends it here; a form of our own
    brings it along. Moodle does the same: https://github.com/moodle/moodle/blob/main/mod/lti/auth.php
    """
    return posting_page(action, {**request.values.to_dict(), "repost": "1"})
