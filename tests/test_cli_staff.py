"""`lti-tool coordinator` and `lti-tool administrator`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.people.models import Course, GrantKind, Person, StaffGrant
from lti_tool.programme.models import Programme

pytestmark = pytest.mark.usefixtures("session", "cast")
PLATFORM = ("--platform", "client-1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def grants(session: Session, kind: GrantKind) -> set[str]:
    """Who holds it: the subjects of persons and the context ids of courses."""
    rows = session.execute(
        select(Person.subject, Course.context_id)
        .select_from(StaffGrant)
        .outerjoin(Person, Person.id == StaffGrant.person_id)
        .outerjoin(Course, Course.id == StaffGrant.course_id)
        .where(StaffGrant.kind == kind)
    )
    return {subject or context_id for subject, context_id in rows}


def test_a_person_is_made_coordinator_once_and_can_lose_it(session: Session) -> None:
    named = (*PLATFORM, "--subject", "sub-stig")
    assert run("coordinator", "grant", *named).output == "Coordinator of laos 2026-autumn: sub-stig\n"
    assert run("coordinator", "grant", *named).output == "Coordinator already of laos 2026-autumn: sub-stig\n"
    assert grants(session, GrantKind.COORDINATOR) == {"ctx-LAOS", "sub-stig"}
    assert run("coordinator", "revoke", *named).exit_code == 0
    assert grants(session, GrantKind.COORDINATOR) == {"ctx-LAOS"}


def test_a_course_that_nobody_has_opened_yet_can_be_granted(session: Session) -> None:
    result = run("coordinator", "grant", *PLATFORM, "--course", "ctx-new")
    assert result.output == "Coordinator of laos 2026-autumn: ctx-new\n"
    assert grants(session, GrantKind.COORDINATOR) == {"ctx-LAOS", "ctx-new"}


def test_a_person_who_has_never_come_can_be_made_administrator(session: Session) -> None:
    named = (*PLATFORM, "--subject", "sub-new")
    assert run("administrator", "grant", *named).output == "Administrator: sub-new\n"
    assert run("administrator", "grant", *named).output == "Administrator already: sub-new\n"
    assert grants(session, GrantKind.ADMINISTRATOR) == {"sub-astrid", "sub-new"}
    assert run("administrator", "revoke", *named).output == "No longer administrator: sub-new\n"
    assert grants(session, GrantKind.ADMINISTRATOR) == {"sub-astrid"}


def test_where_several_programmes_are_loaded_one_has_to_be_named(session: Session) -> None:
    session.add(Programme(key="other", body={}))
    session.commit()
    refused = run("coordinator", "grant", *PLATFORM, "--subject", "sub-stig")
    assert refused.exit_code == 2
    assert "Loaded are laos, other; name one: --programme." in refused.output


def test_the_lists_name_ids_and_no_names() -> None:
    assert run("coordinator", "list").output == "laos 2026-autumn\tinstructors of ctx-LAOS\tby test\n"
    assert run("administrator", "list").output == "client-1\tperson sub-astrid\tby test\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("coordinator", "grant", *PLATFORM), "either a person"),
        (("coordinator", "grant", *PLATFORM, "--subject", "a", "--course", "b"), "either a person"),
        (("coordinator", "grant", *PLATFORM, "--subject", "a", "--term", "1999-spring"), "no term 1999-spring"),
        (("coordinator", "grant", *PLATFORM, "--subject", "a", "--programme", "none"), "lti-tool programme load"),
        (("coordinator", "grant", *PLATFORM, "--course", "a", "--deployment", "9"), "no deployment “9”"),
        (("coordinator", "grant", "--platform", "nobody", "--subject", "a"), "nobody"),
        (("coordinator", "revoke", *PLATFORM, "--subject", "sub-stig"), "no coordinator of"),
        (("administrator", "revoke", *PLATFORM, "--subject", "sub-stig"), "sub-stig is no administrator"),
        (("administrator", "grant", *PLATFORM), "--subject"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(session: Session, arguments: tuple[str, ...], says: str) -> None:
    people = set(session.scalars(select(Person.subject)))
    result = run(*arguments)
    session.rollback()
    assert (result.exit_code, says in result.output) == (2, True), result.output
    assert grants(session, GrantKind.COORDINATOR) == {"ctx-LAOS"}
    assert grants(session, GrantKind.ADMINISTRATOR) == {"sub-astrid"}
    assert set(session.scalars(select(Person.subject))) == people
