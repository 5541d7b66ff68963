"""Giving an evaluation: the evaluator's pages."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import StepResult
from lti_tool.peer_review.models import EvaluationStatus
from lti_tool.peer_review.queries import evaluation_state
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.pages import problems_of
from tests.peer_review.conftest import Arrive
from tests.peer_review.giving import fill, row, writer_of


@pytest.fixture
def tasks(arrive: Arrive, session: Session) -> list[str]:
    """Lina's two evaluations, among five authors; Frode, Amir, Siri and Tuva are the others."""
    lina = arrive.named("lina", "frode", "amir", "siri", "tuva")[0]
    return [task.public_id for task in evaluation_state(session, lina.id).tasks]


@pytest.fixture
def lina(cast: Cast) -> Browser:
    return cast.visit("lina")


def test_the_essay_is_shown_only_after_beginning(tasks: list[str], lina: Browser, session: Session) -> None:
    assert "many words of praise" not in lina.get(f"evaluations/{tasks[0]}").text
    assert lina.post(f"evaluations/{tasks[0]}/start").status_code == 303
    assert "many words of praise" in lina.get(f"evaluations/{tasks[0]}").text
    assert row(session, tasks[0]).status is EvaluationStatus.STARTED


def test_beginning_locks_the_essay_and_only_that(tasks: list[str], lina: Browser, session: Session) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    lina.post(f"evaluations/{tasks[0]}/start")
    locked = session.scalars(select(Essay.id).where(Essay.locked_at.is_not(None))).all()
    assert locked == [row(session, tasks[0]).author.essay_id]


def test_a_submitted_evaluation_counts_and_two_finish_the_step(
    tasks: list[str], lina: Browser, session: Session
) -> None:
    for count, public_id in enumerate(tasks, start=1):
        lina.post(f"evaluations/{public_id}/start")
        answer = lina.post(f"evaluations/{public_id}", fill())
        assert answer.status_code == 303
        assert row(session, public_id).status is EvaluationStatus.SUBMITTED
        done = session.scalars(select(StepResult.step).where(StepResult.step == Step.EVALUATIONS)).all()
        assert len(done) == (1 if count == 2 else 0)


def test_submitting_twice_changes_nothing(tasks: list[str], lina: Browser, session: Session) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    lina.post(f"evaluations/{tasks[0]}", fill())
    first = row(session, tasks[0]).submitted_at
    assert lina.post(f"evaluations/{tasks[0]}", fill()).status_code == 303
    assert row(session, tasks[0]).submitted_at == first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level-c1": ""}, "Criterion 1: choose the level that fits best."),
        ({"comment-c2": "Two words"}, "Criterion 2: write at least 3 words; there are 2 now."),
        ({"overall": "  "}, "Overall: write at least 3 words; there are 0 now."),
    ],
)
def test_guarantee_12_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    tasks: list[str], lina: Browser, session: Session, changes: dict[str, str], message: str
) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    answer = lina.post(f"evaluations/{tasks[0]}", fill(**changes))
    assert answer.status_code == 422
    assert message in answer.text
    assert "You show it well" in answer.text
    assert row(session, tasks[0]).answers is None


def test_guarantee_12_a_draft_is_saved_by_the_script_and_found_again(tasks: list[str], lina: Browser) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    body = {"criteria": {"c1": {"level": "l4", "comment": "So far"}}, "overall": "", "version": 1}
    saved = lina.send_json("PUT", f"evaluations/{tasks[0]}/draft", body)
    assert saved.status_code == 200
    assert saved.get_json()["version"] == 2
    page = lina.get(f"evaluations/{tasks[0]}").text
    assert "So far" in page
    assert page.count("checked") == 1


def test_a_second_tab_does_not_overwrite_the_first(tasks: list[str], lina: Browser, session: Session) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    mine = {"criteria": {"c1": {"level": "", "comment": "First tab"}}, "overall": "", "version": 1}
    lina.send_json("PUT", f"evaluations/{tasks[0]}/draft", mine)
    other = {"criteria": {"c1": {"level": "", "comment": "Second tab"}}, "overall": "", "version": 1}
    refused = lina.send_json("PUT", f"evaluations/{tasks[0]}/draft", other)
    assert refused.status_code == 409
    assert refused.get_json()["criteria"]["c1"]["comment"] == "First tab"
    by_form = lina.post(f"evaluations/{tasks[0]}", fill(**{"comment-c1": "From the second tab"}))
    assert by_form.status_code == 409
    assert "First tab" in by_form.text
    assert "From the second tab" in by_form.text
    assert row(session, tasks[0]).draft["criteria"]["c1"]["comment"] == "First tab"


def test_guarantee_12_a_better_version_can_be_submitted_until_the_author_has_read_it(
    tasks: list[str], lina: Browser, cast: Cast, session: Session
) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    lina.post(f"evaluations/{tasks[0]}", fill())
    assert lina.post(f"evaluations/{tasks[0]}", fill(2, overall="Even better than before")).status_code == 303
    given = row(session, tasks[0])
    assert given.answers is not None
    assert given.answers["overall"] == "Even better than before"
    author, number = writer_of(cast, session, tasks[0])
    assert author.post(f"modules/om1/received/{number}").status_code == 303
    closed = lina.post(f"evaluations/{tasks[0]}", fill(3, overall="Too late for this one"))
    assert closed.status_code == 409
    assert "Too late for this one" in closed.text
    assert row(session, tasks[0]).answers["overall"] == "Even better than before"  # type: ignore[index]


