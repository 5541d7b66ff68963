"""My training: where somebody stands with a whole programme, why, and the one thing that comes next."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import Preparation, Presence, Source, TrainingSession
from lti_tool.database import now
from lti_tool.employment.models import Employment
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.people.models import Person
from lti_tool.programme.models import Cohort, Programme
from lti_tool.programme.requirements import Equivalent, Position
from tests import work
from tests.attendance.dates import give_place, planned, programme_with_meetings
from tests.cast import Cast
from tests.conftest import CountStatements

ADVICE = "Not for those who count nails."


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The same people in a programme of meetings; nothing is planned."""
    positions = (
        Position(key="assistant", titles={"en": "Assistant"}, training="required"),
        Position(key="counter", titles={"en": "Counter"}, training="not-required", advice={"en": ADVICE}),
        Position(key="dean", titles={"en": "Dean"}, training="elsewhere"),
    )
    equivalents = (Equivalent(key="school", titles={"en": "School"}, recognised=True),)
    body = programme_with_meetings().model_copy(update={"positions": positions, "equivalents": equivalents})
    with work.done_before(cast) as session:
        session.scalars(select(Programme)).one().body = body.model_dump(mode="json")
    return cast


def page_of(cast: Cast, name: str = "lina", course: str = "LAOS") -> str:
    page = cast.visit(name, course=course, module=None).get().text
    assert page.count("btn-primary") <= 1
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def date(session: Session, cast: Cast, days: float, **changes: object) -> TrainingSession:
    at = now() + timedelta(days=days)
    moments = {"starts_at": at, "ends_at": at + timedelta(hours=4), "sign_up_until": at - timedelta(days=1)}
    return planned(session, cast, **moments | changes)


def attend(session: Session, cast: Cast, found: TrainingSession, presence: Presence = Presence.PRESENT) -> None:
    mark(session, cast.person_id("kari"), found, cast.person_id("lina"), presence, source=Source.LIST, reason="Seen")


def test_before_anything_is_planned_there_is_nothing_to_do_and_that_is_said(cast: Cast) -> None:
    page = page_of(cast)
    assert "Nothing to do right now Dates for Core module 1 will be announced" in page
    assert "0 of 13 hours done" in page
    assert "On the way Core module 1: Dates will be announced" in page
    # And once for each meeting.
    assert page.count("Dates will be announced") == 5


