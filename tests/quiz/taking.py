"""Taking the small test of the cast: its questions are q1, q2 (right: a) and q3 (right: a and b); two pass."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.modules.models import Participation, StepResult
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.programme.models import ModuleContent as StoredContent
from lti_tool.programme.models import OnlineModule
from lti_tool.quiz.models import Answer, Attempt
from tests.cast import Browser, small_module

TEST = "modules/om1/test"
ALL_RIGHT = {"q-q1": "a", "q-q2": "a", "q-q3": ["a", "b"]}
ALL_WRONG = {"q-q1": "b", "q-q2": "b", "q-q3": ["c"]}


def begin(browser: Browser) -> Browser:
    """Open an attempt."""
    assert browser.post(f"{TEST}/attempts").status_code == 303
    return browser


def hand_in(browser: Browser, fields: dict[str, Any], action: str = "submit", number: int = 1) -> TestResponse:
    return browser.post(f"{TEST}/attempts/{number}", {**fields, "action": action})


def autosave(browser: Browser, body: Any, number: int = 1) -> TestResponse:
    return browser.send_json("PUT", f"{TEST}/attempts/{number}/answers", body)


def saved_answers(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        return {row.question_key: row.chosen for row in db.session.scalars(select(Answer))}


def attempts(app: Flask) -> list[tuple[int, int | None, bool | None]]:
    """(number, right, passed) of all attempts there are."""
    with app.app_context():
        return [(a.number, a.right, a.passed) for a in db.session.scalars(select(Attempt).order_by(Attempt.number))]


def rows(app: Flask) -> int:
    """How many rows a learner's work at the test has made."""
    with app.app_context():
        return sum(
            db.session.scalars(select(func.count()).select_from(kind)).one()
            for kind in (Participation, Attempt, Answer)
        )


def recorded_results(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(StepResult.detail).where(StepResult.step == Step.TEST)))


def limit_attempts(app: Flask, allowed: int) -> ModuleContent:
    """Publish a version of the module that allows only so many attempts."""
    content = small_module().model_copy(update={"attempts_allowed": allowed})
    with app.app_context():
        module = db.session.scalars(select(OnlineModule)).one()
        stored = StoredContent(
            module_key=content.key,
            number=1 + allowed,
            digest=f"limited-{allowed}",
            body=content.model_dump(mode="json"),
        )
        db.session.add(stored)
        db.session.flush()
        module.content_id = stored.id
        db.session.commit()
    return content
