"""The task list and the one next step follow from the states of the steps alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.home.tasks import Part, Plan, Status, plan
from lti_tool.peer_review.models import EvaluationStatus
from lti_tool.peer_review.queries import EvaluationState, Task
from lti_tool.programme.content import Step
from lti_tool.quiz.queries import TestState as QuizState
from lti_tool.reflection.queries import EssayState, EssayStatus

THEN = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
NO_TEST = QuizState(0, None, None, 14, 12, passed=False, open_attempt=False)
NO_ESSAY = EssayState(EssayStatus.NONE, None, None, "", locked=False)
NO_EVALUATIONS = EvaluationState((), None, 0, ())
DRAFT = EssayState(EssayStatus.DRAFT, THEN, None, "A draft.", locked=False)
FAILED_ONCE = QuizState(1, None, 9, 14, 12, passed=False, open_attempt=False)
ESSAY_AND_TEST = {Step.TEST: THEN, Step.ESSAY: THEN}
USED_UP = QuizState(2, 2, 9, 14, 12, passed=False, open_attempt=False)


def evaluation(number: int, status: EvaluationStatus) -> Task:
    begun = None if status is EvaluationStatus.OPEN else THEN
    return Task(f"public-{number}", number, status, begun, THEN if status is EvaluationStatus.SUBMITTED else None)


def handed_out(*statuses: EvaluationStatus) -> EvaluationState:
    return EvaluationState(tuple(evaluation(n, s) for n, s in enumerate(statuses, 1)), None, 0, ())


def planned(
    test: QuizState = NO_TEST,
    essay: EssayState = NO_ESSAY,
    evaluations: EvaluationState = NO_EVALUATIONS,
    done: Mapping[Step, datetime] | None = None,
) -> Plan:
    return plan(test, essay, evaluations, done or {})


def test_a_newcomer_begins_with_the_reading() -> None:
    assert planned().next_part is Part.READING


def test_who_has_tried_the_test_is_sent_to_the_test_and_not_back_to_the_reading() -> None:
    found = planned(test=FAILED_ONCE)
    assert (found.next_part, found.task(Part.TEST).status) == (Part.TEST, Status.STARTED)


def test_who_wrote_a_draft_first_still_has_the_test_before_them() -> None:
    assert planned(essay=DRAFT).next_part is Part.TEST


def test_after_the_test_comes_the_essay_with_the_moment_of_its_draft() -> None:
    found = planned(essay=DRAFT, done={Step.TEST: THEN})
    assert (found.next_part, found.task(Part.ESSAY).at) == (Part.ESSAY, THEN)


def test_evaluations_open_only_when_the_essay_is_in() -> None:
    assert planned(done={Step.TEST: THEN}).task(Part.EVALUATIONS).status is Status.LATER


def test_nobody_to_evaluate_means_waiting_since_the_essay_joined() -> None:
    waiting = EvaluationState((), THEN, 2, ())
    found = planned(evaluations=waiting, done={Step.TEST: THEN, Step.ESSAY: THEN})
    assert (found.next_part, found.task(Part.EVALUATIONS).status, found.task(Part.EVALUATIONS).at) == (
        None,
        Status.WAITING,
        THEN,
    )


def test_waiting_for_an_essay_does_not_keep_anybody_from_the_test() -> None:
    assert planned(evaluations=EvaluationState((), THEN, 2, ()), done={Step.ESSAY: THEN}).next_part is Part.TEST


def test_one_evaluation_given_is_a_step_begun() -> None:
    state = handed_out(EvaluationStatus.SUBMITTED, EvaluationStatus.OPEN)
    found = planned(evaluations=state, done={Step.TEST: THEN, Step.ESSAY: THEN})
    assert (found.next_part, found.task(Part.EVALUATIONS).status) == (Part.EVALUATIONS, Status.STARTED)


def test_essays_handed_out_but_untouched_are_not_begun() -> None:
    state = handed_out(EvaluationStatus.OPEN, EvaluationStatus.OPEN)
    found = planned(evaluations=state, done={Step.TEST: THEN, Step.ESSAY: THEN})
    assert found.task(Part.EVALUATIONS).status is Status.NOT_STARTED


def test_a_begun_evaluation_comes_before_an_untouched_one() -> None:
    found = handed_out(EvaluationStatus.OPEN, EvaluationStatus.STARTED).next_task
    assert found is not None
    assert found.number == 2


def test_without_attempts_left_the_rest_of_the_module_stays_open() -> None:
    found = planned(test=USED_UP)
    assert (found.next_part, found.task(Part.TEST).status) == (Part.ESSAY, Status.STUCK)


def test_without_attempts_left_and_all_else_done_there_is_no_next_step_and_no_completion() -> None:
    found = planned(test=USED_UP, done={Step.ESSAY: THEN, Step.EVALUATIONS: THEN})
    assert (found.next_part, found.complete, found.done) == (None, False, 2)


def test_a_finished_step_stays_finished_whatever_happens_to_its_work_later() -> None:
    found = planned(done=dict.fromkeys(Step, THEN))
    assert (found.complete, found.next_part) == (True, None)


@given(
    test=st.sampled_from([NO_TEST, FAILED_ONCE, USED_UP]),
    essay=st.sampled_from([NO_ESSAY, DRAFT]),
    evaluations=st.one_of(
        st.just(NO_EVALUATIONS), st.lists(st.sampled_from(EvaluationStatus), max_size=2).map(lambda s: handed_out(*s))
    ),
    done=st.sets(st.sampled_from(Step)),
)
def test_the_next_step_is_always_one_that_can_be_done_now(
    test: QuizState, essay: EssayState, evaluations: EvaluationState, done: set[Step]
) -> None:
    found = planned(test, essay, evaluations, dict.fromkeys(done, THEN))
    if found.next_part is None:
        assert not {task.status for task in found.tasks} & {Status.NOT_STARTED, Status.STARTED}
    else:
        assert found.task(found.next_part).status in (Status.OPEN, Status.NOT_STARTED, Status.STARTED)


def test_a_returned_evaluation_comes_before_one_that_is_begun() -> None:
    begun, back = evaluation(1, EvaluationStatus.STARTED), evaluation(2, EvaluationStatus.SUBMITTED)
    state = EvaluationState((begun, replace(back, returned_at=THEN)), None, 0, ())
    found = state.next_task
    assert found is not None
    assert found.number == 2
    assert planned(evaluations=state, done=ESSAY_AND_TEST).task(Part.EVALUATIONS).status is Status.RETURNED


def test_a_returned_essay_is_to_be_written_anew_while_evaluations_go_on() -> None:
    back = EssayState(EssayStatus.SUBMITTED, THEN, THEN, "A text.", locked=False, returned_at=THEN, comment="More.")
    found = plan(NO_TEST, back, handed_out(EvaluationStatus.OPEN), {Step.TEST: THEN})
    assert (found.task(Part.ESSAY).status, found.next_part) == (Status.RETURNED, Part.ESSAY)
    assert found.task(Part.EVALUATIONS).status is Status.NOT_STARTED


def test_whoever_ran_out_of_time_can_do_something_about_it() -> None:
    state = EvaluationState((evaluation(1, EvaluationStatus.SUBMITTED),), None, 0, (), lapsed=1)
    found = planned(evaluations=state, done=ESSAY_AND_TEST)
    assert (found.next_part, found.task(Part.EVALUATIONS).status) == (Part.EVALUATIONS, Status.LAPSED)


def test_whoever_takes_no_part_any_more_is_offered_no_new_essay() -> None:
    state = EvaluationState((), None, 0, (), withdrawn=True, lapsed=2)
    assert planned(evaluations=state, done=ESSAY_AND_TEST).next_part is None
