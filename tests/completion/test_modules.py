"""What there is of online modules, of which some or all are to be completed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.completion.records import Offer, Records, Work
from lti_tool.completion.verdicts import NextStep, Reason, Status
from lti_tool.modules.dates import Deadline, deadline
from lti_tool.programme.content import Step
from tests.completion.made import FULL, LAOS, NOW, done, item, offer, part

KEY = "online-modules"
GONE, TO_COME = deadline(NOW - timedelta(days=1), 0), deadline(NOW + timedelta(days=1), 0)


def _dated(found: Deadline, step: Step = Step.TEST, keys: tuple[str, ...] = LAOS.modules) -> Offer:
    return replace(offer(), deadlines={key: {step: found} for key in keys}, days_to_evaluate=7)


def test_two_complete_modules_do_it_whether_they_were_chosen_or_not() -> None:
    found = part(Records(offer(), work={"om3": done(5), "om5": done(2)}), KEY)
    assert (found.status, found.hours_done, found.done_at) == (Status.DONE, 6, NOW - timedelta(days=2))


def test_a_third_one_counts_nothing_extra_and_does_not_move_the_day() -> None:
    found = part(Records(offer(), work={"om3": done(5), "om5": done(2), "om1": done(1)}), KEY)
    assert (found.hours_done, found.done_at) == (6, NOW - timedelta(days=2))


def test_a_complete_module_counts_when_it_is_not_offered_any_more() -> None:
    found = part(Records(offer(), work={"om3": done(), "gone": done()}), KEY)
    assert (found.status, [one.key for one in found.items]) == (Status.DONE, ["om3", "gone"])


def test_one_of_two_is_half_of_the_hours() -> None:
    found = part(Records(offer(), work={"om1": done(), "om2": Work(chosen=True, begun=True)}), KEY)
    assert (found.status, found.hours_done, found.about) == (Status.ON_THE_WAY, 3, "om2")
    assert (found.reason, found.next_step) == (Reason.BEGUN, NextStep.WORK)


def test_whoever_has_not_chosen_enough_chooses_next() -> None:
    found = part(Records(offer(), work={"om1": Work(chosen=True)}), KEY)
    assert (found.reason, found.next_step, found.about) == (Reason.NOT_CHOSEN, NextStep.CHOOSE_MODULES, None)


def test_a_date_that_has_passed_is_a_risk_and_never_more() -> None:
    found = item(Records(_dated(GONE), work={"om1": Work(chosen=True)}), "om1")
    assert (found.status, found.reason, found.next_step) == (Status.AT_RISK, Reason.OVERDUE, NextStep.WORK)


def test_the_grace_after_a_date_is_no_risk_yet() -> None:
    in_grace = deadline(NOW - timedelta(hours=1), 24)
    assert item(Records(_dated(in_grace), work={"om1": Work(chosen=True)}), "om1").status is Status.ON_THE_WAY


def test_what_is_done_is_not_overdue() -> None:
    work = Work(chosen=True, begun=True, done=frozenset({Step.TEST}))
    assert item(Records(_dated(GONE), work={"om1": work}), "om1").status is Status.ON_THE_WAY


def test_an_extension_is_the_date_of_the_one_who_has_it() -> None:
    work = Work(chosen=True, deadlines={Step.TEST: TO_COME})
    found = item(Records(_dated(GONE), work={"om1": work}), "om1")
    assert (found.status, found.at) == (Status.ON_THE_WAY, TO_COME.due_at)


@pytest.mark.parametrize(
    ("handed_out_days_ago", "status"),
    [(None, Status.ON_THE_WAY), (2, Status.ON_THE_WAY), (8, Status.AT_RISK)],
    ids=["nothing to evaluate", "an essay that came late", "time enough"],
)
def test_nobody_is_late_who_had_no_time_to_evaluate(handed_out_days_ago: int | None, status: Status) -> None:
    handed_out = None if handed_out_days_ago is None else NOW - timedelta(days=handed_out_days_ago)
    work = Work(chosen=True, begun=True, handed_out_at=handed_out)
    assert item(Records(_dated(GONE, Step.EVALUATIONS), work={"om1": work}), "om1").status is status


def test_another_module_to_choose_keeps_from_risk() -> None:
    assert part(Records(_dated(GONE, keys=LAOS.modules[1:])), KEY).status is Status.ON_THE_WAY
    found = part(Records(_dated(GONE)), KEY)
    assert (found.status, found.next_step) == (Status.AT_RISK, NextStep.CHOOSE_MODULES)


def test_it_is_missed_when_too_few_modules_are_left_or_nobody_can_work_any_more() -> None:
    too_few = replace(offer(), modules={"om1": tuple(Step)})
    for one in (too_few, replace(offer(), over=True)):
        found = part(Records(one), KEY)
        assert (found.status, found.reason, found.next_step) == (
            Status.MISSED,
            Reason.NOT_OFFERED,
            NextStep.ASK_COORDINATOR,
        )


def test_where_all_of_some_are_asked_for_nobody_has_to_choose() -> None:
    offered = Offer(modules=dict.fromkeys(FULL.modules, (Step.ESSAY,)))
    found = part(Records(offered, work={"peers": done(), "test-only": done()}), "peers", FULL)
    assert [one.key for one in found.items] == ["peers", "everything"]
    assert (found.status, found.about, found.hours_done) == (Status.ON_THE_WAY, "everything", 3)
