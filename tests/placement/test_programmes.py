"""Where an installation has several programmes, a course is offered its own first."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Course, GrantKind, LaunchSession, Membership, ResourceLink, Role, StaffGrant
from lti_tool.placement.programmes import programmes_for
from lti_tool.programme.actions import enrol, load_programme
from lti_tool.programme.models import Cohort, OnlineModule, Programme
from lti_tool.programme.pack import read_pack
from tests.cast import Cast
from tests.course_module.holding import hold_in_courses, plan
from tests.lti.deep_linking.asking import ITEMS, Placing
from tests.pages import problems_of
from tests.work import done_before

OTHER = "lap-assignment"
APART = "Of another programme: "


@pytest.fixture
def both(cast: Cast, session: Session) -> Session:
    hold_in_courses(session)
    load_programme(session, read_pack("uio"), date(2026, 9, 1))
    session.commit()
    return session


def new_course(session: Session, cast: Cast) -> int:
    course = Course(deployment_id=cast.deployment_pk, context_id="new")
    session.add(course)
    session.flush()
    return course.id


def test_a_course_has_to_do_with_what_is_placed_run_held_or_done_in_it(cast: Cast, both: Session) -> None:
    laos = both.scalars(select(Programme.id).where(Programme.key == "laos")).one()
    other, cohort_id = both.execute(
        select(Programme.id, Cohort.id).join(Cohort).join(OnlineModule).where(OnlineModule.key == OTHER)
    ).one()
    course_id = new_course(both, cast)
    assert programmes_for(both, course_id, None) == frozenset()
    assert programmes_for(both, course_id, cast.people["kari"]) == {laos}, "what she coordinates elsewhere"
    assert programmes_for(both, None, None) == frozenset()
    link = ResourceLink(course_id=course_id, resource_link_id="link", module_key=OTHER)
    grant = StaffGrant(kind=GrantKind.COORDINATOR, cohort_id=cohort_id, course_id=course_id, granted_by="test")
    for row in (link, grant):
        both.add(row)
        assert programmes_for(both, course_id, cast.people["kari"]) == {other}
        both.delete(row)
        both.flush()
    both.add(Membership(person_id=cast.people["una"], course_id=course_id, role=Role.LEARNER))
    enrol(both, cast.people["una"], cohort_id)
    assert programmes_for(both, course_id, None) == {other}
    plan(both, cast, "first-meeting", 1, course_id=course_id)
    assert programmes_for(both, course_id, None) == {laos, other}


def test_what_is_of_another_programme_stands_apart_and_can_be_placed_all_the_same(
    placing: Placing, cast: Cast, both: Session
) -> None:
    page = placing.open().text
    assert problems_of(page) == []
    assert APART not in page, "nothing tells which is the course's own"
    assert page.count('<span class="eyebrow">') == 2
    with done_before(cast) as session:
        course_id = session.scalars(select(LaunchSession.course_id).order_by(LaunchSession.id.desc())).first()
        session.add(ResourceLink(course_id=course_id, resource_link_id="link", module_key="om1"))
    both.rollback()
    page = placing.get().text
    assert problems_of(page) == []
    assert page.index('value="module-om1"') < page.index(APART) < page.index(f'value="module-{OTHER}"')
    assert [item["title"] for item in placing.chosen(f"module-{OTHER}")[ITEMS]]
