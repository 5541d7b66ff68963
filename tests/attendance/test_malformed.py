"""Generated malformed posts about dates and preparation: a client error each time, and no row changes."""

from __future__ import annotations

import pytest

from tests.attendance.dates import ask_for_meetings, planned
from tests.cast import Cast
from tests.malformed import bad_script
from tests.test_fuzz_forms import FORMS_ONLY, Work, all_are_refused
from tests.work import done_before


@pytest.fixture
def attendee(cast: Cast) -> Work:
    """Before dates to sign up for, and with something to prepare."""
    with done_before(cast) as session:
        ask_for_meetings(session)
        planned(session, cast)
    forms = [
        "meetings",
        "meetings/core-1",
        "meetings/core-1/give-up",
        "meetings/nothing",
        "meetings/core-1/preparation",
    ]
    return Work(cast.visit("lina"), [*(("POST", form) for form in forms), ("PUT", "meetings/core-1/preparation/draft")])


def test_malformed_sign_ups_are_refused_and_change_nothing(attendee: Work, cast: Cast) -> None:
    all_are_refused(attendee, cast, "sign-ups", 100, (*FORMS_ONLY, bad_script))
