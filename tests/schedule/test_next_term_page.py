"""A coordinator prepares the next term."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.date_actions import Dated, dates_of
from lti_tool.modules.models import Extension, Participation, StepDate
from lti_tool.peer_review.models import CourseConflict
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.programme.actions import load_programme
from lti_tool.programme.content import ProgrammeContent, Step, Term, UsualDate
from lti_tool.programme.models import Cohort, OnlineModule, Programme
from lti_tool.programme.pack import Pack
from lti_tool.schedule.next_term_actions import NextTerm, prepare_term
from tests.cast import Browser, Cast, small_module, small_programme
from tests.meeting import meeting
from tests.pages import problems_of
from tests.steps import offer_module
from tests.work import done_before, take_part_in

# 23:59 in Oslo on a Friday before the clocks are put back, and on the Friday 22 weeks later, after it.
FRIDAY, MOVED = datetime(2026, 10, 9, 21, 59, tzinfo=UTC), datetime(2027, 3, 12, 22, 59, tzinfo=UTC)
PROGRAMME = small_programme().model_copy(
    update={
        "timezone": "Europe/Oslo",
        "terms": (
            Term(key="spring", titles={"en": "Spring"}, starts="01-01"),
            Term(key="autumn", titles={"en": "Autumn"}, starts="08-01"),
        ),
        "dates": (UsualDate(step=Step.TEST, days=7),),
    }
)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def kari(cast: Cast, november: None) -> Browser:
    with done_before(cast) as session:
        session.scalars(select(Programme)).one().body = PROGRAMME.model_dump(mode="json")
        session.add(
            StepDate(cohort_id=cast.cohort_id, module_id=cast.module_id, step=Step.ESSAY, due_at=FRIDAY, grace_hours=6)
        )
        session.get_one(Cohort, cast.cohort_id).days_to_evaluate = 5
    return cast.visit("kari")


def grant(cast: Cast, session: Session, **receiver: int) -> int:
    row = StaffGrant(kind=GrantKind.COORDINATOR, cohort_id=cast.cohort_id, granted_by="test", **receiver)
    session.add(row)
    session.flush()
    return row.id


def fields_of(page: str) -> dict[str, Any]:
    """What the form sends as it is shown; checkboxes as lists."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page.split('next-term" autocomplete')[1]):
        name, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value"))
        if name and name[1] != "csrf_token" and ("checkbox" not in tag or "checked" in tag):
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def prepare(cast: Cast, kari: Browser, **changes: Any) -> Any:
    path = f"dates/{cast.cohort_id}/next-term"
    return kari.post(path, {**fields_of(kari.get(path).text), **changes})


def spring(session: Session) -> Cohort:
    return session.scalars(select(Cohort).where(Cohort.term == "2027-spring")).one()


def coordinators(session: Session, cohort_id: int) -> set[tuple[int | None, int | None]]:
    rows = session.scalars(select(StaffGrant).where(StaffGrant.cohort_id == cohort_id))
    return {(row.person_id, row.course_id) for row in rows}


def test_the_page_shows_the_term_and_each_date_moved_by_whole_weeks(cast: Cast, kari: Browser) -> None:
    assert "Prepare the next term" in kari.get("dates").text
    page = kari.get(f"dates/{cast.cohort_id}/next-term").text
    assert problems_of(page) == []
    assert "from 1 Jan 2027 to 31 Jul 2027" in page
    assert "moved by 22 weeks" in page
    fields = fields_of(page)
    assert fields[f"due-{cast.module_id}-essay"] == ["2027-03-12T23:59"]
    assert fields[f"grace-{cast.module_id}-essay"] == ["6"]
    assert fields["days"] == ["5"]


