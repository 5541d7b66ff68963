"""The page on which somebody chooses what to place, and the way back to their platform."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.database import db
from lti_tool.lti.deep_linking.items import Link, content_item, takes_columns, takes_links
from lti_tool.lti.deep_linking.responses import request_of, signed_response
from lti_tool.lti.models import DeepLinkingRequest
from lti_tool.people.access import Audience, current_visit, open_to
from lti_tool.placement.choices import Choice, choices, shelves
from lti_tool.placement.forms import Selection, Wish, selection_in, wish_in
from lti_tool.placement.programmes import programmes_for
from lti_tool.settings import Settings
from lti_tool.texts import ngettext

placement = Blueprint("placement", __name__, url_prefix="/l/<visit>/placement")


@placement.get("")
@open_to(Audience.PLACER)
def picker() -> str:
    asked = request_of(db.session, current_visit().id)
    return _page(asked, _offered(), Selection())


@placement.post("")
@open_to(Audience.PLACER)
def place() -> ResponseReturnValue:
    """Send what was chosen back through the browser; cancelling and choosing nothing send an empty list."""
    asked = request_of(db.session, current_visit().id)
    if wish_in(request.form) is Wish.CANCEL:
        return _sent_back(asked, [])
    offered = _offered() if takes_links(asked) else []
    selection = selection_in(request.form, offered, asked.accept_multiple)
    if selection.problems:
        return make_response(_page(asked, offered, selection), 422)
    return _sent_back(asked, selection.links(offered))


def _page(asked: DeepLinkingRequest, offered: Sequence[Choice], selection: Selection) -> str:
    if not takes_links(asked):
        return render_template("placement/nothing_fits.html")
    visit = current_visit()
    known = programmes_for(db.session, visit.course_id, visit.person_id)
    return render_template(
        "placement/picker.html",
        shelves=shelves(db.session, offered, known, visit.locale),
        pages=[choice for choice in offered if choice.programme_id is None],
        selection=selection,
        multiple=asked.accept_multiple,
        with_columns=takes_columns(asked),
    )


def _sent_back(asked: DeepLinkingRequest, links: Sequence[Link]) -> str:
    items = [content_item(link, asked, _settings().base_url) for link in links]
    message = ngettext("One link was chosen.", "%(num)s links were chosen.", len(links)) if links else None
    token = signed_response(db.session, asked, items, message)
    return render_template("placement/returning.html", return_url=asked.return_url, token=token)


def _offered() -> list[Choice]:
    return choices(db.session, current_visit().locale, _settings().timezone)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
