"""Publishing a module, its versions, and the whole of it as a learning assistant meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug import Response

from lti_tool.authoring import publishing, queries
from lti_tool.authoring.access import OwnModule, own_module
from lti_tool.authoring.actions import Writer, draft_of
from lti_tool.authoring.changes import Change, changes
from lti_tool.authoring.draft import Draft, read
from lti_tool.authoring.editing import Place
from lti_tool.authoring.forms import version_in
from lti_tool.authoring.problems import Problem, problems, short_readings
from lti_tool.authoring.publishing import DraftMoved, Unpublishable
from lti_tool.authoring.routes import authoring, title_of
from lti_tool.authoring.words import address_of, place_title, problems_words
from lti_tool.database import db
from lti_tool.drafts import Unreadable, stripped
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.models import ModuleContent

LONGEST_NOTE = 500
MOST_SHOWN = 100
_VERSION = "/<key>/versions/<int(max=2147483647):version>"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """All that is wrong with a place in one language (None: in each), and where it is mended."""

    title: str
    language: str | None
    sentences: list[str]
    url: str


@authoring.get("/<key>/publish")
@open_to(Audience.COORDINATOR)
def publishing_page(key: str) -> Response:
    return _publish_page(_own(key))


@authoring.post("/<key>/publish")
@open_to(Audience.COORDINATOR)
def publish(key: str) -> Response:
    own = _own(key)
    version, note = version_in(request.form.get("version")), stripped(request.form.get("note"))
    if len(note) > LONGEST_NOTE:
        return _publish_page(own, status=422, note=note, too_long=True)
    try:
        publishing.publish(db.session, _writer(own), version, note)
    except (DraftMoved, Unpublishable) as refusal:
        db.session.rollback()
        return _publish_page(own, status=refusal.status, note=note, refused=True, moved=isinstance(refusal, DraftMoved))
    db.session.commit()
    return redirect(url_for("authoring.versions", key=key, notice="published"), 303)


@authoring.get("/<key>/versions")
@open_to(Audience.COORDINATOR)
def versions(key: str) -> str:
    own = _own(key)
    opened = draft_of(db.session, own.id)
    return render_template(
        "authoring/versions.html",
        module=own,
        opened=opened,
        title=title_of(opened),
        versions=queries.versions(db.session, own.id, own.key),
    )


@authoring.get(_VERSION)
@open_to(Audience.COORDINATOR)
def compare(key: str, version: int) -> str:
    """What is new in a version, or in the draft, against another."""
    own = _own(key)
    newer = read(publishing.version_of(db.session, own.key, version).body)
    against = request.args.get("against", type=int) or max(1, version - 1)
    older = read(publishing.version_of(db.session, own.key, against).body)
    return render_template(
        "authoring/compare.html",
        module=own,
        title=title_of(draft_of(db.session, own.id)),
        version=version,
        against=against,
        changes=by_language(changes(older, newer), newer),
        versions=queries.versions(db.session, own.id, own.key),
    )


@authoring.post(_VERSION)
@open_to(Audience.COORDINATOR)
def use_version(key: str, version: int) -> Response:
    """Go on writing from a version, or offer it again."""
    own, wish = _own(key), request.form.get("action")
    if wish == "take":
        publishing.take_as_draft(db.session, _writer(own), version)
        db.session.commit()
        return redirect(url_for("authoring.module", key=key, notice="draft-taken"), 303)
    if wish == "offer":
        publishing.offer_again(db.session, _writer(own), version)
        db.session.commit()
        return redirect(url_for("authoring.versions", key=key, notice="offered"), 303)
    raise Unreadable("unknown button")


@authoring.post("/<key>/retire")
@open_to(Audience.COORDINATOR)
def retire(key: str) -> Response:
    own = _own(key)
    if request.form.get("action") != "retire":
        raise Unreadable("unknown button")
    publishing.retire(db.session, _writer(own))
    db.session.commit()
    return redirect(url_for("authoring.versions", key=key, notice="retired"), 303)


@authoring.post("/<key>/swap")
@open_to(Audience.COORDINATOR)
def swap(key: str) -> Response:
    """Back to the draft in whose place another was taken."""
    own = _own(key)
    if request.form.get("action") != "swap":
        raise Unreadable("unknown button")
    publishing.swap_draft(db.session, _writer(own))
    db.session.commit()
    return redirect(url_for("authoring.module", key=key, notice="undone"), 303)


def by_language(found: list[Change], draft: Draft) -> list[tuple[str | None, list[Change]]]:
    """The changes that hold in every language first, then those of each."""
    order: list[str | None] = [None, *draft.languages]
    order += [change.language for change in found if change.language not in order]
    grouped = [(code, [change for change in found if change.language == code]) for code in dict.fromkeys(order)]
    return [(code, some) for code, some in grouped if some]


def _own(key: str) -> OwnModule:
    return own_module(db.session, current_launch(), key)


def _writer(own: OwnModule) -> Writer:
    return Writer(own.id, current_launch().person_id)


def _publish_page(own: OwnModule, *, status: int = 200, **values: Any) -> Response:
    opened = draft_of(db.session, own.id)
    offered = db.session.get(ModuleContent, own.content_id) if own.content_id is not None else None
    found = queries.versions(db.session, own.id, own.key)
    hindering = _by_place(problems(opened.draft))
    page = render_template(
        "authoring/publish.html",
        module=own,
        opened=opened,
        title=title_of(opened),
        offered=next((version for version in found if version.id == own.content_id), None),
        next_number=max((version.number for version in found), default=0) + 1,
        busy=[version for version in found if version.busy],
        changes=by_language(changes(read(offered.body), opened.draft), opened.draft) if offered else [],
        hindrances=[_hindrance(own, opened.draft, some) for some in hindering[:MOST_SHOWN]],
        hindering=len(hindering),
        short=short_readings(opened.draft),
        left_out=[code for code in own.programme.languages if code not in opened.draft.offered],
        longest=LONGEST_NOTE,
        **{"note": "", "refused": False, "moved": False, "too_long": False, **values},
    )
    return make_response(page, status)


def _by_place(found: list[Problem]) -> list[list[Problem]]:
    places: dict[tuple[Place, str | None], list[Problem]] = {}
    for problem in found:
        places.setdefault((problem.place, problem.language), []).append(problem)
    return list(places.values())


def _hindrance(own: OwnModule, draft: Draft, found: list[Problem]) -> Hindrance:
    url = address_of(own.key, draft, found[0])
    return Hindrance(place_title(draft, found[0].place), found[0].language, problems_words(found), url)
