"""What becomes of a course's membership when its roster has been read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.database import now
from lti_tool.http import OutgoingError
from lti_tool.lti.rosters.members import AT_ONCE
from lti_tool.people.models import LaunchSession, Membership, Person, Role
from lti_tool.people.sessions import NewVisit, open_visit
from tests.conftest import CountStatements
from tests.lti.rosters.conftest import Class
from tests.lti.rosters.stand_in import INSTRUCTOR, LEARNER, member
from tests.work import complete

FULL = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (LEARNER, Role.LEARNER),
        (INSTRUCTOR, Role.INSTRUCTOR),
        ([f"{FULL}Learner"], Role.LEARNER),
        ([f"{FULL}Instructor"], Role.INSTRUCTOR),
        ([], Role.LEARNER),
    ],
)
def test_people_who_have_not_been_here_join_in_the_role_that_the_roster_tells(
    class_: Class, roles: list[str], role: Role
) -> None:
    class_.lists_everybody(member("new", "Nora Nykommer", roles=roles))
    class_.sync()
    added = class_.membership("new")
    assert (added.role, added.launched, added.left_at) == (role, False, None)
    assert class_.name("new") == "Nora Nykommer"


def test_c88_somebody_without_a_name_joins_without_one(class_: Class) -> None:
    class_.lists_everybody({"user_id": "new", "roles": LEARNER})
    class_.sync()
    assert class_.name("new") is None


def test_a_name_is_filled_in_once_the_platform_tells_it_and_never_erased(class_: Class) -> None:
    for told in (None, "Nora Nykommer", None, ""):
        class_.lists_everybody(member("new", told))
        class_.sync_again()
    assert class_.name("new") == "Nora Nykommer"


def test_a_name_that_only_rosters_tell_follows_them(class_: Class) -> None:
    for told in ("Nora Nykommer", "Nora Nygift"):
        class_.lists_everybody(member("new", told))
        class_.sync_again()
    assert class_.name("new") == "Nora Nygift"


def test_a_name_from_a_launch_stays_whatever_the_roster_calls_the_person(class_: Class) -> None:
    class_.lists_everybody(member("sub-lina", "L. Testperson"))
    class_.sync()
    assert class_.name("sub-lina") == "Lina Testperson"


def test_an_escaped_name_is_repaired(class_: Class) -> None:
    class_.session.get_one(Person, class_.cast.people["lina"]).name = "Sin&eacute;ad O&#039;Connor"
    class_.session.commit()
    class_.lists_everybody(member("new", "Bj&ouml;rk &amp; Co"), member("sub-lina", "Sin&eacute;ad O&#039;Connor"))
    class_.sync()
    assert class_.name("new") == "Björk & Co"
    assert class_.name("sub-lina") == "Sinéad O'Connor"


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_c89_somebody_who_is_no_longer_active_has_left(class_: Class, status: str) -> None:
    class_.lists_everybody()
    class_.platform.lists[class_.url()][0][1]["status"] = status
    class_.sync()
    assert class_.left() == {"sub-lina"}


def test_c89_absent_and_active_are_the_same(class_: Class) -> None:
    class_.lists_everybody(member("new", status="Active"))
    class_.sync()
    assert class_.left() == set()
    assert "new" in class_.subjects()


def test_who_is_missing_has_left_and_keeps_everything(class_: Class) -> None:
    complete(class_.session, class_.cast.people["lina"])
    class_.session.commit()
    before = now()
    class_.lists(member("sub-frode"), member("sub-amir"), member("sub-ingrid", roles=INSTRUCTOR))
    class_.sync()
    left_at = class_.membership("sub-lina").left_at
    assert left_at is not None
    assert before <= left_at <= now()
    assert class_.left() == {"sub-lina"}
    assert class_.name("sub-lina") == "Lina Testperson"
    # Still in their other course.
    assert class_.membership("sub-lina", "LAOS").left_at is None


def test_when_somebody_left_is_not_written_anew_each_day(class_: Class) -> None:
    class_.lists(member("sub-frode"))
    class_.sync()
    left_at = class_.membership("sub-lina").left_at
    class_.sync_again()
    assert class_.membership("sub-lina").left_at == left_at


def test_who_is_back_is_there_again(class_: Class) -> None:
    class_.lists(member("sub-frode"))
    class_.sync()
    class_.lists_everybody()
    class_.sync_again()
    assert class_.left() == set()
    assert class_.membership("sub-lina").launched


def test_nobody_is_deleted(class_: Class) -> None:
    people, members = count(class_, Person), count(class_, Membership)
    class_.lists(member("new"))
    class_.sync()
    assert (count(class_, Person), count(class_, Membership)) == (people + 1, members + 1)


def test_who_came_while_the_list_was_made_has_not_left(class_: Class) -> None:
    class_.lists(member("sub-frode"))
    class_.platform.meanwhile = lambda: come(class_, "amir")
    class_.sync()
    assert class_.left() == {"sub-lina", "sub-ingrid"}


def test_who_came_long_before_has_left(class_: Class) -> None:
    come(class_, "amir")
    class_.session.scalars(select(LaunchSession)).one().created_at = now() - timedelta(hours=1)
    class_.session.commit()
    class_.lists(member("sub-frode"))
    class_.sync()
    assert "sub-amir" in class_.left()


def test_a_role_from_a_launch_stays(class_: Class) -> None:
    """In Moodle a non-editing teacher is an instructor at launch and a learner in the roster."""
    class_.lists_everybody()
    class_.platform.lists[class_.url()][0][0]["roles"] = LEARNER
    class_.platform.lists[class_.url()][0][1]["roles"] = INSTRUCTOR
    class_.sync()
    assert class_.membership("sub-ingrid").role is Role.INSTRUCTOR
    assert class_.membership("sub-lina").role is Role.LEARNER


def test_a_role_from_a_launch_stays_also_when_somebody_comes_back(class_: Class) -> None:
    class_.lists(member("sub-frode"))
    class_.sync()
    class_.lists(member("sub-frode"), member("sub-ingrid", roles=LEARNER))
    class_.sync_again()
    ingrid = class_.membership("sub-ingrid")
    assert (ingrid.role, ingrid.launched, ingrid.left_at) == (Role.INSTRUCTOR, True, None)


def test_a_role_that_only_the_roster_tells_follows_it(class_: Class) -> None:
    roles = []
    for told in (LEARNER, INSTRUCTOR, LEARNER):
        class_.lists_everybody(member("new", roles=told))
        class_.sync_again()
        roles.append(class_.membership("new").role)
    assert roles == [Role.LEARNER, Role.INSTRUCTOR, Role.LEARNER]


@pytest.mark.parametrize("members", [[], [member("sub-lina", status="Deleted")], [{"name": "Nobody"}]])
def test_an_empty_roster_changes_nothing_and_counts_as_failure(class_: Class, members: list[dict[str, Any]]) -> None:
    class_.lists(*members)
    class_.sync()
    assert class_.left() == set()
    course = class_.course()
    assert (course.roster_failures, course.roster_failure, course.roster_synced_at) == (1, "empty", None)


def test_a_roster_that_breaks_off_changes_nothing_and_counts_as_failure(class_: Class) -> None:
    class_.platform.lists[class_.url()] = [[member("new-1")], [member("new-2")]]
    class_.platform.failures[class_.url() + "#page1"] = OutgoingError("answered 500", retry=True, status=500)
    class_.sync()
    assert class_.subjects() == {"sub-ingrid", "sub-lina", "sub-frode", "sub-amir"}
    assert class_.left() == set()
    assert class_.course().roster_failures == 1


def test_who_is_missing_from_a_list_with_an_entry_that_cannot_be_read_may_be_that_entry(class_: Class) -> None:
    class_.lists(member("sub-frode"), member("sub-amir", status="Deleted"), {"user_id": 7}, member("new"))
    class_.sync()
    assert class_.left() == {"sub-amir"}
    assert "new" in class_.subjects()


def test_somebody_listed_twice_is_one_person(class_: Class) -> None:
    class_.platform.lists[class_.url()] = [[member("new", "Nora")], [member("new", "Nora"), member("sub-lina")]]
    class_.sync()
    assert class_.subjects() >= {"new", "sub-lina"}


def test_other_courses_are_not_touched(class_: Class) -> None:
    class_.lists(member("new"), member("sub-una"))
    class_.sync()
    assert class_.subjects("TMA4100") == {"sub-una", "sub-stig"}
    assert count(class_, Membership, Membership.left_at.is_not(None)) == 4


def test_a_roster_that_says_nothing_new_writes_nobody_anew(class_: Class, count_statements: CountStatements) -> None:
    others = member("nameless"), member("teacher", roles=INSTRUCTOR)
    class_.lists_everybody(member("named", "Nora Nykommer"), *others)
    class_.sync()
    class_.lists_everybody(member("named"), *others)
    with count_statements() as statements:
        class_.sync_again()
    written = [statement for statement in statements if statement.startswith(("INSERT", "UPDATE"))]
    assert all(statement.startswith("UPDATE course") for statement in written)


def test_five_thousand_members_take_few_statements(class_: Class, count_statements: CountStatements) -> None:
    crowd = [member(f"crowd-{number}", f"Person {number}") for number in range(5000)]
    class_.platform.lists[class_.url()] = [crowd[start : start + 1000] for start in range(0, 5000, 1000)]
    chunks, always = 5000 // AT_ONCE, 20
    with count_statements() as first:
        class_.sync()
    assert count(class_, Membership, Membership.course_id == class_.cast.courses["TDT4100"]) == 5004
    assert len(first) < always + 3 * chunks
    with count_statements() as second:
        class_.sync_again()
    assert len(second) < always + chunks
    class_.lists_everybody(member("crowd-1"))
    with count_statements() as third:
        class_.sync_again()
    assert len(class_.left()) == 4999
    assert len(third) < always + 2 * chunks


def count(class_: Class, model: type[Any], *conditions: Any) -> int:
    return class_.session.scalars(select(func.count()).select_from(model).where(*conditions)).one()


def come(class_: Class, name: str) -> None:
    cast = class_.cast
    visit = NewVisit(cast.people[name], cast.courses["TDT4100"], cast.links["TDT4100", "om1"], Role.LEARNER, "en", None)
    open_visit(class_.session, visit)
    class_.session.commit()
