"""Run by Alembic: the models of every feature against the database that `migrating` names or the environment sets."""

from __future__ import annotations

import os
from typing import Any

from alembic import context
from sqlalchemy import Connection, text

import lti_tool  # the models of every feature register themselves
from lti_tool.database import Base, UtcDateTime
from lti_tool.migrating import migration_engine
from lti_tool.settings import Settings

assert lti_tool.FEATURES

# The queue makes its own tables where it shares a PostgreSQL database with the data.
QUEUE_PREFIX = "huey_"
# Any number that nobody else on the server locks; it keeps two upgrades from running at once.
UPGRADE_LOCK = 4711_2026


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and (name or "").startswith(QUEUE_PREFIX))


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Migrations must not change when our own types do, so they name what the database is told."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        render_item=render_item,
        render_as_batch=sqlite,
        # Both databases roll a failed schema change back; Alembic does not expect it of SQLite.
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        context.run_migrations()
        if sqlite:
            refuse_dangling_references(connection)


def refuse_dangling_references(connection: Connection) -> None:
    dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
    if dangling:
        raise RuntimeError(f"the migration left rows that refer to nothing: {dangling[:5]}")


def database_url() -> str:
    url = context.config.attributes.get("url")
    return url or Settings.from_environment(os.environ).database_url


with migration_engine(database_url()).connect() as opened:
    run(opened)
