"""Launches that the demo's people have made before anybody looks, as the tool keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from secrets import token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.cast import PEOPLE, CastCourse, CastLink, CastMember, courses
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.messages import Platform, claims_of, resource_link_message
from lti_tool.demo_lms.models import Membership
from lti_tool.demo_lms.seed import course_row, link_row, person_row
from lti_tool.demo_lms.tools import configured_tool
from lti_tool.lti.arrivals import record_arrival
from lti_tool.lti.claims import read_claims
from lti_tool.lti.launch import VerifiedLaunch
from lti_tool.lti.models import Deployment
from lti_tool.people.models import Person

# The addresses of single columns are known to the LMS alone, whose process may not have made them yet.
_BEHAVIOUR = Behaviour(line_item_claim="container")
_PEOPLE = {person.sub: person for person in PEOPLE}


class Launcher:
    """Lets people of the cast arrive through the links of a term's courses, with the claims that the LMS would send."""

    def __init__(self, session: Session, lms: DemoConfig, deployment: Deployment, day: date) -> None:
        self._session = session
        self._lms = lms
        self._deployment = deployment
        self._courses = courses(day)

    def arrive(self, sub: str, module_key: str) -> int:
        """The person opens the module once from each of their courses; returns the tool's id of the person."""
        return self._open_all(sub, lambda link: link.module == module_key)

    def arrive_for_programme(self, sub: str, key: str) -> int:
        """The same for links whose column is for a whole programme."""
        return self._open_all(sub, lambda link: link.programme == key)

    def _open_all(self, sub: str, wanted: Callable[[CastLink], bool]) -> int:
        for course in self._courses:
            if sub in course.members:
                for link in filter(wanted, course.links):
                    self._open(_PEOPLE[sub], course, link)
        return self._session.scalars(
            select(Person.id).where(Person.platform_id == self._deployment.platform_id, Person.subject == sub)
        ).one()

    def _open(self, person: CastMember, course: CastCourse, opened: CastLink) -> None:
        row = course_row(course)
        tool = configured_tool(self._lms)
        link = link_row(course.key, opened, tool.client_id)
        link.course, link.tool = row, tool
        member = Membership(
            course_key=course.key,
            sub=person.sub,
            roles=list(course.members[person.sub]),
            person=person_row(person),
            course=row,
        )
        lms = Platform(self._lms, _BEHAVIOUR)
        message = resource_link_message(lms, link, member)
        claims = claims_of(lms, message, nonce=token_urlsafe(16), target="iframe", at=now())
        launch = VerifiedLaunch(
            self._deployment.platform_id, self._deployment.id, read_claims(claims), now() + timedelta(minutes=5)
        )
        record_arrival(self._session, launch, None)
