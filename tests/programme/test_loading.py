"""Loading a content pack into the database."""

from __future__ import annotations

import multiprocessing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.cli import main
from lti_tool.database import Base, db
from lti_tool.errors import DomainError
from lti_tool.programme.actions import digest_of, load_programme
from lti_tool.programme.models import Cohort, ModuleContent, OnlineModule, Programme
from lti_tool.programme.pack import Pack, read_pack
from lti_tool.programme.queries import current_modules
from tests.programme.small_pack import MODULE, edit

AUTUMN, SPRING = date(2026, 11, 20), date(2027, 2, 1)


@pytest.fixture
def pack(small_pack: Path) -> Pack:
    return read_pack(small_pack)


def contents(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the programme's tables."""
    tables = (Programme, Cohort, OnlineModule, ModuleContent)
    return {
        table.__tablename__: [tuple(row) for row in session.execute(select(Base.metadata.tables[table.__tablename__]))]
        for table in tables
    }


def test_a_loaded_module_can_be_started(session: Session, pack: Pack) -> None:
    loaded = load_programme(session, pack, AUTUMN)
    (module,) = current_modules(session)
    assert (module.key, module.cohort_id) == ("one", loaded.cohort_id)
    assert module.content == pack.modules[0]
    assert (loaded.term, loaded.changed, loaded.withdrawn) == ("2026-autumn", ("one",), ())


def test_loading_again_changes_nothing(session: Session, pack: Pack) -> None:
    load_programme(session, pack, AUTUMN)
    before = contents(session)
    loaded = load_programme(session, pack, AUTUMN)
    assert contents(session) == before
    assert (loaded.changed, loaded.closed_term) == ((), None)


def test_changed_content_is_another_version_and_the_old_one_stays(session: Session, small_pack: Path) -> None:
    load_programme(session, read_pack(small_pack), AUTUMN)
    old = current_modules(session)[0]
    edit(small_pack, MODULE, "reading_minutes: ", "reading_minutes: 1")
    assert load_programme(session, read_pack(small_pack), AUTUMN).changed == ("one",)
    new = current_modules(session)[0]
    assert new.content_id != old.content_id
    assert new.content.reading_minutes != old.content.reading_minutes
    kept = session.get_one(ModuleContent, old.content_id)
    assert kept.body == old.content.model_dump(mode="json")
    assert kept.digest == digest_of(kept.body)


def test_going_back_to_earlier_content_makes_no_third_version(session: Session, pack: Pack, small_pack: Path) -> None:
    load_programme(session, pack, AUTUMN)
    edit(small_pack, MODULE, "reading_minutes: ", "reading_minutes: 1")
    load_programme(session, read_pack(small_pack), AUTUMN)
    load_programme(session, pack, AUTUMN)
    assert session.scalar(select(func.count()).select_from(ModuleContent)) == 2
    assert current_modules(session)[0].content == pack.modules[0]


def test_a_new_term_opens_a_cohort_and_closes_the_old_one(session: Session, pack: Pack) -> None:
    load_programme(session, pack, AUTUMN)
    loaded = load_programme(session, pack, SPRING)
    assert (loaded.term, loaded.closed_term) == ("2027-spring", "2026-autumn")
    cohorts = {cohort.term: cohort.is_open for cohort in session.scalars(select(Cohort))}
    assert cohorts == {"2026-autumn": False, "2027-spring": True}


def test_a_later_term_that_was_opened_early_stays_open(session: Session, pack: Pack) -> None:
    load_programme(session, pack, SPRING)
    loaded = load_programme(session, pack, AUTUMN)
    assert (loaded.term, loaded.closed_term) == ("2027-spring", None)
    assert session.scalars(select(Cohort.term)).all() == ["2027-spring"]


def test_a_module_that_is_no_longer_listed_is_kept_but_not_offered(session: Session, pack: Pack) -> None:
    load_programme(session, renamed(pack, module="two"), AUTUMN)
    loaded = load_programme(session, pack, AUTUMN)
    assert loaded.withdrawn == ("two",)
    assert [module.key for module in current_modules(session)] == ["one"]
    assert load_programme(session, pack, AUTUMN).withdrawn == ()


def test_a_module_of_another_programme_is_refused_and_nothing_changes(session: Session, pack: Pack) -> None:
    load_programme(session, pack, AUTUMN)
    before = contents(session)
    with pytest.raises(DomainError, match="belongs to the programme 'small'"):
        load_programme(session, renamed(pack, programme="other"), AUTUMN)
    assert contents(session) == before


def test_loads_at_once_do_no_harm(app: Flask, small_pack: Path) -> None:
    context = multiprocessing.get_context("fork")
    with app.app_context():
        db.engine.dispose()
    processes = [context.Process(target=load_in_process, args=(app, small_pack)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with app.app_context():
        assert [module.key for module in current_modules(db.session)] == ["one"]


def load_in_process(app: Flask, folder: Path) -> None:
    with app.app_context():
        load_programme(db.session, read_pack(folder), AUTUMN)
        db.session.commit()


def test_the_command_loads_a_folder_and_tells_what_it_did(session: Session, small_pack: Path) -> None:
    first = CliRunner().invoke(main, ["programme", "load", str(small_pack)])
    again = CliRunner().invoke(main, ["programme", "load", str(small_pack)])
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "new content: one" in first.output
    assert "content: as before" in again.output
    assert "modules: one" in CliRunner().invoke(main, ["programme", "list"]).output
    assert current_modules(session)


def test_the_command_loads_laos_by_its_name(session: Session) -> None:
    assert CliRunner().invoke(main, ["programme", "load", "laos"]).exit_code == 0
    assert [module.key for module in current_modules(session)] == [f"om{number}" for number in range(1, 9)]


@pytest.mark.parametrize("command", ["load", "check"])
def test_a_pack_with_a_mistake_is_refused_and_changes_nothing(session: Session, small_pack: Path, command: str) -> None:
    edit(small_pack, MODULE, "reading_minutes: ", "reading_minutes: soon ")
    result = CliRunner().invoke(main, ["programme", command, str(small_pack)])
    assert result.exit_code == 2
    assert f"{MODULE}, line " in result.output
    assert not any(contents(session).values())


def test_check_says_when_there_is_no_mistake_and_stores_nothing(session: Session, small_pack: Path) -> None:
    result = CliRunner().invoke(main, ["programme", "check", str(small_pack)])
    assert result.output == "small: no mistakes; modules: one\n"
    assert not any(contents(session).values())


def renamed(pack: Pack, *, programme: str | None = None, module: str = "one") -> Pack:
    return Pack(
        pack.programme.model_copy(update={"key": programme or pack.programme.key, "modules": (module,)}),
        tuple(content.model_copy(update={"key": module}) for content in pack.modules),
    )
