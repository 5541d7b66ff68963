"""The programme as a whole: when it is done, who is exempt from it, and what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.completion.records import Records, Work
from lti_tool.completion.rules import judge
from lti_tool.completion.verdicts import NextStep, Reason, Status
from lti_tool.programme.content import ProgrammeContent
from tests.cast import small_programme
from tests.completion.made import FULL, LAOS, NOW, complete, date, done, offer, records


@pytest.mark.parametrize("programme", [LAOS, FULL], ids=["LAOS", "made up"])
def test_it_is_done_when_every_requirement_is(programme: ProgrammeContent) -> None:
    found = judge(programme, complete(programme), NOW)
    assert (found.status, found.next_step, found.hours_done) == (Status.DONE, NextStep.NOTHING, programme.hours)
    assert found.done_at == NOW - timedelta(days=1)
    assert all(part.status is Status.DONE for part in found.parts)


def test_one_meeting_less_and_it_is_not() -> None:
    whole = complete()
    for key in whole.held:
        less = whole._replace(held={**whole.held, key: whole.held[key]._replace(there=())})
        assert judge(LAOS, less, NOW).status is Status.MISSED


def test_the_worst_requirement_gives_the_reason_and_the_next_step() -> None:
    missed = date(1, in_days=-3)
    found = judge(LAOS, records(missed, absent=[1])._replace(work={"om1": done()}), NOW)
    assert (found.status, found.reason, found.about) == (Status.MISSED, Reason.NO_DATE_LEFT, "core-modules")
    assert found.lead is not None
    assert found.lead.about == "core-1"


def test_what_somebody_can_do_comes_before_what_they_wait_for() -> None:
    found = judge(LAOS, Records(offer(), work={"om1": Work(chosen=True), "om2": Work(chosen=True)}), NOW)
    assert (found.next_step, found.about) == (NextStep.WORK, "online-modules")


def test_approved_training_exempts_and_is_named() -> None:
    found = judge(LAOS, Records(offer(), recognised="teacher-education"), NOW)
    assert (found.status, found.reason, found.because) == (Status.EXEMPT, Reason.RECOGNISED, "teacher-education")
    assert found.hours_done == 0


@pytest.mark.parametrize(
    ("positions", "status", "reason"),
    [
        (("student-assistant",), Status.EXEMPT, Reason.NOT_REQUIRED),
        (("phd-candidate",), Status.EXEMPT, Reason.ELSEWHERE),
        (("phd-candidate", "student-assistant"), Status.EXEMPT, Reason.NOT_REQUIRED),
        (("learning-assistant", "student-assistant"), Status.ON_THE_WAY, Reason.NOT_CHOSEN),
        (("unheard-of",), Status.ON_THE_WAY, Reason.NOT_CHOSEN),
        ((), Status.ON_THE_WAY, Reason.NOT_CHOSEN),
    ],
    ids=["none needs it", "meant for others", "either", "one needs it", "unknown", "on no list"],
)
def test_positions_exempt_when_none_of_them_needs_the_training(
    positions: tuple[str, ...], status: Status, reason: Reason
) -> None:
    found = judge(LAOS, Records(offer(), positions=positions), NOW)
    assert (found.status, found.reason) == (status, reason)


def test_whoever_has_done_it_all_has_done_it_exempt_or_not() -> None:
    found = judge(LAOS, complete()._replace(recognised="teacher-education", positions=("student-assistant",)), NOW)
    assert (found.status, found.because) == (Status.DONE, None)


def test_a_programme_that_asks_for_nothing_is_never_done() -> None:
    found = judge(small_programme(), Records(work={"om1": done()}), NOW)
    assert (found.status, found.reason) == (Status.ON_THE_WAY, Reason.NOTHING_ASKED)
