"""Launches that must be let in, and what they leave behind."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from tests.lti.platform import LearningPlatform


def test_a_learner_arrives_at_the_start_page(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    answer = lms.launch(client)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"], base_url=lms.base_url)
    assert page.status_code == 200
    assert session.scalars(select(Person.name)).one() == "Lina Testperson"
