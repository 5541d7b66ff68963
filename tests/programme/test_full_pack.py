"""A programme that is in no code: it loads beside others, its pages show it, and it can be completed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation, StepDate
from lti_tool.modules.programmes import modules_for
from lti_tool.peer_review.models import Pool
from lti_tool.programme.actions import load_programme
from lti_tool.programme.content import ModuleContent, ProgrammeContent, Step
from lti_tool.programme.models import Cohort, OnlineModule
from lti_tool.programme.pack import Pack, read_pack
from lti_tool.programme.queries import current_modules
from lti_tool.programme.requirements import Attendance, Completion
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.programme.full_pack import MODULES, write_full_pack
from tests.work import done_before

TODAY = date(2026, 9, 1)
ESSAY = "I asked them what they had tried before I said anything."


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return read_pack(write_full_pack(tmp_path_factory.mktemp("packs")))


@pytest.fixture
def loaded(cast: Cast, session: Session, full: Pack) -> Cast:
    """Beside the programme of the cast, and the one in which Lina took part before."""
    load_programme(session, read_pack("uio"), TODAY)
    load_programme(session, full, TODAY)
    session.commit()
    return cast


def test_all_of_it_is_read_and_unchanged_by_the_way_through_json(full: Pack) -> None:
    assert {module.key: tuple(map(str, module.steps)) for module in full.modules} == MODULES
    assert ProgrammeContent.model_validate_json(full.programme.model_dump_json()) == full.programme
    for module in full.modules:
        assert ModuleContent.model_validate_json(module.model_dump_json()) == module


def test_requirements_are_of_both_kinds(full: Pack) -> None:
    core, own, choice, peers = full.programme.requirements
    assert isinstance(core, Attendance)
    assert isinstance(own, Attendance)
    assert isinstance(choice, Completion)
    assert isinstance(peers, Completion)
    assert (core.hours, core.held_by, own.held_by) == (3.0, "programme", "course")
    assert (choice.choose, len(choice.modules), peers.choose) == (2, 3, None)


def test_readers_of_nynorsk_get_bokmal_where_a_module_has_no_nynorsk(full: Pack) -> None:
    titles = {module.key: module.title_in("nn") for module in full.modules}
    assert (titles["everything"], titles["peers"]) == ("everything nn", "peers nb")
    assert full.modules[0].title_in("fi") == "test-only en"


def test_several_programmes_lie_side_by_side(loaded: Cast, session: Session) -> None:
    keys = [module.key for module in current_modules(session)]
    assert keys == ["om1", "lap-assignment", *MODULES]
    assert [module.key for module in modules_for(session, loaded.people["una"])] == ["om1"]


def test_a_new_cohort_has_the_usual_dates_of_the_steps_that_its_modules_have(loaded: Cast, session: Session) -> None:
    rows = session.execute(
        select(OnlineModule.key, StepDate.step, StepDate.due_at, StepDate.grace_hours)
        .join(OnlineModule, OnlineModule.id == StepDate.module_id)
        .where(OnlineModule.key.in_(MODULES))
    )
    found = {(row.key, row.step): (row.due_at, row.grace_hours) for row in rows}
    with_essay = {(key, Step.ESSAY) for key, steps in MODULES.items() if "essay" in steps}
    assert found.keys() == with_essay | {("peers", Step.EVALUATIONS), ("everything", Step.EVALUATIONS)}
    # 23:59 in New York, 30 and 60 days after the first of January.
    assert found["essay-only", Step.ESSAY] == (datetime(2026, 2, 1, 4, 59, tzinfo=UTC), 12)
    assert found["peers", Step.ESSAY] == (datetime(2026, 3, 3, 4, 59, tzinfo=UTC), 0)
    days = select(Cohort.days_to_evaluate).join(OnlineModule, OnlineModule.programme_id == Cohort.programme_id)
    assert session.scalars(days.where(OnlineModule.key == "peers")).one() == 3


def hand_in(browser: Browser, key: str, language: str = "en") -> None:
    data = {"version": "0", "text": ESSAY, "language": language, "action": "submit"}
    assert browser.post(f"modules/{key}/essay", data).status_code == 303


def take_test(browser: Browser, key: str) -> None:
    browser.post(f"modules/{key}/test/attempts")
    browser.post(f"modules/{key}/test/attempts/1", {"q-first": "a", "action": "submit"})


def evaluate(browser: Browser, key: str) -> None:
    """Both evaluations of a module, as its page hands them out."""
    for _ in range(2):
        page = browser.get(f"modules/{key}").text
        address = page.split("/evaluations/")[1].split('"')[0]
        browser.post(f"evaluations/{address}/start")
        fields = {"level-clear": "l2", "comment-clear": "Clear.", "overall": "Thanks."}
        version = (
            browser.get(f"evaluations/{address}").text.split('name="version"')[1].split('value="')[1].split('"')[0]
        )
        browser.post(f"evaluations/{address}", {**fields, "version": version, "action": "submit"})


def test_every_module_shows_what_it_has_and_can_be_completed(loaded: Cast) -> None:
    browsers = {name: loaded.visit(name) for name in ("lina", "frode", "amir")}
    for key, steps in MODULES.items():
        for number, browser in enumerate(browsers.values()):
            for page in ("", "/reading", *(f"/{step}" for step in steps)):
                assert problems_of(browser.get(f"modules/{key}{page}").text) == []
            if "test" in steps:
                take_test(browser, key)
            if "essay" in steps:
                hand_in(browser, key, "nb" if number else "en")
        if "evaluations" in steps:
            evaluate(browsers["lina"], key)
    with done_before(loaded) as session:
        query = select(OnlineModule.key).join(Participation).where(Participation.completed_at.is_not(None))
        done = list(session.scalars(query.where(Participation.person_id == loaded.person_id("lina"))))
        assert sorted(done) == sorted(MODULES)
        assert list(session.scalars(select(Pool.language))) == ["mul", "mul"]
