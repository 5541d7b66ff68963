"""What people are told of what others have put on record about them: on the page and in the digest."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.certificates.models import Certificate
from lti_tool.course_module.agreement import Expectations, Seen, add_for, answer
from lti_tool.course_module.evaluation import save
from lti_tool.course_module.models import Side
from lti_tool.database import now
from lti_tool.equivalence import actions
from lti_tool.equivalence.models import Decision
from lti_tool.messages.everything import everything_for
from lti_tool.messages.record_news import RecordItem, RecordKind
from lti_tool.people.models import Course, Membership
from lti_tool.programme.actions import enrol
from lti_tool.programme.models import Cohort, Programme
from tests.cast import Cast, small_programme
from tests.certificates.completed import her_certificate
from tests.course_module.holding import agree, complete_answers, hold_in_courses, module_in, subject_in
from tests.course_module.holding import hand_in as evaluate
from tests.equivalence.applying import an_approved_application, hand_in, stored
from tests.messages.conftest import Mornings
from tests.messages.test_panel import panel
from tests.statements import statements
from tests.work import done_before

WEEK = timedelta(days=7)
LATER = timedelta(minutes=1)


def told(session: Session, cast: Cast, name: str = "lina", after: timedelta = LATER) -> list[RecordItem]:
    session.flush()
    found = everything_for(session, [cast.person_id(name)], now() + after)
    return [item for item in found.get(cast.person_id(name), []) if isinstance(item, RecordItem)]


def kinds(session: Session, cast: Cast, name: str = "lina", after: timedelta = LATER) -> list[RecordKind]:
    return [item.kind for item in told(session, cast, name, after)]


@pytest.fixture
def held(cast: Cast, session: Session) -> Session:
    """TDT4100 holds meetings; Lina, Frode and Amir are its learning assistants."""
    hold_in_courses(session)
    return session


def confirm(session: Session, cast: Cast, seen: Seen) -> None:
    answer(session, cast.person_id("lina"), module_in(session, cast), seen, "", confirms=True)


def test_an_agreement_is_told_until_it_is_confirmed_and_anew_when_it_changes(cast: Cast, held: Session) -> None:
    assert kinds(held, cast) == []
    agree(held, cast)
    (first,) = told(held, cast, after=5 * WEEK)
    assert (first.kind, first.again) == (RecordKind.AGREEMENT, False)
    confirm(held, cast, Seen(1, 0))
    assert kinds(held, cast) == []
    assert kinds(held, cast, "frode") == [RecordKind.AGREEMENT]
    add_for(held, module_in(held, cast), cast.person_id("lina"), "One group more", 0)
    (added,) = told(held, cast)
    assert added.again
    confirm(held, cast, Seen(1, 1))
    assert kinds(held, cast) == []
    agree(held, cast, Expectations("Three groups", "By mail", "Every Monday"), 1)
    (changed,) = told(held, cast)
    assert len({first.signs, added.signs, changed.signs}) == 3


def test_nobody_is_asked_to_confirm_who_left_the_course_or_need_not_take_part(cast: Cast, held: Session) -> None:
    agree(held, cast)
    an_approved_application(held, cast)
    assert kinds(held, cast) == [RecordKind.APPROVED]
    frode = (Membership.person_id == cast.person_id("frode"), Membership.course_id == cast.courses["TDT4100"])
    held.execute(update(Membership).where(*frode).values(left_at=now()))
    assert kinds(held, cast, "frode") == []
    assert kinds(held, cast, "ingrid") == [], "instructs it"
    assert kinds(held, cast, "amir") == [RecordKind.AGREEMENT]


def test_a_programme_that_no_longer_asks_for_an_agreement_has_nobody_confirm_one(cast: Cast, held: Session) -> None:
    agree(held, cast)
    held.scalars(select(Programme)).one().body = small_programme().model_dump(mode="json")
    assert kinds(held, cast) == []


def test_an_agreement_of_a_term_that_is_over_asks_nobody(cast: Cast, held: Session) -> None:
    agree(held, cast)
    enrol(held, cast.person_id("amir"), cast.cohort_id)
    over = held.get_one(Cohort, cast.cohort_id)
    over.is_open = False
    held.flush()
    held.add(Cohort(programme_id=over.programme_id, term="2027-spring"))
    assert kinds(held, cast, "frode") == []
    assert kinds(held, cast, "amir") == [RecordKind.AGREEMENT], "stays in the term in which they have begun"


def test_a_final_evaluation_is_told_for_a_week_once_both_sides_are_in(cast: Cast, held: Session) -> None:
    evaluate(held, cast, Side.DEPARTMENT, "The course")
    assert kinds(held, cast) == []
    draft = complete_answers("Lina")
    save(held, cast.person_id("lina"), subject_in(held, cast), Side.ASSISTANT, draft, version=0)
    assert kinds(held, cast) == [], "a draft releases nothing"
    evaluate(held, cast, Side.ASSISTANT, "Lina")
    assert kinds(held, cast) == [RecordKind.RELEASED]
    assert kinds(held, cast, "frode") == []
    assert kinds(held, cast, after=WEEK + LATER) == []


def decide(session: Session, cast: Cast, decision: Decision) -> None:
    application = stored(session)
    seen = actions.latest_entry(session, application.id)
    actions.decide(session, application.id, cast.person_id("kari"), decision=decision, reason="So it is", seen=seen)


def test_a_decision_is_told_for_a_week_but_not_what_waits_or_was_withdrawn(cast: Cast, session: Session) -> None:
    hand_in(session, cast)
    assert kinds(session, cast) == []
    decide(session, cast, Decision.DECLINED)
    assert kinds(session, cast) == [RecordKind.DECLINED]
    assert kinds(session, cast, after=WEEK + LATER) == []
    decide(session, cast, Decision.PENDING)
    assert kinds(session, cast) == []
    decide(session, cast, Decision.APPROVED)
    assert kinds(session, cast) == [RecordKind.APPROVED]
    assert kinds(session, cast, "frode") == []


def test_whoever_applies_anew_is_not_told_of_the_decision_before(cast: Cast, session: Session) -> None:
    hand_in(session, cast)
    decide(session, cast, Decision.DECLINED)
    hand_in(session, cast)
    assert kinds(session, cast) == []
    actions.withdraw(session, stored(session).id, cast.person_id("lina"))
    assert kinds(session, cast) == []


def test_a_certificate_is_told_when_somebody_else_issues_or_revokes_it(cast: Cast, session: Session) -> None:
    her_certificate(session, cast)
    (issued,) = told(session, cast)
    assert issued.kind is RecordKind.CERTIFICATE
    assert kinds(session, cast, after=WEEK + LATER) == []
    first = session.scalars(select(Certificate)).one()
    first.revoked_at, first.revoked_by, first.revoked_because = now(), cast.person_id("kari"), "a mark was wrong"
    assert kinds(session, cast) == [RecordKind.REVOKED]
    her_certificate(session, cast)
    (anew,) = told(session, cast)
    assert anew.kind is RecordKind.CERTIFICATE
    assert anew.signs != issued.signs
    session.execute(update(Certificate).values(issued_by=cast.person_id("lina")))
    assert kinds(session, cast) == [], "has made it themselves"


def test_the_page_says_each_in_words_with_a_way_on(cast: Cast) -> None:
    with done_before(cast) as session:
        hold_in_courses(session)
        agree(session, cast)
        evaluate(session, cast, Side.DEPARTMENT, "The course")
        evaluate(session, cast, Side.ASSISTANT, "Lina")
        her_certificate(session, cast)
        hand_in(session, cast)
        decide(session, cast, Decision.DECLINED)
        course = session.get_one(Course, cast.courses["TDT4100"])
        course.title = "Objects <b>&</b> more"
    page = " ".join(panel(cast.visit("lina", module=None)).split())
    here = f"{cast.courses['TDT4100']}-{cast.cohort_id}-agreement"
    assert (
        'in Objects &lt;b&gt;&amp;&lt;/b&gt; more is written down. Read it, and confirm it if you agree. <a href="'
        in page
    )
    assert f'/course-module/own#course-{here}">Read and confirm it' in page
    assert "You can read what your course says." in page
    assert f'/own/{cast.cohort_id}/{cast.courses["TDT4100"]}/evaluation">Read both' in page
    assert "was not approved. You can read why." in page
    assert '/equivalence?programme=laos">Read the decision' in page
    assert '/certificates">Open your certificate' in page


def test_a_digest_tells_an_applicant_who_has_done_nothing_else_of_the_decision_once(mornings: Mornings) -> None:
    cast, session = mornings.cast, mornings.session
    with time_machine.travel("2026-11-24T15:00+01:00", tick=False):
        mornings.write_to("tuva")
        hand_in(session, cast, "tuva")
        session.commit()
    assert "tuva" not in mornings.work_through("2026-11-25"), "it waits"
    with time_machine.travel("2026-11-25T20:30+01:00", tick=False):
        decide(session, cast, Decision.APPROVED)
        session.commit()
    assert mornings.work_through("2026-11-26").count("tuva") == 1
    said = mornings.last_words()
    assert "Your other training is recognised: you need not take “" in said
    assert "So it is" not in said, "what was written about them stays inside"
    assert "tuva" not in mornings.work_through("2026-11-27")


def test_many_people_cost_as_many_statements_as_one(cast: Cast, held: Session) -> None:
    agree(held, cast)
    evaluate(held, cast, Side.DEPARTMENT, "The course", "frode")
    evaluate(held, cast, Side.ASSISTANT, "Frode", "frode")
    her_certificate(held, cast)
    held.commit()
    costs = []
    for names in (("lina",), ("lina", "frode", "amir", "siri")):
        held.expire_all()
        with statements(cast.app) as sent:
            everything_for(held, [cast.person_id(name) for name in names], now() + LATER)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 14, costs
