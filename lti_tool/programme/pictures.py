"""Pictures of questions: kept once by what they are, and handed out so that they can do nothing but be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import make_response
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Response

from lti_tool.database import table_of
from lti_tool.errors import NotFound
from lti_tool.lti.upsert import insert_into
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import ContentImage

_HEADERS = {
    # What a digest names never changes.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    data: bytes = field(repr=False)


def store_pictures(session: Session, pictures: Mapping[str, Picture]) -> None:
    """Keep them by their digests; what is there already stays."""
    connection = session.connection()
    insert = insert_into(connection, table_of(ContentImage))
    # Touched even if it is there: whoever removes pictures that nothing shows waits for it, or is waited for.
    upsert = insert.on_conflict_do_update(index_elements=["digest"], set_={"media_type": insert.excluded.media_type})
    for digest, picture in sorted(pictures.items()):
        connection.execute(upsert, {"digest": digest, "media_type": picture.media_type, "data": picture.data})


def pictures_of(session: Session, digests: set[str]) -> dict[str, Picture]:
    found = select(ContentImage.digest, ContentImage.media_type, ContentImage.data)
    rows = session.execute(found.where(ContentImage.digest.in_(digests))) if digests else ()
    return {row.digest: Picture(row.media_type, row.data) for row in rows}


def digests_in(content: ModuleContent) -> set[str]:
    """Those of the pictures that its questions show, in any language."""
    questions = [question for text in content.languages.values() for question in text.questions]
    return {image.digest for question in questions for image in question.images}


def picture_page(session: Session, digest: str) -> Response:
    """The picture itself; raises `NotFound` where it is not stored. Whether it may be seen is settled before."""
    picture = pictures_of(session, {digest}).get(digest)
    if picture is None:
        raise NotFound("a picture that is not stored")
    answer = make_response(picture.data)
    answer.headers.update(_HEADERS)
    answer.mimetype = picture.media_type
    return answer
