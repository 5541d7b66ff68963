"""The lists of a module: their order, new questions, criteria, videos and texts, copies, and what was removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.authoring import actions
from lti_tool.authoring.access import own_module
from lti_tool.authoring.actions import Writer, draft_of
from lti_tool.authoring.draft import ITEM_TYPES, Draft, Group
from lti_tool.authoring.editing import MOST_ITEMS, NoSuchPlace, Place
from lti_tool.authoring.routes import authoring, no_such_place, title_of
from lti_tool.authoring.view import item_lines
from lti_tool.authoring.words import item_title, part_title
from lti_tool.database import db
from lti_tool.drafts import Unreadable, stripped
from lti_tool.paging import PAGE_SIZE, PagedView, page_in, pages_of
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.texts import gettext as _

LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class ListView(PagedView):
    """A page of a list of a module, as an address."""

    key: str = ""
    group: str = ""


_GROUP = "/<key>/items/<group>"


@authoring.get(_GROUP)
@open_to(Audience.COORDINATOR)
def items(key: str, group: str) -> Response:
    return _page(key, _group(group))


@authoring.post(_GROUP)
@open_to(Audience.COORDINATOR)
def arrange(key: str, group: str) -> Response:
    """Every button of the list: `up:KEY`, `down:KEY`, `copy:KEY`, `remove:KEY`, `restore:NUMBER`, and `add`."""
    wanted, launch = _group(group), current_launch()
    module = own_module(db.session, launch, key)
    writer = Writer(module.id, launch.person_id)
    name, _colon, which = request.form.get("action", "").partition(":")
    if name == "add":
        return _add(writer, key, wanted)
    if name not in _BUTTONS:
        raise Unreadable("unknown button")
    try:
        answer = _BUTTONS[name](writer, key, wanted, which)
    except NoSuchPlace as error:
        raise no_such_place() from error
    db.session.commit()
    return answer


def _add(writer: Writer, key: str, group: Group) -> Response:
    draft = draft_of(db.session, writer.module_id).draft
    language = request.form.get("language", "")
    name = stripped(request.form.get("name"))
    if language not in draft.languages:
        raise Unreadable("a language that the module does not have")
    if not name or len(name) > LONGEST_NAME or len(draft.main.items(group)) >= MOST_ITEMS:
        return _page(key, group, status=422, name=name, mistake=_mistake(name))
    place = actions.add_item(db.session, writer, group, name, language)
    db.session.commit()
    return redirect(url_for("authoring.edit", key=key, address=str(place), language=language), 303)


def _mistake(name: str) -> str:
    if not name:
        return _("Write something first.")
    if len(name) > LONGEST_NAME:
        return _("Write at most %(max)s characters.", max=LONGEST_NAME)
    return _("There are %(most)s already, which is as many as fit.", most=MOST_ITEMS)


def _move(steps: int) -> Callable[[Writer, str, Group, str], Response]:
    def move(writer: Writer, key: str, group: Group, which: str) -> Response:
        actions.move_item(db.session, writer, Place(which, group), steps)
        return _back(key, group, item=which)

    return move


def _copy(writer: Writer, key: str, group: Group, which: str) -> Response:
    place = actions.copy_item(db.session, writer, Place(which, group))
    return _back(key, group, notice="item-copied", item=place.name)


def _remove(writer: Writer, key: str, group: Group, which: str) -> Response:
    actions.remove_item(db.session, writer, Place(which, group))
    return redirect(url_for("authoring.items", key=key, group=group, notice="item-removed", _anchor="removed"), 303)


def _restore(writer: Writer, key: str, group: Group, which: str) -> Response:
    if not (which.isascii() and which.isdigit() and len(which) <= 9):
        raise Unreadable("a number that no button has")
    place = actions.put_back(db.session, writer, int(which))
    return _back(key, group, notice="undone", item=place.name)


_BUTTONS: dict[str, Callable[[Writer, str, Group, str], Response]] = {
    "up": _move(-1),
    "down": _move(1),
    "copy": _copy,
    "remove": _remove,
    "restore": _restore,
}


def _back(key: str, group: Group, *, item: str, notice: str | None = None) -> Response:
    """To where the item stands now."""
    module = own_module(db.session, current_launch(), key)
    order = [one.key for one in draft_of(db.session, module.id).draft.main.items(group)]
    page = order.index(item) // PAGE_SIZE + 1
    shown = ListView(key=key, group=group, page=page).arguments
    return redirect(url_for("authoring.items", notice=notice, _anchor=f"item-{item}", **shown), 303)


def _group(name: str) -> Group:
    try:
        return Group(name)
    except ValueError as error:
        raise no_such_place() from error


def _page(key: str, group: Group, *, status: int = 200, name: str = "", mistake: str = "") -> Response:
    module = own_module(db.session, current_launch(), key)
    opened = draft_of(db.session, module.id)
    count = len(opened.draft.main.items(group))
    view = ListView(key=key, group=group, page=_page_asked_for()).on_page_of(count)
    page = render_template(
        "authoring/items.html",
        module=module,
        draft=opened.draft,
        title=title_of(opened),
        group=group,
        part=part_title(group),
        lines=item_lines(key, opened.draft, group, slice(view.offset, view.offset + PAGE_SIZE)),
        view=view,
        count=count,
        pages=pages_of(count),
        removed=_removed(opened.draft, group),
        name=name,
        mistake=mistake,
    )
    return make_response(page, status)


def _page_asked_for() -> int:
    try:
        return page_in(request.args)
    except ValueError as error:
        raise no_such_place() from error


def _removed(draft: Draft, group: Group) -> list[tuple[int, str]]:
    """What can be put back: its number and its name, the latest first."""
    found = []
    for gone in reversed([gone for gone in draft.removed if gone.group is group]):
        names = [ITEM_TYPES[group].model_validate(body).name for body in gone.items.values()]
        found.append((gone.number, item_title(group, next(filter(None, names), ""))))
    return found
