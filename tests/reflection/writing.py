"""Writing the cast's essay, which takes 20 to 60 words."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.modules.models import Participation, StepResult
from lti_tool.programme.content import Step
from lti_tool.reflection import actions
from lti_tool.reflection.models import Essay
from tests.cast import Browser

ESSAY = "modules/om1/essay"
LONG_ENOUGH = " ".join(f"word{number}" for number in range(30))
ANOTHER = " ".join(f"other{number}" for number in range(30))


def autosave(browser: Browser, text: Any, version: Any = 0) -> TestResponse:
    return browser.send_json("PUT", f"{ESSAY}/draft", {"text": text, "version": version})


def send(browser: Browser, text: str, version: int = 0, action: str = "submit") -> TestResponse:
    return browser.post(ESSAY, {"text": text, "version": str(version), "action": action})


def stored(app: Flask) -> Essay | None:
    """The only essay there is, detached."""
    with app.app_context():
        essay = db.session.scalars(select(Essay)).one_or_none()
        if essay is not None:
            db.session.expunge(essay)
        return essay


def draft(app: Flask) -> tuple[str, int] | None:
    essay = stored(app)
    return None if essay is None else (essay.text, essay.version)


def submitted(app: Flask) -> str | None:
    essay = stored(app)
    return None if essay is None else essay.submitted_text


def rows(app: Flask) -> int:
    """How many rows a learner's writing has made."""
    with app.app_context():
        return sum(db.session.scalars(select(func.count()).select_from(kind)).one() for kind in (Participation, Essay))


def essays_recorded(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(
            select(func.count()).select_from(StepResult).where(StepResult.step == Step.ESSAY)
        ).one()


def start_evaluation(app: Flask) -> None:
    """What happens to the essay when somebody begins to evaluate it."""
    with app.app_context():
        actions.lock_essay(db.session, db.session.scalars(select(Essay.id)).one())
        db.session.commit()
