"""`lti-tool platform|deployment|keys ...`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from lti_tool.database import db, now
from lti_tool.lti import actions
from lti_tool.lti.actions import NewPlatform, Removal
from lti_tool.lti.dynamic_registration import invitations
from lti_tool.lti.dynamic_registration.invitations import LIFETIME, LONGEST_LIFETIME
from lti_tool.lti.keys import listed_keys
from lti_tool.lti.models import Platform
from lti_tool.lti.queries import find_deployment, find_platform, listed_platforms
from lti_tool.settings import Settings

platform = AppGroup("platform", help="Learning platforms that may open the tool.")
deployment = AppGroup("deployment", help="Installations of the tool within a platform's registration.")
keys = AppGroup("keys", help="The tool's own keys, with which it signs what it sends to platforms.")

_NAME = click.argument("name", metavar="CLIENT_ID|ISSUER")


@platform.command()
@click.option("--name", required=True, help="What administrators call it.")
@click.option("--issuer", required=True, help="`iss`, exactly as the platform writes it.")
@click.option("--client-id", required=True, help="What the platform calls the tool.")
@click.option("--auth-url", required=True, help="The platform's authorisation (OIDC) address.")
@click.option("--token-url", required=True, help="The platform's access token address.")
@click.option("--jwks-url", required=True, help="The platform's public key set.")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Approve this deployment; may be repeated.")
@click.option("--token-audience", help="Only where it is not the token address (Brightspace).")
def add(**values: Any) -> None:
    """Register a platform, and tell what it needs to know of the tool."""
    settings = _settings()
    added = actions.add_platform(db.session, NewPlatform(**values), development=settings.development)
    db.session.commit()
    click.echo(f"Added {added.name}. In the platform, enter:")
    for label, path in (("login", "/lti/login"), ("redirect", "/lti/launch"), ("key set", "/lti/jwks"), ("link", "/")):
        click.echo(f"  {label + ' address:':<18}{settings.base_url}{path}")


@platform.command("list")
def list_platforms() -> None:
    """Show the platforms and their deployments."""
    for listed in listed_platforms(db.session):
        deployments = ", ".join(f"{d.deployment_id} ({d.status})" for d in listed.deployments)
        click.echo(f"{listed.client_id}\t{listed.issuer}\t{listed.name}\tdeployments: {deployments or 'none'}")


@platform.command()
@_NAME
def show(name: str) -> None:
    """Show all that is known of one platform."""
    for label, value in _details(find_platform(db.session, name)):
        click.echo(f"{label + ':':<16}{value}")


@platform.command()
@_NAME
def remove(name: str) -> None:
    """Delete a platform that nobody has used yet; close one that has been used, keeping its people's work."""
    found = find_platform(db.session, name)
    removal = actions.remove_platform(db.session, found.id)
    db.session.commit()
    if removal is Removal.DELETED:
        click.echo(f"Removed {name}.")
    else:
        click.echo(f"Closed {name}: people's work is kept, nobody gets in until a deployment is approved again.")


@platform.command()
@click.option("--note", default="", help="Whom it is for.")
@click.option(
    "--days", type=click.IntRange(1, LONGEST_LIFETIME.days), default=LIFETIME.days, help="How long it is valid (7)."
)
def invite(note: str, days: int) -> None:
    """Let one learning platform register itself, once: print the address that its administrator pastes there."""
    invitation, code = invitations.invite(db.session, note, "command line", timedelta(days=days))
    db.session.commit()
    click.echo(f"{_settings().base_url}/lti/register/{code}")
    click.echo(f"Valid once, until {invitation.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@deployment.command()
@_NAME
@click.argument("deployment_id")
def approve(name: str, deployment_id: str) -> None:
    """Let people in through a deployment that has asked, or that was closed."""
    found = find_deployment(find_platform(db.session, name), deployment_id)
    actions.approve_deployment(db.session, found.id)
    db.session.commit()
    click.echo(f"Approved deployment {deployment_id} of {name}.")


@keys.command()
@click.option(
    "--now", "at_once", is_flag=True, help="For keys that others may know: sign with the new one now, drop the others."
)
def rotate(at_once: bool) -> None:
    """Publish a new key and sign with it from tomorrow, when platforms know it; the old one then stays for a week."""
    key = actions.rotate_keys(db.session, at_once=at_once)
    db.session.commit()
    if at_once:
        click.echo(f"Signing with {key.kid} only; platforms refuse us until they fetch our key set anew.")
    else:
        click.echo(f"Published {key.kid}; it signs from {_minute(key.signs_from)}.")


@keys.command("list")
def list_keys() -> None:
    """Show the keys in our key set, and which of them signs."""
    for key in listed_keys(db.session):
        told = [key.kid]
        if key.signs:
            told.append("signs")
        elif key.signs_from > now():
            told.append(f"signs from {_minute(key.signs_from)}")
        if key.retires_at:
            told.append(f"retires {_minute(key.retires_at)}")
        click.echo("\t".join(told))


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _details(found: Platform) -> list[tuple[str, str]]:
    return [
        ("name", found.name),
        ("issuer", found.issuer),
        ("client id", found.client_id),
        ("authorisation", found.auth_url),
        ("token", found.token_url),
        ("key set", found.jwks_url),
        ("token audience", found.token_audience or found.token_url),
        *((f"deployment {d.deployment_id}", d.status) for d in found.deployments),
    ]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