def test_saving_makes_a_term_that_is_not_open_with_its_dates_and_all_coordinators(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        grant(cast, session, person_id=cast.person_id("stig"))
    answer = prepare(cast, kari, **{f"due-{cast.module_id}-test": "2027-02-26T14:00"})
    assert answer.status_code == 303
    with done_before(cast) as session:
        cohort = spring(session)
        assert (cohort.is_open, cohort.days_to_evaluate) == (False, 5)
        assert dates_of(session, cohort.id) == {
            (cast.module_id, Step.ESSAY): Dated(MOVED, 6),
            (cast.module_id, Step.TEST): Dated(datetime(2027, 2, 26, 13, tzinfo=UTC)),
        }
        assert coordinators(session, cohort.id) == {
            (cast.person_id("kari"), None),
            (cast.person_id("stig"), None),
            (None, cast.courses["LAOS"]),
        }
        assert session.get_one(Cohort, cast.cohort_id).is_open
    page = kari.get(answer.location.split(kari.prefix)[1]).text
    assert problems_of(page) == []
    assert "This term is not open" in page
    assert "2027-03-12T23:59" in page
    assert problems_of(kari.get("dates").text) == []


def test_who_is_not_ticked_is_left_out_but_never_the_one_who_acts(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        kept = grant(cast, session, person_id=cast.person_id("ingrid"))
        grant(cast, session, person_id=cast.person_id("kari"))
        other = StaffGrant(kind=GrantKind.ADMINISTRATOR, person_id=cast.person_id("una"), granted_by="test")
        session.add(other)
        session.flush()
        unasked = other.id
    assert prepare(cast, kari, coordinators=[str(kept), str(unasked), "x"]).status_code == 303
    with done_before(cast) as session:
        people = {(cast.person_id("kari"), None), (cast.person_id("ingrid"), None)}
        assert coordinators(session, spring(session).id) == people


@pytest.mark.parametrize("along", [True, False])
def test_course_teams_are_kept_apart_again_if_wanted(cast: Cast, kari: Browser, along: bool) -> None:
    with done_before(cast) as session:
        session.add(CourseConflict(cohort_id=cast.cohort_id, course_id=cast.courses["TDT4100"]))
    assert "TDT4100" in kari.get(f"dates/{cast.cohort_id}/next-term").text
    assert prepare(cast, kari, **({} if along else {"teams": []})).status_code == 303
    with done_before(cast) as session:
        found = select(CourseConflict.course_id).where(CourseConflict.cohort_id == spring(session).id)
        assert session.scalars(found).all() == ([cast.courses["TDT4100"]] if along else [])


def test_nobodys_work_or_extension_is_taken_along(cast: Cast, kari: Browser) -> None:
    lina = cast.person_id("lina")
    with done_before(cast) as session:
        take_part_in(session, lina)
        more = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "person_id": lina}
        session.add(Extension(step=Step.ESSAY, until=MOVED, **more))
    prepare(cast, kari)
    with done_before(cast) as session:
        for kind in (Extension, Participation):
            assert session.scalars(select(kind.cohort_id)).all() == [cast.cohort_id]


def test_what_is_not_offered_any_more_is_named_and_has_no_dates(cast: Cast, kari: Browser) -> None:
    gone, shorter = offer_module(cast, Step.ESSAY, key="gone"), offer_module(cast, Step.ESSAY, key="shorter")
    with done_before(cast) as session:
        for module_id, step in ((gone, Step.ESSAY), (shorter, Step.TEST)):
            session.add(StepDate(cohort_id=cast.cohort_id, module_id=module_id, step=step, due_at=FRIDAY))
        session.get_one(OnlineModule, gone).content_id = None
    page = kari.get(f"dates/{cast.cohort_id}/next-term").text
    assert problems_of(page) == []
    assert re.findall("<li>(.*)</li>", page.split("Not offered any more")[1].split("</ul>")[0]) == ["Short"]
    assert f"due-{gone}-" not in page
    assert f"due-{shorter}-test" not in page
    prepare(cast, kari)
    with done_before(cast) as session:
        assert set(dates_of(session, spring(session).id)) == {(cast.module_id, Step.ESSAY)}


def test_a_mistake_makes_nothing_and_keeps_what_was_typed(cast: Cast, kari: Browser) -> None:
    answer = prepare(cast, kari, days="none", coordinators=[], **{f"due-{cast.module_id}-test": "2027-02-26T14:00"})
    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert "Days for an evaluation: a whole number" in answer.text
    assert 'value="2027-02-26T14:00"' in answer.text
    assert 'value="none"' in answer.text
    assert "coordinators" not in fields_of(answer.text)
    with done_before(cast) as session:
        assert session.scalars(select(Cohort.term)).all() == ["2026-autumn"]


def test_twice_is_once_and_leads_to_what_is_there(cast: Cast, kari: Browser) -> None:
    form = fields_of(kari.get(f"dates/{cast.cohort_id}/next-term").text)
    due = f"due-{cast.module_id}-essay"
    path = f"dates/{cast.cohort_id}/next-term"
    first = kari.post(path, form)
    again = kari.post(path, {**form, due: "2027-04-01T12:00"})
    assert "notice=term-prepared" in first.location
    assert again.location == first.location.replace("term-prepared", "term-there")
    assert kari.get(path).location == again.location
    assert "prepared already" in kari.get(again.location.split(kari.prefix)[1]).text
    with done_before(cast) as session:
        assert dates_of(session, spring(session).id) == {(cast.module_id, Step.ESSAY): Dated(MOVED, 6)}


def test_two_coordinators_at_once_make_one_term(cast: Cast, kari: Browser) -> None:
    form = fields_of(kari.get(f"dates/{cast.cohort_id}/next-term").text)
    plan = NextTerm("2027-spring", {}, 9, [], teams=False)
    astrid = cast.person_id("astrid")
    answer = meeting(
        cast.app,
        lambda session: prepare_term(session, cast.cohort_id, plan, astrid),
        lambda: kari.post(f"dates/{cast.cohort_id}/next-term", form),
    )
    # Astrid has taken nobody along.
    assert answer.status_code == 409
    assert "Somebody else has prepared Spring 2027" in answer.text
    with done_before(cast) as session:
        assert (spring(session).days_to_evaluate, dates_of(session, spring(session).id)) == (9, {})
        assert coordinators(session, spring(session).id) == {(astrid, None)}


def test_the_term_after_an_old_one_is_the_one_that_is_not_over(cast: Cast, kari: Browser) -> None:
    with time_machine.travel(datetime(2028, 9, 1, tzinfo=UTC)):
        page = cast.visit("kari").get(f"dates/{cast.cohort_id}/next-term").text
    assert "Prepare Autumn 2028" in page
    assert "moved by 104 weeks" in page


def test_a_term_that_the_programme_no_longer_has_leads_nowhere(cast: Cast, kari: Browser) -> None:
    with done_before(cast) as session:
        session.get_one(Cohort, cast.cohort_id).term = "2026-winter"
    assert "Prepare the next term" not in kari.get("dates").text
    answer = kari.get(f"dates/{cast.cohort_id}/next-term")
    assert answer.status_code == 409
    assert "There is no next term" in answer.text


def test_loading_the_programme_in_the_new_term_opens_it_and_keeps_its_dates(cast: Cast, kari: Browser) -> None:
    prepare(cast, kari)
    with done_before(cast) as session:
        programme = ProgrammeContent.model_validate(session.scalars(select(Programme.body)).one())
        loaded = load_programme(session, Pack(programme, (small_module(),)), date(2027, 1, 4))
        assert (loaded.term, loaded.closed_term, loaded.cohort_id) == ("2027-spring", "2026-autumn", spring(session).id)
        assert dates_of(session, loaded.cohort_id) == {(cast.module_id, Step.ESSAY): Dated(MOVED, 6)}
