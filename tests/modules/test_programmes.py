"""Two programmes on one installation: people are offered the modules of their own."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.programmes import modules_for
from lti_tool.people.models import Course, GrantKind, Membership, Person, ResourceLink, Role, StaffGrant
from lti_tool.programme.actions import enrol, load_programme
from lti_tool.programme.models import Cohort, Programme
from lti_tool.programme.pack import read_pack
from tests.cast import Cast

OTHER = "lap-assignment"


@pytest.fixture
def both(cast: Cast, session: Session) -> Session:
    """The programme of the cast, and another one that no course has a link to."""
    load_programme(session, read_pack("uio"), date(2026, 9, 1))
    session.commit()
    return session


def newcomer(session: Session, cast: Cast, module_key: str | None = None) -> int:
    """Somebody in a course of their own, with one link."""
    person = Person(platform_id=cast.platform_id, subject="new")
    course = Course(deployment_id=cast.deployment_pk, context_id="new")
    session.add_all([person, course])
    session.flush()
    session.add(Membership(person_id=person.id, course_id=course.id, role=Role.LEARNER))
    session.add(ResourceLink(course_id=course.id, resource_link_id="link", module_key=module_key))
    session.flush()
    return person.id


def offered(session: Session, person_id: int) -> list[str]:
    return [module.key for module in modules_for(session, person_id)]


def cohort_of(session: Session, key: str) -> int:
    return session.scalars(select(Cohort.id).join(Programme).where(Programme.key == key)).one()


def test_a_link_to_a_module_in_their_course_tells(cast: Cast, both: Session) -> None:
    assert offered(both, cast.people["una"]) == ["om1"]
    assert offered(both, newcomer(both, cast, OTHER)) == [OTHER]


def test_where_nothing_tells_they_are_offered_all(cast: Cast, both: Session) -> None:
    assert offered(both, newcomer(both, cast)) == ["om1", OTHER]


def test_a_course_that_they_have_left_tells_nothing(cast: Cast, both: Session) -> None:
    person_id = newcomer(both, cast, OTHER)
    membership = both.scalars(select(Membership).where(Membership.person_id == person_id)).one()
    membership.left_at = membership.created_at
    both.flush()
    assert offered(both, person_id) == ["om1", OTHER]


def test_what_they_have_worked_in_tells_whatever_their_course(cast: Cast, both: Session) -> None:
    enrol(both, cast.people["una"], cohort_of(both, "uio"))
    assert offered(both, cast.people["una"]) == ["om1", OTHER]
    person_id = newcomer(both, cast)
    enrol(both, person_id, cohort_of(both, "uio"))
    assert offered(both, person_id) == [OTHER]


def test_what_their_learning_assistants_have_worked_in_tells_course_leaders(cast: Cast, both: Session) -> None:
    assert offered(both, cast.people["ingrid"]) == ["om1"]
    enrol(both, cast.people["lina"], cohort_of(both, "uio"))
    assert offered(both, cast.people["ingrid"]) == ["om1", OTHER]
    assert offered(both, cast.people["frode"]) == ["om1"]


def test_a_course_whose_instructors_coordinate_tells(cast: Cast, both: Session) -> None:
    person_id = newcomer(both, cast)
    course_id = both.scalars(select(Membership.course_id).where(Membership.person_id == person_id)).one()
    kind = GrantKind.COORDINATOR
    both.add(StaffGrant(kind=kind, cohort_id=cohort_of(both, "uio"), course_id=course_id, granted_by="test"))
    both.flush()
    assert offered(both, person_id) == [OTHER]


def test_the_pages_offer_no_more(cast: Cast, both: Session) -> None:
    training = cast.visit("lina", module=None).get().text
    assert "Giving feedback" in training
    assert OTHER not in training
    assert OTHER not in cast.visit("ingrid", module=None).get().text
    assert "module=" not in cast.visit("ingrid", module=None).get("gradebook").text
