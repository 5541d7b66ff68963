"""Where a platform lists the groups of a course: kept when a launch tells it. https://www.imsglobal.org/spec/lti-gs/v1p0"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Course
from tests.conftest import CountStatements
from tests.lti.platform import LearningPlatform

CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
GROUPS = {
    "scope": ["https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"],
    "context_groups_url": "https://lms.test/groups",
    "context_group_sets_url": "https://lms.test/sets",
    "service_versions": ["1.0"],
}


def kept(session: Session) -> tuple[str | None, str | None]:
    session.rollback()
    course = session.scalars(select(Course).execution_options(populate_existing=True)).one()
    addresses = course.groups_url, course.group_sets_url
    session.rollback()
    return addresses


def launched(lms: LearningPlatform, client: FlaskClient, **changes: Any) -> int:
    return lms.launch(client, changes=changes).status_code


def test_the_addresses_are_kept_and_not_forgotten_by_a_launch_without_them(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    assert launched(lms, client) == 303
    assert kept(session) == (None, None)
    assert launched(lms, client, **{CLAIM: GROUPS}) == 303
    assert kept(session) == ("https://lms.test/groups", "https://lms.test/sets")
    assert launched(lms, client) == 303
    assert kept(session) == ("https://lms.test/groups", "https://lms.test/sets")


def test_a_launch_that_tells_the_same_writes_no_course(
    lms: LearningPlatform, client: FlaskClient, count_statements: CountStatements
) -> None:
    launched(lms, client, **{CLAIM: GROUPS})
    with count_statements() as statements:
        launched(lms, client, **{CLAIM: GROUPS})
    assert not [statement for statement in statements if statement.startswith(("INSERT INTO course", "UPDATE course"))]


def test_new_addresses_replace_the_old_ones(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    launched(lms, client, **{CLAIM: GROUPS})
    launched(lms, client, **{CLAIM: {**GROUPS, "context_groups_url": "https://lms.test/new"}})
    assert kept(session) == ("https://lms.test/new", "https://lms.test/sets")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "lms.test/groups", ""])
def test_what_is_no_web_address_is_not_kept(
    lms: LearningPlatform, client: FlaskClient, session: Session, address: str
) -> None:
    launched(lms, client, **{CLAIM: {**GROUPS, "context_groups_url": address}})
    assert kept(session)[0] is None
