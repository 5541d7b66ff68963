"""What the demo's people have done: every story holds, and whoever comes next can finish at once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.demo_lms.cast import (
    COORDINATOR,
    LEARNING_ASSISTANTS,
    OTHER_MODULE,
    PEOPLE,
    other_programme_course,
    programme_course,
)
from lti_tool.demo_lms.seed_story import CHOICES, OTHER_WRITER, WRITERS
from lti_tool.demo_lms.seed_work import MODULE, evaluation_texts
from lti_tool.demo_lms.state import now
from lti_tool.demo_lms.tool_seed import look_at_work
from lti_tool.modules.dates import Deadline, deadlines_of
from lti_tool.modules.models import ModuleChoice, Participation
from lti_tool.modules.programmes import modules_for
from lti_tool.modules.queries import Standing, standing_of
from lti_tool.passback.models import Delivery, Score
from lti_tool.peer_review.actions import start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers
from lti_tool.peer_review.models import Author, Doubt, Evaluation, EvaluationStatus, Pool
from lti_tool.peer_review.queries import EvaluationState, evaluation_state
from lti_tool.people.models import Course, Membership, Person
from lti_tool.programme.content import Step
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import current_module
from lti_tool.quiz.queries import test_state as state_of_test
from lti_tool.reflection.actions import submit_essay
from lti_tool.reflection.models import Essay, EssayMatch
from lti_tool.reflection.queries import EssayStatus, essay_state
from tests.databases import rows_of
from tests.demo_lms.seeding import on_sqlite, seed

LANGUAGES = {member.sub: member.locale for member in LEARNING_ASSISTANTS}
# Three write in Norwegian, one in English.
NEWCOMERS = ("la-ingrid", "la-mateusz", "la-leila", "la-sindre")
ESSAY = "A newcomer asked a student what she had tried, and waited for the answer. " * 25
pytestmark = on_sqlite


def person(session: Session, sub: str) -> int:
    return session.scalars(select(Person.id).where(Person.subject == sub)).one()


def standing(session: Session, sub: str) -> Standing:
    return standing_of(session, person(session, sub), MODULE)


def evaluations(session: Session, sub: str) -> EvaluationState:
    return evaluation_state(session, standing(session, sub).participation_id)


@pytest.mark.parametrize("sub", ["la-ingrid", "la-mateusz"])
def test_whoever_starts_at_the_first_page_has_never_been_here(seeded: Session, sub: str) -> None:
    assert seeded.scalars(select(Person.id).where(Person.subject == sub)).all() == []


@pytest.mark.parametrize("sub", ["la-amina", "la-nils"])
def test_those_who_have_done_everything_wait_for_their_grades(seeded: Session, sub: str) -> None:
    assert set(standing(seeded, sub).done) == set(Step)
    scores = seeded.scalars(select(Score).where(Score.person_id == person(seeded, sub))).all()
    assert [(score.given, score.state) for score in scores] == [(100, Delivery.WAITING)] * 2


def test_one_failed_first(seeded: Session) -> None:
    stands = standing(seeded, "la-nils")
    test = state_of_test(seeded, stands.participation_id, stands.content)
    assert (test.attempts_used, test.passed) == (2, True)


@pytest.mark.parametrize(
    ("sub", "tasks"),
    [
        ("la-thuy", [EvaluationStatus.SUBMITTED, EvaluationStatus.STARTED]),
        ("la-oda", [EvaluationStatus.SUBMITTED, EvaluationStatus.OPEN]),
        ("la-priya", [EvaluationStatus.OPEN, EvaluationStatus.OPEN]),
        ("la-eirik", [EvaluationStatus.OPEN, EvaluationStatus.OPEN]),
        ("la-daniel", [EvaluationStatus.SUBMITTED, EvaluationStatus.OPEN]),
        ("la-elif", [EvaluationStatus.OPEN, EvaluationStatus.OPEN]),
    ],
)
def test_the_others_with_an_essay_have_something_left(seeded: Session, sub: str, tasks: list[EvaluationStatus]) -> None:
    assert set(standing(seeded, sub).done) == {Step.TEST, Step.ESSAY}
    assert [task.status for task in evaluations(seeded, sub).tasks] == tasks


def test_one_has_a_draft_and_one_has_failed_the_test(seeded: Session) -> None:
    drafter = standing(seeded, "la-leila")
    assert set(drafter.done) == {Step.TEST}
    assert essay_state(seeded, drafter.participation_id).status is EssayStatus.DRAFT
    failed = standing(seeded, "la-sindre")
    test = state_of_test(seeded, failed.participation_id, failed.content)
    assert (test.attempts_used, test.passed) == (1, False)


def test_nothing_was_done_in_the_future_and_steps_keep_their_order(seeded: Session) -> None:
    for writer in WRITERS:
        stands = standing(seeded, writer.sub)
        moments = [stands.done[step] for step in Step if step in stands.done]
        assert moments == sorted(moments)
        assert moments[-1] < now()


def test_people_and_courses_are_called_as_the_lms_calls_them(seeded: Session) -> None:
    names = {sub: name for sub, name in seeded.execute(select(Person.subject, Person.name)) if name}
    cast = {member.sub: f"{member.given_name} {member.family_name}" for member in PEOPLE}
    assert len(names) == 13
    assert names.items() <= cast.items()
    titles = set(seeded.scalars(select(Course.title)))
    today = now().date()
    programmes = {programme_course(today).title, other_programme_course(today).title}
    assert titles == programmes | {"TDT4100 Object-oriented programming"}
    assert seeded.scalar(select(func.count()).select_from(Membership)) == 23


def test_a_second_start_changes_nothing(seeded: Session) -> None:
    before = everything(seeded)
    assert everything(seed(seeded)) == before


def everything(session: Session) -> dict[str, list[str]]:
    return {name: sorted(map(repr, rows)) for name, rows in rows_of(session).items()}


def test_one_has_more_time_than_the_others(seeded: Session) -> None:
    def deadlines(sub: str) -> dict[Step, Deadline]:
        module = current_module(seeded, MODULE)
        return deadlines_of(seeded, person(seeded, sub), module.cohort_id, module.id)

    assert deadlines("la-leila")[Step.ESSAY].extended
    assert deadlines("la-leila")[Step.TEST] == deadlines("la-sindre")[Step.TEST]
    assert deadlines("la-leila")[Step.ESSAY].due_at > deadlines("la-sindre")[Step.ESSAY].due_at


def test_most_have_chosen_a_second_module(seeded: Session) -> None:
    rows = seeded.execute(
        select(Person.subject, OnlineModule.key)
        .join(ModuleChoice, ModuleChoice.person_id == Person.id)
        .join(OnlineModule, OnlineModule.id == ModuleChoice.module_id)
    )
    workers = {*(writer.sub for writer in WRITERS), "la-leila", "la-sindre"}
    begun = {(sub, MODULE) for sub in workers} | {(OTHER_WRITER.sub, OTHER_MODULE)}
    assert {tuple(row) for row in rows} == begun | set(CHOICES.items())


def test_one_has_read_both_evaluations_of_their_essay_and_they_disagree(seeded: Session) -> None:
    assert [received.read_at is not None for received in about(seeded, "la-amina")] == [True, True]
    look_at_work()
    assert {doubt.gap for doubt in doubts(seeded, "la-amina")} == {2}


def test_the_most_doubtful_evaluation_is_flagged_copied_and_hasty(seeded: Session) -> None:
    look_at_work()
    first, second, *_ = seeded.scalars(select(Doubt).order_by(Doubt.points.desc()))
    assert (first.flagged, first.copied_share, first.seconds < first.seconds_needed) == (True, 1, True)
    assert (second.not_useful, second.evaluation_id) == (True, first.copied_id)
    assert {doubt.points for doubt in doubts(seeded, "la-eirik")} == {0}


def test_one_essay_has_a_passage_of_another(seeded: Session) -> None:
    look_at_work()
    match = seeded.scalars(select(EssayMatch)).one()
    essays = [seeded.get_one(Essay, number) for number in (match.essay_id, match.other_id)]
    assert [essay.participation.person.subject for essay in essays] == ["la-eirik", "la-nils"]


def test_one_has_handed_in_the_essay_of_the_other_programme_and_needs_nobody_else(seeded: Session) -> None:
    stands = standing_of(seeded, person(seeded, OTHER_WRITER.sub), OTHER_MODULE)
    assert (stands.content.steps, set(stands.done)) == ((Step.ESSAY,), {Step.ESSAY})
    assert stands.completed_at
    assert [module.key for module in modules_for(seeded, person(seeded, OTHER_WRITER.sub))] == [OTHER_MODULE]


def test_the_coordinator_has_returned_one_evaluation_and_approved_one(seeded: Session) -> None:
    (returned,) = [one for one in about(seeded, "la-priya") if one.returned_at]
    (approved,) = [one for one in about(seeded, "la-nils") if one.approved_at]
    assert returned.evaluator.participation.person.subject == "la-daniel"
    assert approved.approved_by == person(seeded, COORDINATOR.sub)


def about(session: Session, sub: str) -> list[Evaluation]:
    """The evaluations that somebody has submitted of that author's essay."""
    return list(
        session.scalars(
            select(Evaluation)
            .join(Author, Author.id == Evaluation.author_id)
            .join(Participation, Participation.id == Author.participation_id)
            .where(Participation.person_id == person(session, sub), Evaluation.submitted_at.is_not(None))
        )
    )


