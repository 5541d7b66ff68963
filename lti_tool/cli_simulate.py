"""`lti-tool simulate pool`: what becomes of a cohort of so many, when so many of them leave."""

from __future__ import annotations

import json
import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import create_app, migrating
from lti_tool.database import db, now
from lti_tool.errors import DomainError
from lti_tool.modules.models import Participation
from lti_tool.peer_review.simulation import Outcome, Plan, play
from lti_tool.programme.actions import load_programme
from lti_tool.programme.content import Step
from lti_tool.programme.pack import Pack, packaged, read_pack
from lti_tool.programme.queries import CurrentModule, current_module
from lti_tool.settings import Settings

simulate = click.Group("simulate", help="Try out a term before it begins. Nothing touches your own database.")


@simulate.command("pool")
@click.option("--authors", default=60, show_default=True, type=click.IntRange(0, 100_000))
@click.option(
    "--dropouts",
    default=0.2,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="The share who leave, or say nothing.",
)
@click.option("--languages", default="nb,en", show_default=True, help="Those of the module, with commas between.")
@click.option("--weeks", default=4, show_default=True, type=click.IntRange(1, 52), help="How long essays come in.")
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same term.")
@click.option("--coordinator", is_flag=True, help="A coordinator deals with what is left over at the end.")
@click.option("--programme", default=packaged()[0], show_default=True, metavar="NAME|PATH")
@click.option("--module", "key", help="The first with peer evaluation if not given.")
@click.option("--database", help="The URL of an empty database to play in and keep; a scratch file if not given.")
@click.option("--json", "as_json", is_flag=True, help="One line for programs.")
def pool(  # noqa: PLR0917 - click passes them by name
    authors: int,
    dropouts: float,
    languages: str,
    weeks: int,
    seed: int,
    coordinator: bool,
    programme: str,
    key: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Play a term of peer evaluation and tell who got two evaluations."""
    plan = Plan(authors, dropouts, tuple(languages.split(",")), weeks, seed, coordinator)
    with ExitStack() as kept:
        if database is None:
            folder = kept.enter_context(tempfile.TemporaryDirectory(prefix="lti-tool-simulation-"))
            database = f"sqlite:///{Path(folder) / 'scratch.sqlite3'}"
        outcome = _played(database, programme, key, plan)
    click.echo(json.dumps(outcome.as_dict()) if as_json else _table(outcome))


def _played(database: str, programme: str, key: str | None, plan: Plan) -> Outcome:
    pack = read_pack(programme)
    key = _evaluated(pack, key)
    migrating.upgrade(database)
    app = create_app(
        Settings(database_url=database, secret_key=secrets.token_hex(), base_url="https://simulation.invalid")
    )
    with app.app_context():
        load_programme(db.session, pack, now().date())
        module = current_module(db.session, key)
        _refuse(db.session, module, plan)
        outcome = play(db.session, module, plan)
        db.session.close()
        db.engine.dispose()
    return outcome


def _evaluated(pack: Pack, key: str | None) -> str:
    """The key of a module with peer evaluation: that which is asked for, or the first."""
    found = [one.key for one in pack.modules if key in (None, one.key) and Step.EVALUATIONS in one.steps]
    if not found:
        raise DomainError(f"{pack.programme.key} has no such module with peer evaluation.")
    return found[0]


def _refuse(session: Session, module: CurrentModule, plan: Plan) -> None:
    unknown = set(plan.languages) - module.content.languages.keys()
    if unknown:
        raise DomainError(
            f"The module has no {', '.join(sorted(unknown))}; it has {', '.join(module.content.languages)}."
        )
    if session.scalar(select(Participation.id).limit(1)) is not None:
        raise DomainError("Somebody has worked in this database already; a simulation needs an empty one.")


def _table(outcome: Outcome) -> str:
    return "\n".join(f"{name:14} {number:>7,}" for name, number in outcome.as_dict().items())
