"""A coordinator gives one person more time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Extension, StepDate
from lti_tool.peer_review.models import Evaluation
from lti_tool.people.models import Person
from lti_tool.people.names import pseudonym
from lti_tool.programme.content import Step
from tests.cast import Browser, Cast
from tests.conftest import SECRET
from tests.pages import problems_of
from tests.peer_review.conftest import (
    Arrive,
    arrive,  # noqa: F401 - a fixture
)
from tests.work import done_before

YEAR = now().year + 1
DAY = timedelta(days=1)


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


@pytest.fixture
def place(cast: Cast) -> str:
    return f"dates/{cast.cohort_id}/extensions"


def put_date(cast: Cast, step: Step, due_at: datetime) -> None:
    with done_before(cast) as session:
        session.merge(StepDate(cohort_id=cast.cohort_id, module_id=cast.module_id, step=step, due_at=due_at))


def give(cast: Cast, kari: Browser, place: str, **changes: Any) -> Any:
    fields = {
        "module": str(cast.module_id),
        "steps": ["test", "essay"],
        "until": f"{YEAR}-12-01T12:00",
        "reason": "Was in hospital",
    }
    return kari.post(f"{place}/{cast.person_id('lina')}", {**fields, **changes})


def given(cast: Cast) -> dict[Step, datetime]:
    with done_before(cast) as session:
        return {row.step: row.until for row in session.scalars(select(Extension))}


def test_somebody_found_by_name_gets_more_time_for_some_steps(cast: Cast, kari: Browser, place: str) -> None:
    page = kari.get(f"{place}?q=lin").text
    assert problems_of(page) == []
    assert f'extensions/{cast.person_id("lina")}">Lina Testperson</a>' in page
    assert "No learning assistant of this cohort is called “una”." in kari.get(f"{place}?q=una").text
    assert problems_of(kari.get(f"{place}/{cast.person_id('lina')}").text) == []
    assert give(cast, kari, place).status_code == 303
    until = datetime(YEAR, 12, 1, 11, tzinfo=UTC)
    assert given(cast) == {Step.TEST: until, Step.ESSAY: until}
    listed = kari.get(place).text
    assert problems_of(listed) == []
    assert "Was in hospital" in listed
    assert "Kari Testperson" in listed
    assert "12:00" in listed


def test_an_extension_is_changed_by_giving_it_again_and_taken_back(cast: Cast, kari: Browser, place: str) -> None:
    give(cast, kari, place)
    give(cast, kari, place, steps=["essay"], until=f"{YEAR}-12-24T12:00")
    assert given(cast)[Step.ESSAY].day == 24
    back = {"module": str(cast.module_id), "step": "essay"}
    for _ in range(2):
        assert kari.post(f"{place}/{cast.person_id('lina')}/withdraw", back).status_code == 303
    assert list(given(cast)) == [Step.TEST]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": []}, "Choose at least one step."),
        ({"steps": ["no-such-step"]}, "Choose at least one step."),
        ({"module": "999"}, "Choose a module."),
        ({"until": ""}, "Give a date and a time."),
        ({"until": "2027-03-28T02:30"}, "Choose 03:30, or another time."),
        ({"until": f"{YEAR}-11-01T12:00"}, "not later than the date that everybody has: Test."),
        ({"reason": " "}, "Write why."),
        ({"reason": "x" * 501}, "Write at most 500 characters."),
    ],
)
def test_what_cannot_be_given_is_shown_again_with_what_was_typed(
    cast: Cast, kari: Browser, place: str, changes: dict[str, Any], said: str
) -> None:
    put_date(cast, Step.TEST, datetime(YEAR, 11, 26, 13, tzinfo=UTC))
    answer = give(cast, kari, place, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert problems_of(answer.text) == []
    assert changes.get("until", f"{YEAR}-12-01T12:00") in answer.text
    assert changes.get("reason", "Was in hospital").strip() in answer.text
    assert given(cast) == {}


def test_strangers_to_the_cohort_are_not_found(cast: Cast, kari: Browser, place: str) -> None:
    una = cast.person_id("una")
    assert kari.get(f"{place}/{una}").status_code == 404
    assert kari.post(f"{place}/{una}", {}).status_code == 404
    assert kari.post(f"{place}/{una}/withdraw", {"module": str(cast.module_id), "step": "essay"}).status_code == 404


def test_the_page_says_first_what_goes_back_when_time_is_taken_back(
    cast: Cast,
    kari: Browser,
    place: str,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive.named("lina", "frode", "amir")
    for evaluation in session.scalars(select(Evaluation)):
        evaluation.created_at = now() - 10 * DAY
    session.commit()
    put_date(cast, Step.EVALUATIONS, now() - 3 * DAY)
    give(cast, kari, place, steps=["evaluations"])
    person = f"{place}/{cast.person_id('lina')}"
    back = {"module": str(cast.module_id), "step": "evaluations"}
    asked = kari.post(f"{person}/withdraw", back)
    assert "2 evaluations that were not begun go back to the pool" in asked.text
    assert problems_of(asked.text) == []
    earlier = (now() - DAY).strftime("%Y-%m-%dT%H:%M")
    assert "2 evaluations" in give(cast, kari, place, steps=["evaluations"], until=earlier).text
    assert list(given(cast)) == [Step.EVALUATIONS]
    assert kari.post(f"{person}/withdraw", {**back, "seen": "2"}).status_code == 303
    assert given(cast) == {}


def test_who_has_no_name_is_found_and_listed_under_their_pseudonym(cast: Cast, kari: Browser, place: str) -> None:
    lina = cast.person_id("lina")
    code = pseudonym(SECRET, lina)
    with done_before(cast) as session:
        session.get_one(Person, lina).name = None
    for part in (code[:3].lower(), f"Learning assistant {code}"):
        page = kari.get(f"{place}?q={part}").text
        assert re.findall(r'extensions/(\d+)">([^<]+)</a>', page) == [(str(lina), f"Learning assistant {code}")]
    assert "extensions/" not in kari.get(f"{place}?q={code[:2]}").text
    give(cast, kari, place)
    assert code in kari.get(place).text
