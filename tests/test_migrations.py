"""Migrations make exactly the schema that the models describe, on both databases, there and back."""

from __future__ import annotations

import multiprocessing
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, inspect, select, text
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import IntegrityError

from lti_tool import create_app, migrating
from lti_tool.database import Base, db, init_database, now
from lti_tool.lti.models import ToolKey
from lti_tool.migrating import NotMigrated
from lti_tool.modules.models import StepDate
from lti_tool.peer_review.models import Doubt, Evaluation, Feedback, Usefulness
from lti_tool.peer_review.reviews import return_to_evaluator, void
from lti_tool.people.models import Role
from lti_tool.people.sessions import NewVisit, open_visit
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.conftest import settings_for
from tests.peer_review.deciding import Desk
from tests.work import draft_essay, submit_essay

MakeDatabase = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """Gives the URL of a new, empty database at each call."""
    if kind == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / uuid.uuid4().hex}.sqlite3"
        return
    server = str(request.getfixturevalue("postgresql_url"))
    names: list[str] = []

    def make() -> str:
        names.append(f"test_{uuid.uuid4().hex}")
        _on_server(server, f"CREATE DATABASE {names[-1]}")
        return _beside(server, names[-1])

    yield make
    for name in names:
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
    migrating.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_template(postgresql_url: str) -> str:
    _on_server(postgresql_url, "CREATE DATABASE migrated")
    migrating.upgrade(_beside(postgresql_url, "migrated"))
    return "migrated"


