"""A coordinator opens the term that is prepared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from lti_tool.database import db, now
from lti_tool.gradebook.queries import learners_on_page
from lti_tool.gradebook.view import View
from lti_tool.messages.queries import news_of
from lti_tool.modules.models import Participation, StepDate
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort, Programme
from lti_tool.programme.queries import current_modules
from lti_tool.schedule.next_term_actions import open_term
from tests.cast import Browser, Cast
from tests.meeting import meeting
from tests.pages import problems_of
from tests.schedule.test_next_term_page import PROGRAMME
from tests.steps import hand_in
from tests.work import done_before, draft_essay, submit_essay, take_part_in, try_test

TERMS = ("2027-spring", "2027-autumn")
OVERDUE, FAR = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def cohorts(cast: Cast) -> Iterator[dict[str, int]]:
    """By term; Kari coordinates all of them. It is December, and the autumn's is open."""
    with done_before(cast) as session:
        programme = session.scalars(select(Programme)).one()
        programme.body = PROGRAMME.model_dump(mode="json")
        session.add_all(Cohort(programme_id=programme.id, term=term, is_open=False) for term in TERMS)
        session.flush()
        found = {cohort.term: cohort.id for cohort in session.scalars(select(Cohort))}
        for cohort_id in found.values():
            row = {"cohort_id": cohort_id, "person_id": cast.person_id("kari"), "granted_by": "test"}
            session.add(StaffGrant(kind=GrantKind.COORDINATOR, **row))
    with time_machine.travel(datetime(2026, 12, 15, 12, tzinfo=UTC)):
        yield found


@pytest.fixture
def kari(cast: Cast, cohorts: dict[str, int]) -> Browser:
    return cast.visit("kari")


def open_(kari: Browser, cohort_id: int, closes: str | None = None) -> Any:
    """As the page asks for it."""
    if closes is None:
        found = re.search(r'name="closes"[^>]*value="([^"]+)"', kari.get(f"dates/{cohort_id}/open").text)
        assert found
        closes = found[1]
    return kari.post(f"dates/{cohort_id}/open", {"closes": closes})


def open_terms(cast: Cast) -> list[str]:
    with done_before(cast) as session:
        return list(session.scalars(select(Cohort.term).where(Cohort.is_open)))


def test_the_page_says_what_happens_to_those_who_have_begun(cast: Cast, kari: Browser, cohorts: dict[str, int]) -> None:
    with done_before(cast) as session:
        for name in ("lina", "frode"):
            take_part_in(session, cast.person_id(name)).completed_at = None if name == "lina" else datetime.now(UTC)
    page = kari.get(f"dates/{cohorts['2027-spring']}/open").text
    assert problems_of(page) == []
    assert "2 learning assistants have begun in Autumn 2026 and stay there" in page
    assert "1 of them has not completed a module" in page
    assert "No step has a date in the new term yet." in page
    assert open_terms(cast) == ["2026-autumn"]


def test_opening_closes_the_term_before_and_twice_is_once(cast: Cast, kari: Browser, cohorts: dict[str, int]) -> None:
    for _ in range(2):
        answer = open_(kari, cohorts["2027-spring"], str(cohorts["2026-autumn"]))
        assert answer.location.endswith(f"dates/{cohorts['2027-spring']}?notice=term-open")
    assert open_terms(cast) == ["2027-spring"]
    assert kari.get(f"dates/{cohorts['2027-spring']}/open").status_code == 303
    assert "This term is not open" not in kari.get(f"dates/{cohorts['2027-spring']}").text


def test_where_no_term_is_open_one_can_be_opened(cast: Cast, kari: Browser, cohorts: dict[str, int]) -> None:
    with done_before(cast) as session:
        session.get_one(Cohort, cohorts["2026-autumn"]).is_open = False
    assert "Nobody can begin a module" in kari.get(f"dates/{cohorts['2027-spring']}").text
    assert problems_of(kari.get(f"dates/{cohorts['2027-spring']}/open").text) == []
    assert open_(kari, cohorts["2027-spring"]).status_code == 303
    assert open_terms(cast) == ["2027-spring"]


def test_a_term_opened_too_early_gives_way_to_the_one_that_is_not_over(
    cast: Cast, kari: Browser, cohorts: dict[str, int]
) -> None:
    open_(kari, cohorts["2027-spring"])
    open_(kari, cohorts["2026-autumn"])
    assert open_terms(cast) == ["2026-autumn"]


