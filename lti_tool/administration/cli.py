"""`lti-tool admin link`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lti_tool.administration.links import LIFETIME, make_link
from lti_tool.database import db
from lti_tool.settings import Settings

admin = AppGroup("admin", help="The administration pages, for whoever runs the server.")


@admin.command()
def link() -> None:
    """Print a link that opens the administration pages once."""
    settings: Settings = current_app.config["SETTINGS"]
    code = make_link(db.session)
    db.session.commit()
    # What follows the # stays in the browser: no server, proxy or log on the way ever sees it.
    click.echo(f"{settings.base_url}/admin#{code}")
    minutes = int(LIFETIME.total_seconds() // 60)
    click.echo(f"Opens the administration pages once, within {minutes} minutes. Give it to nobody else.", err=True)
