"""A whole module as a learning assistant meets it, of the draft or of a version. Nothing is recorded."""

from __future__ import annotations

from flask import render_template, request

from lti_tool.authoring import publishing
from lti_tool.authoring.access import own_module
from lti_tool.authoring.actions import draft_of
from lti_tool.authoring.draft import Draft, read
from lti_tool.authoring.preview import as_readers_see
from lti_tool.authoring.routes import authoring, no_such_place
from lti_tool.database import db
from lti_tool.peer_review.answers import Answers
from lti_tool.peer_review.forms import evaluation_form, words_in
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.video_hosts import embed_of
from lti_tool.quiz.marking import needed_to_pass
from lti_tool.quiz.paper import paper
from lti_tool.texts import gettext as _


@authoring.get("/<key>/preview/<language>")
@open_to(Audience.COORDINATOR)
def preview(key: str, language: str) -> str:
    """`?version=3` shows that version instead of the draft, `?solved=1` the right answers."""
    number = request.args.get("version", type=int)
    draft = _draft(key, number)
    if language not in draft.languages:
        raise no_such_place()
    text = as_readers_see(draft, language, _("(not written yet)"))
    form = evaluation_form(text.evaluation, Answers(), 0) if text.evaluation else None
    return render_template(
        "authoring/preview.html",
        key=key,
        draft=draft,
        language=language,
        version=number,
        solved=bool(request.args.get("solved")),
        text=text,
        films=[{"video": video, "embed": embed_of(video.url) if video.url else None} for video in text.videos],
        questions=paper(text, 0, {}),
        needed=needed_to_pass(len(text.questions), draft.pass_share),
        form=form,
        words_in=words_in,
    )


def _draft(key: str, number: int | None) -> Draft:
    own = own_module(db.session, current_launch(), key)
    if number is None:
        return draft_of(db.session, own.id).draft
    return read(publishing.version_of(db.session, own.key, number).body)
