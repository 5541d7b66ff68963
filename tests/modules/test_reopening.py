"""A step that is reopened: the module is open again, its points are taken back, and come again."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.modules.actions import record_result, reopen_step
from lti_tool.modules.jobs import backfill
from lti_tool.modules.models import Participation, StepResult
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.models import LinkVisit, Person
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort
from lti_tool.texts import lazy_gettext as _l
from tests import work
from tests.cast import Cast
from tests.meeting import meeting
from tests.passback.conftest import (
    Outbox,
    outbox,  # noqa: F401 - a fixture
    tool_pem,  # noqa: F401 - a fixture
)

WHY = "One of your evaluations came back to you."


@pytest.fixture
def lina(cast: Cast) -> Cast:
    """Lina has finished the module, which she met in two courses."""
    for course in ("TDT4100", "LAOS"):
        cast.visit("lina", course=course)
    with work.done_before(cast) as session:
        work.complete(session, cast.people["lina"])
    return cast


def part_of(session: Session, cast: Cast) -> Participation:
    return work.take_part_in(session, cast.people["lina"])


def reopen(cast: Cast, step: Step = Step.EVALUATIONS) -> list[int]:
    with work.done_before(cast) as session:
        return reopen_step(session, part_of(session, cast), step, WHY)


def scores(cast: Cast) -> list[tuple[float, float, str, Delivery]]:
    with work.done_before(cast) as session:
        found = session.scalars(select(Score).order_by(Score.id))
        return [(score.given, score.maximum, score.comment, score.state) for score in found]


def send_all(cast: Cast) -> None:
    """As if every platform had taken what waits."""
    with work.done_before(cast) as session:
        for score in session.scalars(select(Score)):
            score.state, score.sent_at, score.sent_share = Delivery.SENT, now(), score.given / score.maximum


@pytest.mark.parametrize("step", list(Step))
def test_it_is_open_again_and_the_others_stay_done(lina: Cast, step: Step) -> None:
    reopen(lina, step)
    with work.done_before(lina) as session:
        part = part_of(session, lina)
        assert part.completed_at is None
        left = session.scalars(select(StepResult.step).where(StepResult.participation_id == part.id))
        assert set(left) == set(Step) - {step}


def test_the_points_are_taken_back_in_every_course_that_holds_them(lina: Cast) -> None:
    send_all(lina)
    assert len(reopen(lina)) == 2
    assert scores(lina) == [(0, 100, WHY, Delivery.WAITING)] * 2


def test_the_same_again_changes_nothing(lina: Cast) -> None:
    reopen(lina)
    send_all(lina)
    assert reopen(lina) == []
    assert {state for *_more, state in scores(lina)} == {Delivery.SENT}


def test_nothing_is_taken_back_from_a_module_that_was_not_complete(cast: Cast) -> None:
    cast.visit("lina", course="TDT4100")
    with work.done_before(cast) as session:
        work.submit_essay(session, cast.people["lina"])
    assert reopen(cast, Step.ESSAY) == []
    assert scores(cast) == []


def test_the_full_score_is_sent_again_once_the_step_is_done_anew(lina: Cast) -> None:
    send_all(lina)
    before = scores(lina)
    reopen(lina)
    send_all(lina)
    with work.done_before(lina) as session:
        again = record_result(session, part_of(session, lina), Step.EVALUATIONS)
    assert len(again) == 2
    assert [(given, most, comment) for given, most, comment, _state in scores(lina)] == [line[:3] for line in before]
    assert {state for *_more, state in scores(lina)} == {Delivery.WAITING}


def test_each_change_reaches_the_gradebook(outbox: Outbox) -> None:  # noqa: F811
    """Every gradebook takes it: fully graded, with points, and a newer time stamp than the one before."""
    session, lina = outbox.session, outbox.cast.person_id("lina")
    session.merge(LinkVisit(link_id=outbox.cast.links["TDT4100", "om1"], person_id=lina))
    work.complete(session, lina)
    session.commit()
    outbox.deliver_all()
    part = work.take_part_in(session, lina)
    reopen_step(session, part, Step.EVALUATIONS, WHY)
    session.commit()
    outbox.deliver_all()
    record_result(session, part, Step.EVALUATIONS)
    session.commit()
    outbox.deliver_all()
    sent = [request.json for request in outbox.lms.posts("/scores")]
    assert [(score["scoreGiven"], score["scoreMaximum"]) for score in sent] == [(100, 100), (0, 100), (100, 100)]
    assert {score["gradingProgress"] for score in sent} == {"FullyGraded"}
    assert sent[1]["comment"] == WHY
    assert [score["timestamp"] for score in sent] == sorted({score["timestamp"] for score in sent})


def test_what_the_same_module_brought_in_another_term_stays(lina: Cast) -> None:
    with work.done_before(lina) as session:
        part = part_of(session, lina)
        earlier = Cohort(programme_id=part.module.programme_id, term="2020-spring", is_open=False)
        session.add(earlier)
        session.flush()
        session.add(
            Participation(
                person_id=part.person_id,
                module_id=part.module_id,
                cohort_id=earlier.id,
                content_id=part.content_id,
                completed_at=now(),
            )
        )
    assert reopen(lina) == []
    assert {given for given, *_more in scores(lina)} == {100}


def test_a_lazy_comment_is_said_in_the_learners_language(lina: Cast) -> None:
    with work.done_before(lina) as session:
        session.get_one(Person, lina.people["lina"]).locale = "nb"
        part = part_of(session, lina)
        with lina.app.test_request_context():
            reopen_step(session, part, Step.EVALUATIONS, _l("Reason"))
    assert {comment for _given, _most, comment, _state in scores(lina)} == {"Begrunnelse"}


def test_a_course_that_is_met_meanwhile_gets_no_points(lina: Cast) -> None:
    with work.done_before(lina) as session:
        session.execute(Score.__table__.delete())  # type: ignore[attr-defined]
    reopen(lina)
    with work.done_before(lina) as session:
        assert backfill(session) == []


def test_points_that_are_filled_in_while_a_step_is_reopened_do_not_outlive_it(lina: Cast) -> None:
    with work.done_before(lina) as session:
        session.execute(Score.__table__.delete())  # type: ignore[attr-defined]

    def fill_in() -> list[int]:
        with lina.app.app_context():
            filled = backfill(db.session)
            db.session.commit()
            return filled

    def open_again(session: Session) -> None:
        reopen_step(session, part_of(session, lina), Step.EVALUATIONS, WHY)

    assert meeting(lina.app, open_again, fill_in) == []
    assert scores(lina) == []
