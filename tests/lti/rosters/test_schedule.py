"""Which course's roster is read when, and by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete

from lti_tool.database import now
from lti_tool.http import OutgoingError
from lti_tool.lti.models import Deployment, DeploymentStatus, ToolKey
from lti_tool.lti.rosters import schedule
from lti_tool.lti.rosters.rules import DAY, HOUR, PAUSE
from lti_tool.lti.rosters.schedule import LEASE
from tests.lti.rosters.conftest import Class
from tests.lti.rosters.stand_in import member


def test_a_roster_is_read_when_it_is_due_and_is_then_due_the_next_day(class_: Class) -> None:
    class_.lists_everybody()
    moment = now()
    assert class_.sync()
    assert not class_.sync()
    course = class_.course()
    assert (course.roster_failures, course.roster_failure) == (0, None)
    assert course.roster_synced_at is not None
    assert course.roster_due_at is not None
    assert course.roster_synced_at >= moment
    assert course.roster_due_at - course.roster_synced_at == timedelta(seconds=DAY)


def test_the_sweep_reads_it_again_after_a_day_and_not_before(class_: Class) -> None:
    class_.lists_everybody()
    class_.sync()
    with time_machine.travel(now() + timedelta(hours=23), tick=False):
        assert not class_.sync()
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert class_.sync()


def test_who_is_due_longest_comes_first(class_: Class) -> None:
    for course in ("LAOS", "TMA4100"):
        class_.make_due(course)
    class_.course("TMA4100").roster_due_at = now() - timedelta(hours=1)
    class_.session.commit()
    errand = schedule.claim(class_.session)
    assert errand is not None
    assert errand.course_id == class_.cast.courses["TMA4100"]


def test_a_course_that_none_of_its_staff_has_visited_is_not_asked_for(class_: Class) -> None:
    class_.course().roster_due_at = None
    class_.session.commit()
    assert not class_.sync()


@pytest.mark.parametrize("status", [DeploymentStatus.INACTIVE, DeploymentStatus.PENDING])
def test_an_installation_that_is_not_approved_is_not_asked(class_: Class, status: DeploymentStatus) -> None:
    class_.session.get_one(Deployment, class_.cast.deployment_pk).status = status
    class_.session.commit()
    assert not class_.sync()
    assert not schedule.can_be_read(class_.session, class_.cast.courses["TDT4100"])
    assert schedule.claim_course(class_.session, class_.cast.courses["TDT4100"]) is None
    assert class_.platform.asked == []


def test_nobody_else_takes_a_course_while_it_is_being_read(class_: Class) -> None:
    assert schedule.claim(class_.session) is not None
    class_.session.commit()
    assert schedule.claim(class_.session) is None
    assert schedule.claim_course(class_.session, class_.cast.courses["TDT4100"]) is None


def test_a_course_whose_reader_died_is_due_again(class_: Class) -> None:
    schedule.claim(class_.session)
    class_.session.commit()
    with time_machine.travel(now() + LEASE + timedelta(seconds=1), tick=False):
        assert schedule.claim(class_.session) is not None


def test_a_reader_that_took_too_long_records_nothing(class_: Class) -> None:
    class_.lists(member("new"))

    def dawdle() -> None:
        class_.course().roster_due_at = now() + timedelta(hours=7)
        class_.session.commit()

    class_.platform.meanwhile = dawdle
    class_.sync()
    assert "new" not in class_.subjects()
    assert class_.left() == set()
    course = class_.course()
    assert course.roster_synced_at is None
    assert course.roster_due_at is not None
    assert course.roster_due_at > now() + timedelta(hours=6)


def test_somebody_may_ask_before_it_is_due(class_: Class) -> None:
    class_.course().roster_due_at = now() + timedelta(hours=5)
    class_.session.commit()
    assert schedule.claim_course(class_.session, class_.cast.courses["TDT4100"]) is not None


@pytest.mark.parametrize(
    ("error", "reason", "delay"),
    [
        (OutgoingError("answered 500", retry=True, status=500), "unreachable", HOUR),
        (OutgoingError("no answer", retry=True), "unreachable", HOUR),
        (OutgoingError("answered 429", retry=True, status=429, retry_after=7200), "unreachable", 2 * HOUR),
        (OutgoingError("answered 403", retry=False, status=403), "refused", DAY),
        (OutgoingError("answered 401", retry=False, status=401), "refused", DAY),
        (OutgoingError("answered 404", retry=False, status=404), "gone", DAY),
        (OutgoingError("answered 400", retry=False, status=400), "unreadable", HOUR),
    ],
)
def test_a_failure_is_noted_and_tried_again_later(
    class_: Class, error: OutgoingError, reason: str, delay: float
) -> None:
    class_.platform.failures[class_.url()] = error
    with time_machine.travel(now(), tick=False):
        class_.sync()
        course = class_.course()
        assert course.roster_due_at is not None
        waits = (course.roster_due_at - now()).total_seconds()
    assert (course.roster_failures, course.roster_failure, course.roster_synced_at) == (1, reason, None)
    assert delay <= waits <= 1.1 * delay


def test_failures_are_counted_and_forgotten_after_a_success(class_: Class) -> None:
    class_.platform.failures[class_.url()] = OutgoingError("no answer", retry=True)
    class_.sync_again()
    class_.sync_again()
    assert class_.course().roster_failures == 2
    class_.platform.failures.clear()
    class_.lists_everybody()
    class_.sync_again()
    assert (class_.course().roster_failures, class_.course().roster_failure) == (0, None)


def test_what_was_known_stays_when_a_later_attempt_fails(class_: Class) -> None:
    class_.lists_everybody(member("new"))
    class_.sync()
    synced_at = class_.course().roster_synced_at
    class_.platform.failures[class_.url()] = OutgoingError("no answer", retry=True)
    class_.sync_again()
    assert class_.course().roster_synced_at == synced_at
    assert class_.left() == set()


def test_a_platform_that_does_not_answer_is_not_asked_for_its_other_courses(class_: Class) -> None:
    class_.make_due("LAOS")
    class_.platform.failures = dict.fromkeys((class_.url(), class_.url("LAOS")), OutgoingError("no answer", retry=True))
    assert class_.sync()
    assert not class_.sync()
    assert len(class_.platform.asked) == 1
    other = class_.course("LAOS")
    assert other.roster_failures == 0
    assert other.roster_due_at is not None
    assert other.roster_due_at <= now() + timedelta(seconds=PAUSE)


def test_a_platform_that_refuses_one_course_is_asked_for_the_others(class_: Class) -> None:
    class_.make_due("LAOS")
    class_.platform.failures[class_.url()] = OutgoingError("answered 403", retry=False, status=403)
    class_.lists(member("sub-siri"), course="LAOS")
    assert class_.sync()
    assert class_.sync()
    assert class_.course("LAOS").roster_synced_at is not None


def test_a_mistake_of_ours_does_not_ask_the_platform_in_a_circle(class_: Class) -> None:
    class_.platform.lists = {}
    class_.sync()
    assert class_.course().roster_failure == "unreadable"
    assert not class_.sync()


def test_without_a_key_nothing_is_asked(class_: Class) -> None:
    class_.session.execute(delete(ToolKey))
    class_.session.commit()
    class_.sync()
    assert class_.course().roster_failures == 1
    assert class_.platform.asked == []


def test_c91_the_list_of_a_link_without_a_course_is_that_links(class_: Class) -> None:
    course = class_.course()
    course.context_id, course.roster_url = "\x1flink a b&c", f"{class_.url()}?x=1"
    class_.session.commit()
    errand = schedule.claim(class_.session)
    assert errand is not None
    assert errand.url == f"{class_.url()}?x=1&rlid=a+b%26c"


def test_c91_the_list_of_a_course_is_asked_for_as_the_platform_wrote_it(class_: Class) -> None:
    class_.lists_everybody()
    class_.sync()
    assert class_.platform.asked == [class_.url()]
