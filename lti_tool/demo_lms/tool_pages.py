"""Where the administrator connects tools: paste an address, let the tool register itself, let it in."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.demo_lms import vocabulary as v
from lti_tool.demo_lms.access import manages_tools, require_administrator
from lti_tool.demo_lms.config import origin_of
from lti_tool.demo_lms.models import Person, Tool
from lti_tool.demo_lms.registration import new_token
from lti_tool.demo_lms.state import behaviour, db, lms
from lti_tool.demo_lms.tools import all_tools

blueprint = Blueprint("tools", __name__)

_WORDS = {
    v.SCOPE_LINE_ITEM: "make columns in the gradebook",
    v.SCOPE_LINE_ITEM_READ: "see its columns",
    v.SCOPE_SCORE: "send grades",
    v.SCOPE_RESULT_READ: "read its grades",
    v.SCOPE_MEMBERSHIPS: "see who is in a course",
}


@blueprint.before_request
def _only_administrators() -> None:
    require_administrator()


@blueprint.get("/tools")
def tools() -> str:
    return _page()


def _page(address: str = "", mistake: str = "") -> str:
    return render_template("demo_lms/tools.html", tools=all_tools(), address=address, mistake=mistake)


@blueprint.post("/tools/registrations")
def begin() -> str | tuple[str, int]:
    """The tool's registration page in a frame, with what it needs to register: good for one tool and an hour."""
    address = request.form.get("address", "").strip()
    if mistake := _mistake(address):
        return _page(address, mistake), 400
    again = request.form.get("again", "")
    known = db().get(Tool, again) or abort(400, "There is no such tool here.") if again else None
    opened = _with_invitation(address, known)
    g.guests = [origin_of(address)]
    return render_template("demo_lms/registering.html", address=opened, origin=origin_of(address), tool=known)


def _mistake(address: str) -> str:
    if not address:
        return "Paste the address that the tool gave you."
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or any(sign in address for sign in " ;,\"'<>"):
        return "This is not a full address: it begins with https:// or http://."
    return ""


def _with_invitation(address: str, tool: Tool | None) -> str:
    query = {"openid_configuration": lms().config.openid_configuration_url}
    if behaviour().registration_token:
        query["registration_token"] = new_token(tool.client_id if tool else None)
        db().commit()
    beginning, mark, fragment = address.partition("#")
    separator = "&" if "?" in beginning else "?"
    return f"{beginning}{separator}{urlencode(query)}{mark}{fragment}"


@blueprint.post("/tools/<client_id>/activate")
def activate(client_id: str) -> Response:
    tool = db().get(Tool, client_id) or abort(404)
    tool.active = True
    db().commit()
    return redirect(url_for("tools.tools"), 303)


@blueprint.app_template_test("manager")
def _manager(person: Person | None) -> bool:
    return person is not None and manages_tools(person)


@blueprint.app_template_filter("permissions")
def _permissions(tool: Tool) -> str:
    allowed = [words for scope, words in _WORDS.items() if scope in tool.scopes]
    return ", ".join(allowed) if allowed else "nothing but be opened"
