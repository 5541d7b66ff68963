"""What is thrown away at night."""

from __future__ import annotations

import logging

from lti_tool.database import db
from lti_tool.lti.actions import forget_expired_nonces
from lti_tool.people.sessions import forget_expired_visits

log = logging.getLogger(__name__)


def forget_expired() -> None:
    visits, nonces = forget_expired_visits(db.session), forget_expired_nonces(db.session)
    db.session.commit()
    log.info("expired rows removed", extra={"visits": visits, "nonces": nonces})
