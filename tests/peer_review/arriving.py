"""A process of its own that brings authors into a pool."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier

from lti_tool import create_app
from lti_tool.database import db
from tests.conftest import settings_for
from tests.peer_review.conftest import hand_in


def bring(url: str, people: list[int], start: Barrier) -> None:
    """One after the other, beginning when every process is ready."""
    app = create_app(settings_for(url))
    with app.app_context():
        start.wait(timeout=60)
        for person_id in people:
            hand_in(db.session, person_id)
