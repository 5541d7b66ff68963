"""The pictures of questions, for those who write the module: of its draft, its versions and files that were sent."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import Session
from werkzeug import Response

from lti_tool.authoring.access import OwnModule, own_module
from lti_tool.authoring.models import ModuleDraft, QuestionImport
from lti_tool.authoring.routes import authoring
from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.models import ModuleContent
from lti_tool.programme.pictures import picture_page

_DIGEST = re.compile(r"[0-9a-f]{64}")


@authoring.get("/<key>/pictures/<digest>")
@open_to(Audience.COORDINATOR)
def picture(key: str, digest: str) -> Response:
    own = own_module(db.session, current_launch(), key)
    if not _DIGEST.fullmatch(digest) or not _is_of(db.session, own, digest):
        raise NotFound("no picture of this module")
    return picture_page(db.session, digest)


def _is_of(session: Session, own: OwnModule, digest: str) -> bool:
    places: list[tuple[ColumnElement[bool], ColumnElement[str]]] = [
        (ModuleContent.module_key == own.key, cast(ModuleContent.body, Text)),
        (ModuleDraft.module_id == own.id, cast(ModuleDraft.body, Text)),
        (QuestionImport.module_id == own.id, cast(QuestionImport.found, Text)),
    ]
    shown = [select(1).where(which, text.contains(digest)).exists() for which, text in places]
    return bool(session.scalar(select(or_(*shown))))
