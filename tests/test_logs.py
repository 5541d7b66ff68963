"""The log: JSON lines with what callers add, and nothing about people from the database's errors."""

from __future__ import annotations

import json
import logging
import sys

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.logs import JsonFormatter
from lti_tool.people.models import Person

NAME = "Kari\n\nTestperson"


def formatted(**changes: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "a", "levelname": "INFO", "msg": "%s done", "args": ("all",), **changes})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    entry: dict[str, object] = json.loads(line)
    return entry


def test_a_record_is_one_json_object_with_time_level_logger_and_message() -> None:
    entry = formatted(created=0.5)
    assert entry == {"time": "1970-01-01T00:00:00.500+00:00", "level": "INFO", "logger": "a", "message": "all done"}


def test_extra_fields_are_kept_whatever_their_type() -> None:
    assert formatted(reference="4f", status=404, kind=Person)["reference"] == "4f"


def test_an_exception_stays_on_its_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        assert "two\nlines" in str(formatted(exc_info=sys.exc_info())["exception"])


def test_a_database_error_does_not_carry_the_row(session: Session) -> None:
    try:
        session.execute(insert(Person).values(platform_id=1, subject=None, name=NAME))
    except IntegrityError:
        text = str(formatted(exc_info=sys.exc_info())["exception"])
    assert "INSERT INTO person" in text
    assert "Kari" not in text
    assert "Testperson" not in text