def test_a_term_that_is_over_stays_closed(cast: Cast, kari: Browser, cohorts: dict[str, int]) -> None:
    open_(kari, cohorts["2027-spring"])
    over = cohorts["2026-autumn"]
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC)):
        later = cast.visit("kari")
        assert "Open this term" not in later.get(f"dates/{over}").text
        assert later.get(f"dates/{over}/open").status_code == 409
        assert open_(later, over, str(cohorts["2027-spring"])).status_code == 409
        page = later.get("dates").text
    assert problems_of(page) == []
    found = re.findall(r"LAOS, (\w+ \d+)</a></h2>\s*<p><span[^>]*>([^<]+)", page)
    assert dict(found) == {"Autumn 2027": "not open", "Spring 2027": "open", "Autumn 2026": "over"}
    assert open_terms(cast) == ["2027-spring"]


def test_two_who_open_different_terms_at_once_do_not_undo_each_other(
    cast: Cast, kari: Browser, cohorts: dict[str, int]
) -> None:
    answer = meeting(
        cast.app,
        lambda session: open_term(session, cohorts["2027-spring"], cohorts["2026-autumn"]),
        lambda: open_(kari, cohorts["2027-autumn"], str(cohorts["2026-autumn"])),
    )
    assert answer.status_code == 409
    assert "Somebody else has opened another term" in answer.text
    assert problems_of(answer.text) == []
    assert open_terms(cast) == ["2027-spring"]


def test_who_is_in_the_middle_goes_on_in_their_own_term_and_others_begin_in_the_new_one(
    cast: Cast, kari: Browser, cohorts: dict[str, int]
) -> None:
    with done_before(cast) as session:
        try_test(session, cast.person_id("lina"), 3, passed=True)
        draft_essay(session, cast.person_id("lina"), "A draft that nobody wants to lose.")
        soon = {"module_id": cast.module_id, "step": Step.ESSAY, "due_at": now() + timedelta(hours=5)}
        session.add(StepDate(cohort_id=cohorts["2026-autumn"], **soon))
    open_(kari, cohorts["2027-spring"])
    lina = cast.visit("lina")
    assert "A draft that nobody wants to lose." in lina.get("modules/om1/essay").text
    assert "passed" in lina.get("modules/om1/test").text
    with done_before(cast) as session:
        assert [item.step for item in news_of(session, cast.person_id("lina"), now())] == [Step.ESSAY]
    assert hand_in(lina, "om1", version=1).status_code == 303
    assert hand_in(cast.visit("amir"), "om1").status_code == 303
    with done_before(cast) as session:
        found = session.execute(select(Participation.person_id, Participation.cohort_id)).all()
        assert sorted(found) == [
            (cast.person_id("lina"), cohorts["2026-autumn"]),
            (cast.person_id("amir"), cohorts["2027-spring"]),
        ]


def test_instructors_see_each_learning_assistant_in_their_own_term(
    cast: Cast, kari: Browser, cohorts: dict[str, int]
) -> None:
    with done_before(cast) as session:
        submit_essay(session, cast.person_id("lina"))
        for cohort_id, due_at in ((cohorts["2026-autumn"], OVERDUE), (cohorts["2027-spring"], FAR)):
            date = {"cohort_id": cohort_id, "module_id": cast.module_id, "due_at": due_at}
            session.add(StepDate(step=Step.TEST, **date))
    open_(kari, cohorts["2027-spring"])
    with done_before(cast) as session:
        submit_essay(session, cast.person_id("amir"))
    ingrid = cast.visit("ingrid")
    listed = ingrid.get("essays/course?module=om1").text
    assert "Lina Testperson" in listed
    assert "Amir Testperson" in listed
    with cast.app.app_context():
        (module,) = current_modules(db.session)
        learners = learners_on_page(db.session, cast.courses["TDT4100"], module, View())
    assert {one.name: one.deadlines[Step.TEST].due_at for one in learners} == {
        "Amir Testperson": FAR,
        "Frode Testperson": FAR,
        "Lina Testperson": OVERDUE,
    }
    assert {one.name for one in learners if one.participation_id} == {"Amir Testperson", "Lina Testperson"}