def doubts(session: Session, sub: str) -> list[Doubt]:
    return [session.get_one(Doubt, evaluation.id) for evaluation in about(session, sub)]


def test_everybody_writes_and_evaluates_in_their_own_language(seeded: Session) -> None:
    rows = seeded.execute(
        select(Person.subject, Essay.submitted_language, Pool.language)
        .join(Participation, Participation.person_id == Person.id)
        .join(Essay, Essay.participation_id == Participation.id)
        .join(Author, Author.essay_id == Essay.id)
        .join(Pool, Pool.id == Author.pool_id)
    )
    assert {row.subject: (row.submitted_language, row.language) for row in rows} == {
        writer.sub: (LANGUAGES[writer.sub],) * 2 for writer in WRITERS
    }


def test_newcomers_can_finish_at_once_one_after_the_other(seeded: Session) -> None:
    for sub in NEWCOMERS:
        tasks = arrive(seeded, sub).tasks
        assert len(tasks) == 2
        for task in tasks:
            evaluate(seeded, sub, task.public_id)


def test_newcomers_can_finish_at_once_when_none_of_them_goes_on(seeded: Session) -> None:
    for sub in NEWCOMERS:
        assert len(arrive(seeded, sub).tasks) == 2


def test_a_newcomer_can_finish_after_the_others_have(seeded: Session) -> None:
    for sub in ("la-priya", "la-thuy"):
        for task in evaluations(seeded, sub).tasks:
            if task.status is not EvaluationStatus.SUBMITTED:
                evaluate(seeded, sub, task.public_id)
    for sub in ("la-ingrid", "la-mateusz"):
        assert len(arrive(seeded, sub).tasks) == 2


def arrive(session: Session, sub: str) -> EvaluationState:
    known = session.scalars(select(Person)).first()
    assert known is not None
    if session.scalars(select(Person).where(Person.subject == sub)).first() is None:
        session.add(Person(platform_id=known.platform_id, subject=sub, name=None))
        session.flush()
    stands = standing(session, sub)
    version = 1 if essay_state(session, stands.participation_id).saved_at else 0
    module, language = current_module(session, MODULE), LANGUAGES[sub]
    submit_essay(session, person(session, sub), module, ESSAY, version, language=language)
    session.commit()
    return evaluations(session, sub)


def evaluate(session: Session, sub: str, public_id: str) -> None:
    evaluation = start_evaluation(session, person(session, sub), public_id)
    answers = Answers.model_validate(evaluation_texts("la-amina")[0])
    submit_evaluation(session, person(session, sub), public_id, answers, evaluation.version)
    session.commit()
