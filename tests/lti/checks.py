"""What every refusal has in common."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from lti_tool.database import Base, db

PERSONAL = ("Lina", "Testperson", "lina@example.edu", "hint-1", "message-1")


def row_counts(app: Flask) -> dict[str, int]:
    names = sorted(Base.metadata.tables)
    statement = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM \"{name}\"" for name in names)
    with app.app_context():
        return {row.name: row.rows for row in db.session.execute(text(statement))}


class Refusals:
    """Checks a refusal: a client error, a readable page, its reference and reason in the log, and no row written."""

    def __init__(self, app: Flask, log: pytest.LogCaptureFixture) -> None:
        self._app = app
        self._log = log
        log.set_level(logging.DEBUG)
        self.expect_rows()

    def expect_rows(self, **more: int) -> None:
        """From here on expect the rows there are now and `more` (by table)."""
        counts = row_counts(self._app)
        self.rows = {name: count + more.get(name, 0) for name, count in counts.items()}

    def check(self, answer: TestResponse, reason: str, *, status: int = 400) -> None:
        assert answer.status_code == status, (answer.status_code, answer.text[:500])
        found = re.search(r"Reference: ([0-9a-f]{8})", answer.text)
        assert found, "the page has a reference"
        assert "<h1" in answer.text
        records = [r for r in self._log.records if getattr(r, "reference", None) == found.group(1)]
        assert [getattr(r, "reason", None) for r in records] == [reason]
        told = " ".join(str(vars(record)) for record in self._log.records)
        assert not [word for word in PERSONAL if word in told], "the log names nobody"
        assert "visit" not in " ".join(answer.headers.getlist("Set-Cookie"))
        assert row_counts(self._app) == self.rows
