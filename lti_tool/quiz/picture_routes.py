"""The pictures of a test, for those who may take it."""

from __future__ import annotations

from werkzeug import Response

from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.modules.queries import standing_of
from lti_tool.people.access import Audience, current_launch, open_to
from lti_tool.programme.content import Step
from lti_tool.programme.pictures import digests_in, picture_page
from lti_tool.quiz.routes import quiz


@quiz.get("/pictures/<digest>")
@open_to(Audience.LEARNER)
def picture(key: str, digest: str) -> Response:
    """Only what the version shows that the person began with."""
    standing = standing_of(db.session, current_launch().person_id, key, Step.TEST)
    if digest not in digests_in(standing.content):
        raise NotFound("no picture of this test")
    return picture_page(db.session, digest)
