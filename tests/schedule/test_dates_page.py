"""A coordinator sets the dates of a cohort."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.local_time import typed
from lti_tool.modules.models import StepDate
from lti_tool.peer_review.expiry import expire
from lti_tool.peer_review.models import Evaluation
from lti_tool.people.models import GrantKind, Person, StaffGrant
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort, Programme
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.peer_review.conftest import (
    Arrive,
    arrive,  # noqa: F401 - a fixture
)
from tests.statements import statements
from tests.work import done_before

OSLO = ZoneInfo("Europe/Oslo")
YEAR = now().year + 1


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def fields(cast: Cast, browser: Browser, **typed_in: str) -> dict[str, str]:
    """What the page's form holds, with the dates of the only module by step."""
    page = browser.get(f"dates/{cast.cohort_id}").text
    version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    named = {f"{name.replace('_', f'-{cast.module_id}-')}": value for name, value in typed_in.items() if name != "days"}
    return {"version": version, "days": typed_in.get("days", "7"), **named}


def save(cast: Cast, browser: Browser, **typed_in: str) -> Any:
    return browser.post(f"dates/{cast.cohort_id}", fields(cast, browser, **typed_in))


def stored(cast: Cast) -> dict[Step, tuple[datetime, int]]:
    with done_before(cast) as session:
        return {row.step: (row.due_at, row.grace_hours) for row in session.scalars(select(StepDate))}


def test_dates_are_kept_and_shown_again_in_the_coordinators_time_zone(cast: Cast, kari: Browser) -> None:
    answer = save(cast, kari, due_test=f"{YEAR}-11-26T14:00", grace_test="6", due_essay=f"{YEAR}-07-01T12:00", days="5")
    assert answer.status_code == 303
    assert stored(cast) == {
        Step.TEST: (datetime(YEAR, 11, 26, 13, tzinfo=UTC), 6),
        Step.ESSAY: (datetime(YEAR, 7, 1, 10, tzinfo=UTC), 0),
    }
    with done_before(cast) as session:
        session.get_one(Person, cast.person_id("kari")).timezone = "Asia/Kolkata"
    page = kari.get("dates").text
    assert problems_of(page) == []
    assert "LAOS, Autumn 2026" in page
    assert f'value="{YEAR}-11-26T18:30"' in page
    assert "your time zone, Asia/Kolkata" in page
    assert 'name="days"' in page
    assert 'value="5"' in page


def test_an_empty_date_is_none_and_who_set_one_is_known(cast: Cast, kari: Browser) -> None:
    save(cast, kari, due_test=f"{YEAR}-11-26T14:00")
    with done_before(cast) as session:
        assert session.scalars(select(StepDate.set_by)).one() == cast.person_id("kari")
    assert save(cast, kari, due_test="").status_code == 303
    assert stored(cast) == {}


@pytest.mark.parametrize(
    ("typed_in", "said"),
    [
        ({"due_test": "on Friday"}, "Test: write the date and the time"),
        ({"due_test": "2027-03-28T02:30"}, "Choose 03:30, or another time."),
        ({"due_test": f"{YEAR}-11-26T14:00", "grace_test": "a few"}, "Test: a whole number from 0 to 1440."),
        ({"days": "0"}, "Days for an evaluation: a whole number from 1 to 90."),
        ({"days": ""}, "Days for an evaluation: a whole number from 1 to 90."),
    ],
)
def test_what_cannot_be_kept_is_shown_again_with_what_is_wrong(
    cast: Cast, kari: Browser, typed_in: dict[str, str], said: str
) -> None:
    answer = save(cast, kari, **{"due_essay": f"{YEAR}-11-30T10:00", **typed_in})
    assert answer.status_code == 422
    assert said in answer.text
    assert problems_of(answer.text) == []
    for value in (f"{YEAR}-11-30T10:00", *typed_in.values()):
        assert f'value="{value}"' in answer.text
    assert stored(cast) == {}


def test_a_time_that_comes_twice_is_said_to_be_the_later(cast: Cast, kari: Browser) -> None:
    assert save(cast, kari, due_test="2026-10-25T02:30").status_code == 303
    assert "Test: the clocks show this time twice that night." in kari.get("dates").text


def test_what_a_colleague_has_set_meanwhile_is_not_overwritten_unseen(cast: Cast, kari: Browser) -> None:
    mine = fields(cast, kari, due_test=f"{YEAR}-11-26T14:00")
    assert save(cast, cast.visit("astrid"), due_test=f"{YEAR}-12-01T14:00").status_code == 303
    answer = kari.post(f"dates/{cast.cohort_id}", mine)
    assert answer.status_code == 409
    assert f'value="{YEAR}-11-26T14:00"' in answer.text
    assert stored(cast)[Step.TEST][0].month == 12
    assert save(cast, kari, due_test=f"{YEAR}-11-26T14:00").status_code == 303
    assert stored(cast)[Step.TEST][0].month == 11


def test_the_page_says_first_which_evaluations_go_back_by_a_change(
    cast: Cast,
    kari: Browser,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive.named("lina", "frode", "amir")
    for evaluation in session.scalars(select(Evaluation)):
        evaluation.created_at = now() - timedelta(days=10)
    session.commit()
    past = typed(now() - timedelta(days=2), OSLO)
    form = fields(cast, kari, due_evaluations=past)
    asked = kari.post(f"dates/{cast.cohort_id}", form)
    assert asked.status_code == 200
    assert "6 evaluations that were not begun go back to the pool" in asked.text
    assert f'value="{past}"' in asked.text
    assert problems_of(asked.text) == []
    assert stored(cast) == {}
    assert kari.post(f"dates/{cast.cohort_id}", {**form, "seen": "5"}).status_code == 200
    assert kari.post(f"dates/{cast.cohort_id}", {**form, "seen": "6"}).status_code == 303
    assert list(stored(cast)) == [Step.EVALUATIONS]
    assert expire(session, now()) == 6


def test_more_days_for_an_evaluation_take_nothing_back(cast: Cast, kari: Browser, arrive: Arrive) -> None:  # noqa: F811
    arrive.named("lina", "frode", "amir")
    past = typed(now() - timedelta(days=2), OSLO)
    assert save(cast, kari, due_evaluations=past, days="9").status_code == 303


def test_a_coordinator_of_several_cohorts_chooses_one(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        programme_id = session.scalars(select(Programme.id)).one()
        other = Cohort(programme_id=programme_id, term="2025-spring", is_open=False)
        session.add(other)
        session.flush()
        session.add(
            StaffGrant(
                kind=GrantKind.COORDINATOR, cohort_id=other.id, person_id=cast.person_id("kari"), granted_by="test"
            )
        )
        other_id = other.id
    page = kari.get("dates").text
    assert problems_of(page) == []
    assert f"/dates/{cast.cohort_id}" in page
    assert kari.get(f"dates/{other_id}").status_code == 200
    assert cast.visit("stig").get(f"dates/{other_id}").status_code == 403


def test_the_start_page_leads_to_the_dates_and_the_page_asks_little_of_the_database(cast: Cast, kari: Browser) -> None:
    assert 'dates">Dates</a>' in kari.get("").text
    with statements(cast.app) as seen:
        kari.get("dates")
    assert len(seen) <= 8, seen
