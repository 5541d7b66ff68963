"""`lti-tool ...`: what an administrator does without a browser. Expected problems are one line, never a traceback."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click
from alembic.util import CommandError
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from lti_tool import create_app, migrating
from lti_tool.administration.cli import admin
from lti_tool.cli_simulate import simulate
from lti_tool.cli_staff import administrator, coordinator
from lti_tool.errors import DomainError
from lti_tool.jobs import run_worker
from lti_tool.logs import configure_logging
from lti_tool.lti.cli import deployment, keys, platform
from lti_tool.messages.cli import mail
from lti_tool.migrating import NotMigrated
from lti_tool.programme.cli import programme
from lti_tool.programme.pack import PackError
from lti_tool.serve import PortTaken, listen
from lti_tool.serve import serve as serve_app
from lti_tool.settings import Settings, SettingsError

DEMO = "demo"


class _BadInput(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), DEMO])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != DEMO:
            return super().get_command(ctx, cmd_name)
        # Loaded when it is asked for: nothing else that runs here has the demo LMS in it.
        found: click.Command = import_module("lti_tool.demo_lms.run").demo_command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, PackError) as error:
            raise _BadInput(str(error)) from error
        except DomainError as error:
            raise _BadInput(error.explanation or error.reason) from error
        except (NotMigrated, PortTaken, CommandError) as error:
            raise click.ClickException(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"The database cannot be used: {reason}") from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lti-tool", message="%(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Training of learning assistants, as a tool in learning platforms.

    Settings come from the environment (LTI_TOOL_DATABASE_URL, LTI_TOOL_SECRET_KEY, LTI_TOOL_BASE_URL, ...).
    """
    context.obj = ScriptInfo(create_app=_ready_app, set_debug_flag=False)


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


def _ready_app() -> Flask:
    """The application on a database that is known to fit."""
    settings = _settings()
    migrating.require_current(settings.database_url)
    return create_app(settings)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--workers", type=click.IntRange(1), help="Processes; one per core if not given, two at least.")
@with_appcontext
def serve(host: str, port: int, workers: int | None) -> None:
    """Answer browsers and platforms."""
    configure_logging(_settings().log_level)
    serve_app(current_app._get_current_object(), listen(host, port), workers)  # type: ignore[attr-defined]


@main.command()
@with_appcontext
def worker() -> None:
    """Send scores to platforms and clean up; any number may run."""
    configure_logging(_settings().log_level)
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


@main.group()
def db() -> None:
    """The schema of the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to the schema of this version; harmless when it is there already."""
    url = _settings().database_url
    migrating.upgrade(url, revision)
    click.echo(f"The database is at {migrating.current(url)}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="What newer tables and columns hold is lost. Go on?")
def downgrade(revision: str) -> None:
    """Go back to an older schema ("base" removes everything)."""
    url = _settings().database_url
    migrating.downgrade(url, revision)
    click.echo(f"The database is at {migrating.current(url) or 'base'}.")


@db.command()
def current() -> None:
    """Show which schema the database has, and which this version needs."""
    click.echo(f"database: {migrating.current(_settings().database_url) or 'none'}")
    click.echo(f"this version: {migrating.newest()}")


for command in (admin, platform, deployment, keys, mail, programme, coordinator, administrator, simulate):
    main.add_command(command)