def test_with_dates_to_choose_from_choosing_one_is_the_next_step(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for days in (30, 40):
            date(session, cast, days)
    visit = cast.visit("lina", module=None)
    assert "Next step Choose a date for Core module 1 2 dates have room. Choose a date" in page_of(cast)
    assert f'class="btn btn-primary" href="{visit.prefix}meetings/core-1"' in visit.get().text


def test_with_a_place_it_is_said_when_and_where_and_preparing_comes_next(cast: Cast) -> None:
    with work.done_before(cast) as session:
        found = date(session, cast, 30)
        give_place(session, found, cast.person_id("lina"))
        session.get_one(Person, cast.person_id("lina")).timezone = "Asia/Kolkata"
        clock = (found.starts_at + timedelta(hours=5, minutes=30)).strftime("%H:%M")
    page = page_of(cast)
    assert "Next step Prepare for Core module 1" in page
    # In the evening it ends on the next day, which is said then.
    assert re.search(rf", {clock} ?–[^–]{{5,25}}, Room R1, Trondheim", page)
    assert "You have a place" in page


def test_whoever_is_prepared_has_nothing_to_do_but_to_come(cast: Cast) -> None:
    lina = cast.person_id("lina")
    with work.done_before(cast) as session:
        give_place(session, date(session, cast, 30), lina)
        give_place(session, date(session, cast, 31, meeting_key="core-2"), lina)
        session.add(
            Preparation(
                person_id=lina, cohort_id=cast.cohort_id, meeting_key="core-1", answers={"0": "-"}, done_at=now()
            )
        )
    assert "Nothing to do right now Come to Core module 1" in page_of(cast)


def test_an_absence_shows_the_dates_on_which_it_can_be_made_up(cast: Cast) -> None:
    with work.done_before(cast) as session:
        attend(session, cast, date(session, cast, -3), Presence.ABSENT)
        later = [date(session, cast, days) for days in (30, 40)]
        exact = [one.starts_at.isoformat() for one in later]
    page = page_of(cast)
    assert "You were absent You can make up for it on another date:" in page
    assert "At risk Core module 1: You were absent" in page
    shown = cast.visit("lina", module=None).get().text
    assert all(f'<time datetime="{one}"' in shown for one in exact)


def test_only_without_any_date_left_it_cannot_be_completed_and_nobody_can_let_them_off(cast: Cast) -> None:
    with work.done_before(cast) as session:
        attend(session, cast, date(session, cast, -3), Presence.ABSENT)
    page = page_of(cast)
    assert "Cannot be completed this term" in page
    assert "Ask your coordinator No date of Core module 1 is left this term, and nobody can let you off it." in page


def test_what_was_attended_counts_with_its_day(cast: Cast) -> None:
    with work.done_before(cast) as session:
        attend(session, cast, date(session, cast, -3), Presence.LATE)
        course = {"course_id": cast.courses["TDT4100"], "meeting_key": "follow-up", "minutes": 120}
        attend(session, cast, date(session, cast, -2, **course))
    page = page_of(cast)
    assert "6 of 13 hours done" in page
    assert "You were there on" in page
    assert "In Course TDT4100." in page
    assert "2 of 4 hours done." in page


def test_whoever_has_done_everything_gets_to_the_certificate(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for key, course, minutes in (
            ("core-1", None, 240),
            ("core-2", None, 240),
            ("first-meeting", cast.courses["TDT4100"], 60),
            ("follow-up", cast.courses["TDT4100"], 240),
        ):
            attend(session, cast, date(session, cast, -3, meeting_key=key, course_id=course, minutes=minutes))
    page = page_of(cast)
    assert "You have completed your training" in page
    assert "To your certificate" in page
    assert "13 of 13 hours done" in page


@pytest.mark.parametrize(
    ("position", "said"),
    [
        ("counter", f"This training is not required of you {ADVICE}"),
        ("dean", "This training is meant for others Your position does not need it."),
    ],
)
def test_whose_position_does_not_need_the_training_is_told_so(cast: Cast, position: str, said: str) -> None:
    with work.done_before(cast) as session:
        session.add(employed(cast, position))
    page = page_of(cast)
    assert said in page
    assert "Next step" not in page
    assert "Nothing to do right now" not in page


def test_who_is_not_on_the_list_of_employed_people_is_told_so_and_can_go_on(cast: Cast) -> None:
    with work.done_before(cast) as session:
        session.add(employed(cast, "assistant", "frode"))
    assert "You are not on the list of those who are employed" in page_of(cast)
    assert "Dates for Core module 1 will be announced" in page_of(cast)
    assert "not on the list" not in page_of(cast, "frode")


def test_whose_other_training_is_recognised_need_not_take_this_one(cast: Cast) -> None:
    with work.done_before(cast) as session:
        cohort = session.get_one(Cohort, cast.cohort_id)
        session.add(
            EquivalenceApplication(
                public_id="a",
                person_id=cast.person_id("lina"),
                programme_id=cohort.programme_id,
                cohort_id=cohort.id,
                category="school",
                statement="Two years",
                decision=Decision.APPROVED,
            )
        )
        attend(session, cast, date(session, cast, -3), Presence.ABSENT)
    page = page_of(cast)
    assert "You need not take this training" in page
    assert "Not needed" in page
    # What would be held against anybody else is nothing to them.
    for said in ("You were absent", "At risk", "Choose a date"):
        assert said not in page


def employed(cast: Cast, position: str, name: str = "lina") -> Employment:
    return Employment(
        cohort_id=cast.cohort_id,
        reference=name,
        name=name,
        position=position,
        person_id=cast.person_id(name),
        matched_at=now(),
    )


def test_the_page_costs_the_same_with_any_number_of_dates(cast: Cast, count_statements: CountStatements) -> None:
    with work.done_before(cast) as session:
        attend(session, cast, date(session, cast, -3), Presence.ABSENT)
        give_place(session, date(session, cast, 20, meeting_key="core-2"), cast.person_id("lina"))
        date(session, cast, 10, meeting_key="follow-up", course_id=cast.courses["TDT4100"])
    lina = cast.visit("lina", module=None)

    def cost() -> int:
        lina.get()
        with count_statements() as statements:
            lina.get()
        return len(statements)

    before = cost()
    with work.done_before(cast) as session:
        for days in range(20, 40):
            date(session, cast, days)
            date(session, cast, days, meeting_key="core-2")
    assert cost() == before <= 30


def test_while_the_leader_takes_check_ins_checking_in_is_the_next_step(cast: Cast) -> None:
    with work.done_before(cast) as session:
        found = date(session, cast, 0, meeting_key="core-2")
        found.check_in_until = now() + timedelta(minutes=20)
        give_place(session, found, cast.person_id("lina"))
        date(session, cast, 10)
    assert "Next step Check in at Core module 2" in page_of(cast)


def test_what_somebody_can_do_comes_before_what_is_worse_but_waits_for_others(cast: Cast) -> None:
    with work.done_before(cast) as session:
        give_place(session, date(session, cast, -10), cast.person_id("lina"))
        for days in (30, 40):
            date(session, cast, days, meeting_key="core-2")
    page = page_of(cast)
    assert "At risk Core module 1: Attendance was not recorded" in page
    assert "Next step Choose a date for Core module 2" in page
