"""Saving the questions of a module as a file, of the draft or of any version."""

from __future__ import annotations

from dataclasses import dataclass

from flask import make_response, render_template, request
from werkzeug import Response

from lti_tool.authoring import publishing, queries
from lti_tool.authoring.access import OwnModule, own_module
from lti_tool.authoring.actions import draft_of
from lti_tool.authoring.draft import Draft, read
from lti_tool.authoring.exporting import Outgoing, digests_of, outgoing
from lti_tool.authoring.import_found import saying_of
from lti_tool.authoring.import_words import format_name, format_use
from lti_tool.authoring.routes import authoring, no_such_place, title_of
from lti_tool.database import db
from lti_tool.exchange.writing import Format, lost_in, write
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.pictures import pictures_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """`version` is None for the draft; `title` is the module's as it is written now."""

    title: str
    draft: Draft
    version: int | None
    language: str

    def outgoing(self) -> Outgoing:
        questions = self.draft.languages[self.language].questions
        return outgoing(questions, pictures_of(db.session, digests_of(questions)))


@authoring.get("/<key>/export")
@open_to(Audience.COORDINATOR)
def export(key: str) -> str:
    """`?version=3&language=nb`; says before anything is saved what each format leaves out."""
    own = own_module(db.session, current_launch(), key)
    wanted = _wanted(own)
    going = wanted.outgoing()
    return render_template(
        "authoring/export.html",
        module=own,
        title=wanted.title,
        wanted=wanted,
        going=going,
        versions=queries.versions(db.session, own.id, own.key),
        formats=[
            (name, format_name(name), format_use(name), [saying_of(note) for note in lost_in(going.questions, name)])
            for name in Format
        ],
    )


@authoring.get("/<key>/export/<name>")
@open_to(Audience.COORDINATOR)
def export_file(key: str, name: str) -> Response:
    own = own_module(db.session, current_launch(), key)
    if name not in set(Format):
        raise no_such_place()
    wanted = _wanted(own)
    written = write(wanted.outgoing().questions, Format(name))
    answer = make_response(written.data)
    answer.headers["Content-Type"] = written.media_type
    which = f"v{wanted.version}" if wanted.version else "draft"
    filename = f"{own.key}-{which}-{wanted.language}{written.suffix}"
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


def _wanted(own: OwnModule) -> Wanted:
    opened, number = draft_of(db.session, own.id), request.args.get("version", type=int)
    draft = opened.draft if number is None else read(publishing.version_of(db.session, own.key, number).body)
    language = request.args.get("language") or draft.default_language
    if language not in draft.languages:
        raise no_such_place()
    return Wanted(title_of(opened), draft, number, language)