def test_an_evaluation_that_was_not_begun_takes_no_answers_and_shows_no_essay(
    tasks: list[str], lina: Browser, session: Session
) -> None:
    body = {"criteria": {}, "overall": "Hello", "version": 1}
    by_script = lina.send_json("PUT", f"evaluations/{tasks[0]}/draft", body)
    by_form = lina.post(f"evaluations/{tasks[0]}", fill())
    assert (by_script.status_code, by_form.status_code) == (409, 409)
    assert "You have not begun this evaluation" in by_form.text
    assert "many words of praise" not in by_form.text
    assert row(session, tasks[0]).draft == {}


def test_the_whole_way_without_script(tasks: list[str], lina: Browser, session: Session) -> None:
    """The plain form: begin, save half of it, find it again, submit the rest."""
    lina.post(f"evaluations/{tasks[0]}/start")
    half = fill(action="save", overall="", **{"comment-c2": "", "level-c2": ""})
    assert lina.post(f"evaluations/{tasks[0]}", half).location.endswith("?notice=saved")
    page = lina.get(f"evaluations/{tasks[0]}").text
    assert "You show it well" in page
    assert problems_of(page) == []
    assert 'name="version" type="hidden" value="2"' in page
    assert row(session, tasks[0]).answers is None
    answer = lina.post(f"evaluations/{tasks[0]}", fill(2))
    assert answer.location.endswith("modules/om1?notice=submitted")
    assert row(session, tasks[0]).answers == row(session, tasks[0]).draft


def test_a_conflict_without_script_shows_both_and_keeps_the_one_that_is_chosen(
    tasks: list[str], lina: Browser, session: Session
) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    lina.post(f"evaluations/{tasks[0]}", fill(action="save", overall="From the first tab"))
    page = lina.post(f"evaluations/{tasks[0]}", fill(action="save", overall="From the second tab")).text
    assert "From the first tab" in page
    assert page.count("level 2 of 4") == 1
    assert problems_of(page) == []
    lina.post(f"evaluations/{tasks[0]}", fill(2, action="save", overall="From the second tab"))
    assert row(session, tasks[0]).draft["overall"] == "From the second tab"


def test_every_link_of_the_error_summary_leads_to_a_field(tasks: list[str], lina: Browser) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    page = lina.post(f"evaluations/{tasks[0]}", {"version": "1", "action": "submit"}).text
    targets = re.findall(r'<li><a href="#([^"]+)">', page)
    assert targets == ["level-c1-0", "comment-c1", "level-c2-0", "comment-c2", "overall"]
    assert all(f'id="{target}"' in page for target in targets)
    assert problems_of(page) == []


@pytest.mark.parametrize("changes", [{"action": "approve"}, {"version": "x"}, {"version": ""}, {"level-c1": "l9"}])
def test_a_form_that_is_not_the_pages_own_is_refused(
    tasks: list[str], lina: Browser, session: Session, changes: dict[str, str]
) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    assert lina.post(f"evaluations/{tasks[0]}", {**fill(), **changes}).status_code == 400
    assert row(session, tasks[0]).draft == {}


def test_looking_at_an_evaluation_writes_nothing(
    tasks: list[str], lina: Browser, session: Session, count_statements: CountStatements
) -> None:
    lina.get()
    with count_statements() as statements:
        lina.get(f"evaluations/{tasks[0]}")
        lina.get("modules/om1/evaluations")
    assert [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))] == []


@pytest.mark.parametrize("name", ["frode", "amir", "siri", "tuva"])
def test_nobody_opens_or_changes_somebody_elses_evaluation(
    tasks: list[str], cast: Cast, session: Session, name: str
) -> None:
    browser = cast.visit(name)
    assert browser.get(f"evaluations/{tasks[0]}").status_code == 404
    assert browser.post(f"evaluations/{tasks[0]}/start").status_code == 404
    assert browser.post(f"evaluations/{tasks[0]}", fill()).status_code == 404
    assert row(session, tasks[0]).status is EvaluationStatus.OPEN


def test_staff_do_not_write_evaluations(tasks: list[str], cast: Cast) -> None:
    assert cast.visit("kari").post(f"evaluations/{tasks[0]}/start").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"criteria": {"c9": {"level": "", "comment": ""}}, "overall": "", "version": 1},
        {"criteria": {"c1": {"level": "l9", "comment": ""}}, "overall": "", "version": 1},
        {"criteria": {"c1": {"level": 3, "comment": ""}}, "overall": "", "version": 1},
        {"criteria": {}, "overall": "", "version": "1"},
        {"criteria": {}, "overall": ""},
    ],
)
def test_answers_of_another_form_are_refused(tasks: list[str], lina: Browser, session: Session, body: object) -> None:
    lina.post(f"evaluations/{tasks[0]}/start")
    assert lina.send_json("PUT", f"evaluations/{tasks[0]}/draft", body).status_code == 400
    assert row(session, tasks[0]).draft == {}


def test_guarantee_4_an_evaluation_given_counts_whatever_one_receives(
    tasks: list[str], lina: Browser, session: Session
) -> None:
    """The ledger of given evaluations is the evaluator's: it does not ask what became of the essay."""
    for public_id in tasks:
        lina.post(f"evaluations/{public_id}/start")
        lina.post(f"evaluations/{public_id}", fill())
    results = session.scalars(select(StepResult).where(StepResult.step == Step.EVALUATIONS)).all()
    assert len(results) == 1
    assert evaluation_state(session, results[0].participation_id).received == ()
