"""Bring a course's membership up to date from the platform's roster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.lti.models import Deployment
from lti_tool.lti.services.registration import Client, client_of
from lti_tool.lti.services.roster import Member
from lti_tool.lti.upsert import insert_once
from lti_tool.people.models import Course, Membership, Person, Role


@dataclass(frozen=True, slots=True)
class RosterSource:
    """Whom to ask for the members of a course, and as whom. Plain values: the transaction is over when it is used."""

    client: Client
    url: str


def roster_source(session: Session, course_id: int) -> RosterSource | None:
    """None where no launch has told of a roster, or we have no key to ask with."""
    course = session.get_one(Course, course_id)
    client = client_of(session, course.deployment_id)
    return RosterSource(client, course.roster_url) if client and course.roster_url else None


def record_roster(session: Session, course_id: int, members: Iterable[Member]) -> int:
    """Add the learners who have not been here yet, with their names; returns how many that were.

    What a launch said of a person stays: in Moodle a non-editing teacher is an instructor at launch and a learner in
    the roster, so the roster never changes a role. Nobody is taken out.
    """
    platform_id = session.scalars(
        select(Deployment.platform_id).join(Course, Course.deployment_id == Deployment.id).where(Course.id == course_id)
    ).one()
    learners = {member.subject: member for member in members if member.active and member.role is Role.LEARNER}
    return sum(_add(session, platform_id, course_id, member) for member in learners.values())


def _add(session: Session, platform_id: int, course_id: int, member: Member) -> bool:
    connection = session.connection()
    insert_once(
        connection,
        table_of(Person),
        {"platform_id": platform_id, "subject": member.subject, "name": member.name},
    )
    person_id = session.scalars(
        select(Person.id).where(Person.platform_id == platform_id, Person.subject == member.subject)
    ).one()
    row = {"person_id": person_id, "course_id": course_id, "role": Role.LEARNER}
    return insert_once(connection, table_of(Membership), row)
