"""What no page of marking sends is refused and changes nothing, as tests/test_fuzz_forms.py does it everywhere."""

from __future__ import annotations

import json
import random

import pytest

from lti_tool.marking.models import AttendanceReport, ReportKind
from tests.cast import Cast
from tests.malformed import ODD_JSON, ODD_TEXTS, Asked
from tests.marking.held import hold
from tests.test_fuzz_forms import Work, all_are_refused
from tests.work import done_before

_FIELDS = ("person", "presence", "seen", "reason", "action", "share", "who-0", "absent", "unknown")


@pytest.fixture
def marker(cast: Cast) -> Work:
    """Before the list of a session, with a report that is not applied."""
    entries = {"attendees": [{"name": "Lina", "email": "", "stays": [], "minutes": 60}], "chosen": {}}
    with done_before(cast) as session:
        held_id = hold(session, cast, "lina").id
        report = AttendanceReport(session_id=held_id, kind=ReportKind.ZOOM, filename="zoom.csv", entries=entries)
        report.created_by = cast.people["kari"]
        session.add(report)
        session.flush()
        report_id = report.id
    forms = ["marks", "rest", "check-ins", "check-in", "reports", f"reports/{report_id}", "reports/999"]
    paths = [("POST", f"marking/{held_id}/{form}") for form in forms]
    return Work(cast.visit("kari"), [*paths, ("POST", "marking/999/marks"), ("PUT", f"marking/{held_id}/marks")])


def _bad_form(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    path = rng.choice([path for method, path in paths if method == "POST"])
    return Asked("POST", path, {name: rng.choice(ODD_TEXTS)(rng) for name in _FIELDS})


def _bad_script(rng: random.Random, paths: list[tuple[str, str]]) -> Asked:
    tap = {"key": "0000-0000", "person": 1, "presence": "present", "seen": None, "age": 0}
    name = rng.choice([*tap, "more"])
    body = rng.choice([{**tap, name: rng.choice([[], {}, [name]])}, rng.choice(ODD_JSON)(rng)])
    return Asked("PUT", paths[-1][1], json.dumps(body), "application/json")


# What a form may say does not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_malformed_marks_are_refused_and_change_nothing(marker: Work, cast: Cast) -> None:
    all_are_refused(marker, cast, "marking", 200, (_bad_form, _bad_script))
