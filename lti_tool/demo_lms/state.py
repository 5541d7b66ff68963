"""What one running demo LMS consists of, and how its views reach it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import current_app, g, request
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from lti_tool.demo_lms.behaviour import Behaviour, BehaviourSwitch
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.keys import ToolKeys
from lti_tool.demo_lms.store import Store

EXTENSION = "demo_lms"


@dataclass(frozen=True)
class Lms:
    config: DemoConfig
    store: Store
    behaviours: BehaviourSwitch
    tool_keys: ToolKeys
    hints: URLSafeTimedSerializer
    placings: URLSafeTimedSerializer


def lms() -> Lms:
    return cast("Lms", current_app.extensions[EXTENSION])


def behaviour() -> Behaviour:
    return lms().behaviours.current


def db() -> Session:
    """The session of this request; opened when first asked for, closed after the answer."""
    if "session" not in g:
        store = lms().store
        g.session = store.reading() if request.method in ("GET", "HEAD") else store.writing()
    return cast("Session", g.session)


def close_db(_error: BaseException | None = None) -> None:
    if session := g.pop("session", None):
        session.close()


def now() -> datetime:
    return datetime.now(UTC)
