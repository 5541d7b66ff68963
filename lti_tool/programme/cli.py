"""`lti-tool programme load|check|list`."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from lti_tool.database import db, now
from lti_tool.programme.actions import LoadedProgramme, load_programme
from lti_tool.programme.models import Cohort, OnlineModule, Programme
from lti_tool.programme.pack import read_pack

programme = AppGroup("programme", help="Training programmes and their content packs.")


@programme.command()
@click.argument("source", metavar="NAME|PATH")
@click.option("--replace", is_flag=True, help="Also replace modules that were edited or retired in the browser since.")
def load(source: str, replace: bool) -> None:
    """Store a programme and open its current term; a pack with a mistake changes nothing."""
    loaded = load_programme(db.session, read_pack(source), now().date(), replace=replace)
    db.session.commit()
    for line in _summary(loaded):
        click.echo(line)


@programme.command(with_appcontext=False)
@click.argument("source", metavar="NAME|PATH")
def check(source: str) -> None:
    """Tell every mistake in a content pack, with file and line; nothing is stored."""
    pack = read_pack(source)
    click.echo(f"{pack.programme.key}: no mistakes; modules: {', '.join(pack.programme.modules)}")


@programme.command("list")
def list_programmes() -> None:
    """Show the programmes, their terms and their modules."""
    for key, programme_id in db.session.execute(select(Programme.key, Programme.id).order_by(Programme.key)):
        cohorts = db.session.scalars(select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.id))
        modules = db.session.scalars(
            select(OnlineModule).where(OnlineModule.programme_id == programme_id).order_by(OnlineModule.position)
        )
        terms = [cohort.term + (" (open)" if cohort.is_open else "") for cohort in cohorts]
        keys = [module.key + ("" if module.content_id else " (withdrawn)") for module in modules]
        click.echo(f"{key}\tterms: {', '.join(terms)}\tmodules: {', '.join(keys)}")


def _summary(loaded: LoadedProgramme) -> list[str]:
    changed = [f"new content: {', '.join(loaded.changed)}"] if loaded.changed else ["content: as before"]
    withdrawn = [f"no longer offered: {', '.join(loaded.withdrawn)}"] if loaded.withdrawn else []
    kept = [f"kept as edited in the browser: {', '.join(loaded.kept)}"] if loaded.kept else []
    closed = [f"closed for newcomers: {loaded.closed_term}"] if loaded.closed_term else []
    return [f"{loaded.key}: open term {loaded.term}", *changed, *kept, *withdrawn, *closed]