@pytest.fixture
def migrated(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of one's own to which every migration was applied: copied, which is quicker."""
    if kind == "sqlite":
        file: Path = request.getfixturevalue("migrated_file")
        yield f"sqlite:///{shutil.copy(file, tmp_path / 'copied.sqlite3')}"
        return
    server = str(request.getfixturevalue("postgresql_url"))
    _on_server(server, f"CREATE DATABASE copied TEMPLATE {request.getfixturevalue('migrated_template')}")
    yield _beside(server, "copied")
    _on_server(server, "DROP DATABASE copied WITH (FORCE)")


@pytest.fixture(scope="session")
def whole_app() -> Flask:
    return create_app(settings_for("sqlite://"))


@pytest.fixture
def app(whole_app: Flask, migrated: str) -> Iterator[Flask]:
    """The application with the migrated database and without pages: to make those takes longer than most tests."""
    app = Flask(whole_app.name)
    app.config["SETTINGS"] = settings_for(migrated)
    app.extensions = {name: part for name, part in whole_app.extensions.items() if name != "sqlalchemy"}
    init_database(app, migrated)
    yield app
    with app.app_context():
        db.engine.dispose()


def _beside(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"


def _on_server(url: str, command: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(command.encode())


def test_the_migrated_schema_is_that_of_the_models(migrated: str, make_database: MakeDatabase) -> None:
    modelled = make_database()
    engine = create_engine(modelled)
    Base.metadata.create_all(engine)
    engine.dispose()
    found = _described(migrated)
    assert found.pop("alembic_version")
    assert found == _described(modelled)


def test_alembic_finds_nothing_to_add_and_leaves_the_queues_own_tables_alone(migrated: str) -> None:
    engine = create_engine(migrated)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE huey_task (id integer)"))
    engine.dispose()
    migrating.check_drift(migrated)


def test_a_database_with_data_goes_down_to_nothing_and_up_again(migrated: str, app: Flask) -> None:
    Cast(app)
    migrating.downgrade(migrated, "base")
    assert set(_described(migrated)) <= {"alembic_version"}
    migrating.upgrade(migrated)
    Cast(app)


def test_what_only_the_second_schema_knows_is_left_out_on_the_way_down(migrated: str, app: Flask) -> None:
    cast = Cast(app)
    with app.app_context():
        trained = NewVisit(
            cast.person_id("lina"), cast.courses["LAOS"], cast.links["LAOS", "om1"], Role.LEARNER, "en", None
        )
        open_visit(db.session, trained)
        open_visit(db.session, NewVisit.operator("en"))
        db.session.add(ToolKey(kid="k", private_pem="pem"))
        db.session.commit()
    migrating.downgrade(migrated, "0001")
    assert _rows(migrated, "SELECT role FROM launch_session") == [("learner",)]
    migrating.upgrade(migrated)
    assert _rows(migrated, "SELECT purpose, administrator FROM launch_session") == [("training", False)]
    assert {launched for (launched,) in _rows(migrated, "SELECT launched FROM membership")} == {True}
    assert _rows(migrated, "SELECT count(*) FROM tool_key WHERE signs_from = created_at") == [(1,)]
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE launch_session SET purpose = 'operating'"))


def test_whoever_had_begun_before_there_were_choices_has_chosen(migrated: str, app: Flask) -> None:
    cast = Cast(app)
    with app.app_context():
        draft_essay(db.session, cast.person_id("lina"))
        db.session.commit()
    migrating.downgrade(migrated, "0004")
    migrating.upgrade(migrated)
    assert _rows(migrated, "SELECT person_id, module_id FROM module_choice") == [
        (cast.person_id("lina"), cast.module_id)
    ]


def test_what_was_written_before_there_were_languages_is_in_the_programmes_default(migrated: str, app: Flask) -> None:
    cast = Cast(app)
    with app.app_context():
        for name in ("lina", "frode", "amir"):
            submit_essay(db.session, cast.people[name])
        draft_essay(db.session, cast.people["siri"])
        db.session.commit()
    migrating.downgrade(migrated, "0002")
    migrating.upgrade(migrated)
    assert _rows(migrated, "SELECT language, count(*) FROM pool GROUP BY language") == [("en", 1)]
    languages = "SELECT language, submitted_language, count(*) FROM essay GROUP BY 1, 2 ORDER BY 3"
    assert _rows(migrated, languages) == [("en", None, 1), ("en", "en", 3)]
    assert _rows(migrated, "SELECT count(*) FROM evaluation WHERE pool_id = (SELECT id FROM pool)") == [(6,)]


def test_pools_of_two_languages_are_one_again_on_the_way_down(migrated: str, app: Flask) -> None:
    cast = Cast(app)
    with app.app_context():
        submit_essay(db.session, cast.people["lina"])
        submit_essay(db.session, cast.people["frode"], language="nb")
        db.session.commit()
    migrating.downgrade(migrated, "0002")
    assert _rows(migrated, "SELECT count(DISTINCT pool_id), count(*) FROM pool_author") == [(1, 2)]
    assert _rows(migrated, "SELECT count(*) FROM pool") == [(1,)]


def test_what_coordinators_decided_is_left_out_on_the_way_down(migrated: str, app: Flask) -> None:
    """Dates, doubts, the log and what is voided go; what is returned stays submitted; what lapsed is open again."""
    cast = Cast(app)
    with app.app_context():
        desk = Desk.laid(cast, db.session)
        desk.decide(void)
        desk.public_id, voided = desk.other_id, desk.evaluation.id
        returned = desk.decide(return_to_evaluator).entry.evaluation_id  # type: ignore[union-attr]
        tuva = desk.author("tuva")
        tuva_id = tuva.id
        kept = [e.id for e in db.session.scalars(select(Evaluation).where(Evaluation.evaluator_id == tuva.id))]
        db.session.execute(delete(Evaluation).where(Evaluation.id == kept[0]))
        tuva.lapsed = 1
        dates = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
        figures = {"points": 3, "words": 9, "distinct_words": 9, "words_min": 3, "seconds": 60, "seconds_needed": 400}
        flagged = Feedback(evaluation_id=returned, useful=Usefulness.NO, why="No", flagged_at=now(), flag="Look at it")
        db.session.add_all([StepDate(**dates, due_at=now()), Doubt(evaluation_id=returned, **figures), flagged])
        db.session.commit()
        number = len(db.session.scalars(select(Evaluation)).all())
    migrating.downgrade(migrated, "0003")
    assert _rows(migrated, f"SELECT id FROM evaluation WHERE id = {voided}") == []
    assert _rows(migrated, "SELECT count(*) FROM evaluation") == [(number - 1,)]
    assert _rows(migrated, f"SELECT status FROM evaluation WHERE id = {returned}") == [("submitted",)]
    assert _rows(migrated, f"SELECT to_give FROM pool_author WHERE id = {tuva_id}") == [(1,)]
    assert _rows(migrated, "SELECT count(*) FROM allocation_log WHERE kind = 'voided'") == [(0,)]
    migrating.upgrade(migrated)
    assert _rows(migrated, "SELECT count(*) FROM review_log") == [(0,)]
    assert _rows(migrated, f"SELECT returned_at, weigh_at = submitted_at FROM evaluation WHERE id = {returned}") == [
        (None, 1)
    ]
    assert _rows(migrated, "SELECT count(*) FROM pool_author WHERE lapsed <> 0") == [(0,)]
    migrating.check_drift(migrated)


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def test_upgrades_at_once_wait_for_each_other(make_database: MakeDatabase) -> None:
    url = make_database()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=migrating.upgrade, args=(url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    migrating.require_current(url)


def test_an_old_and_a_too_new_database_are_told_apart(migrated: str, make_database: MakeDatabase) -> None:
    with pytest.raises(NotMigrated, match="lti-tool db upgrade"):
        migrating.require_current(make_database())
    migrating.require_current(migrated)
    engine = create_engine(migrated)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    engine.dispose()
    with pytest.raises(NotMigrated, match="newer"):
        migrating.require_current(migrated)


def _described(url: str) -> dict[str, dict[str, Any]]:
    """By table. All tables are asked for together, which takes a tenth of the time."""
    engine = create_engine(url)
    try:
        return _tables(inspect(engine))
    finally:
        engine.dispose()


def _tables(inspector: Inspector) -> dict[str, dict[str, Any]]:
    parts: list[tuple[str, Mapping[Any, Any], Callable[[Any], Any]]] = [
        ("columns", inspector.get_multi_columns(), lambda it: (it["name"], str(it["type"]), it["nullable"])),
        ("unique", inspector.get_multi_unique_constraints(), lambda it: (it["name"], it["column_names"])),
        ("checks", inspector.get_multi_check_constraints(), lambda it: (it["name"], it["sqltext"])),
        (
            "foreign",
            inspector.get_multi_foreign_keys(),
            lambda it: (it["name"], it["constrained_columns"], it["referred_table"]),
        ),
        (
            "indexes",
            inspector.get_multi_indexes(),
            lambda it: (it["name"], it["column_names"], it["unique"], _condition(it)),
        ),
    ]
    keys = inspector.get_multi_pk_constraint()
    described: dict[str, dict[str, Any]] = {
        name: {"key": key["constrained_columns"]} for (_, name), key in keys.items()
    }
    for part, found, tell in parts:
        for (_schema, name), items in found.items():
            described[name][part] = sorted(map(tell, items), key=str)
    return described


def _condition(index: Any) -> str:
    options = index.get("dialect_options", {})
    return " ".join(str(options[name]) for name in ("postgresql_where", "sqlite_where") if name in options)
