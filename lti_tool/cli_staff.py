"""`lti-tool coordinator|administrator grant|revoke|list`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.errors import DomainError
from lti_tool.lti.models import Deployment, Platform
from lti_tool.lti.queries import find_deployment, find_platform
from lti_tool.people import actions
from lti_tool.people.models import Course, GrantKind, Person, StaffGrant
from lti_tool.programme.models import Cohort, Programme

GRANTED_BY = "command line"

coordinator = AppGroup("coordinator", help="Who coordinates a programme: people, or all instructors of a course.")
administrator = AppGroup("administrator", help="Who registers learning platforms and sees every programme.")

_PLATFORM = click.option("--platform", required=True, help="Its client id, or its issuer where that is unambiguous.")
_SUBJECT = click.option("--subject", required=True, help="The user's id (`sub`) on that platform.")
_COORDINATION = (
    _PLATFORM,
    click.option("--subject", help="The person: the user's id (`sub`) on that platform."),
    click.option("--course", help="The course whose instructors are meant: its context id on that platform."),
    click.option("--deployment", help="The course's deployment id; needed where the platform has several."),
    click.option("--programme", help="Its key; needed where several have been loaded."),
    click.option("--term", help='Such as "2026-autumn"; the term that is open if not given.'),
)


@dataclass(frozen=True, slots=True)
class _Coordination:
    """Who coordinates what, as rows; either `person_id` or `course_id` is None."""

    cohort_id: int
    person_id: int | None
    course_id: int | None
    words: str


def _coordination(command: Callable[[_Coordination], None]) -> Callable[..., None]:
    """Gives the command the options that name a coordinator, and what they name."""

    def run(**options: str | None) -> None:
        command(_named(db.session, options))

    run.__doc__ = command.__doc__
    return reduce(lambda inner, option: option(inner), reversed(_COORDINATION), run)


@coordinator.command("grant")
@_coordination
def grant_coordinator(named: _Coordination) -> None:
    """Let a person, or every instructor of a course, coordinate a programme's term."""
    new = actions.grant_coordinator(
        db.session, named.cohort_id, person_id=named.person_id, course_id=named.course_id, granted_by=GRANTED_BY
    )
    db.session.commit()
    click.echo(f"{'Coordinator' if new else 'Coordinator already'} of {named.words}")


@coordinator.command("revoke")
@_coordination
def revoke_coordinator(named: _Coordination) -> None:
    """Take it back from the person or the course."""
    if not actions.revoke_coordinator(
        db.session, named.cohort_id, person_id=named.person_id, course_id=named.course_id
    ):
        raise DomainError(f"Nothing to take back, no coordinator of {named.words}")
    db.session.commit()
    click.echo(f"No longer coordinator of {named.words}")


@coordinator.command("list")
def list_coordinators() -> None:
    """Show who coordinates what."""
    rows = db.session.execute(
        select(Programme.key, Cohort.term, Person.subject, Course.context_id, StaffGrant.granted_by)
        .join(Cohort, Cohort.id == StaffGrant.cohort_id)
        .join(Programme, Programme.id == Cohort.programme_id)
        .outerjoin(Person, Person.id == StaffGrant.person_id)
        .outerjoin(Course, Course.id == StaffGrant.course_id)
        .order_by(Programme.key, Cohort.term, StaffGrant.id)
    )
    for key, term, subject, context_id, granted_by in rows:
        receiver = f"person {subject}" if subject else f"instructors of {context_id}"
        click.echo(f"{key} {term}\t{receiver}\tby {granted_by}")


@administrator.command("grant")
@_PLATFORM
@_SUBJECT
def grant_administrator(platform: str, subject: str) -> None:
    """Make a person administrator of this installation."""
    person_id = actions.ensure_person(db.session, find_platform(db.session, platform).id, subject)
    new = actions.grant_administrator(db.session, person_id, granted_by=GRANTED_BY)
    db.session.commit()
    click.echo(f"Administrator{'' if new else ' already'}: {subject}")


@administrator.command("revoke")
@_PLATFORM
@_SUBJECT
def revoke_administrator(platform: str, subject: str) -> None:
    """Take it back."""
    person_id = actions.ensure_person(db.session, find_platform(db.session, platform).id, subject)
    if not actions.revoke_administrator(db.session, person_id):
        raise DomainError(f"{subject} is no administrator.")
    db.session.commit()
    click.echo(f"No longer administrator: {subject}")


@administrator.command("list")
def list_administrators() -> None:
    """Show who administers this installation."""
    rows = db.session.execute(
        select(Platform.client_id, Person.subject, StaffGrant.granted_by)
        .join(Person, Person.id == StaffGrant.person_id)
        .join(Platform, Platform.id == Person.platform_id)
        .where(StaffGrant.kind == GrantKind.ADMINISTRATOR)
        .order_by(StaffGrant.id)
    )
    for client_id, subject, granted_by in rows:
        click.echo(f"{client_id}\tperson {subject}\tby {granted_by}")


def _named(session: Session, options: Mapping[str, str | None]) -> _Coordination:
    subject, course = options["subject"], options["course"]
    if (subject is None) == (course is None):
        raise click.UsageError("Name either a person (--subject) or a course (--course).")
    platform = find_platform(session, str(options["platform"]))
    cohort = _cohort(session, options["programme"] or _only_programme(session), options["term"])
    words = f"{cohort.programme.key} {cohort.term}: {subject or course}"
    if subject is not None:
        return _Coordination(cohort.id, actions.ensure_person(session, platform.id, subject), None, words)
    deployment = _deployment(platform, options["deployment"])
    return _Coordination(cohort.id, None, actions.ensure_course(session, deployment.id, str(course)), words)


def _deployment(platform: Platform, deployment_id: str | None) -> Deployment:
    if deployment_id is not None:
        return find_deployment(platform, deployment_id)
    if len(platform.deployments) != 1:
        raise DomainError(f"{platform.client_id} has {len(platform.deployments)} deployments; name one: --deployment.")
    return platform.deployments[0]


def _only_programme(session: Session) -> str:
    keys = session.scalars(select(Programme.key).order_by(Programme.key)).all()
    if len(keys) != 1:
        loaded = (
            f"Loaded are {', '.join(keys)}; name one: --programme." if keys else "Load one: `lti-tool programme load`."
        )
        raise DomainError(loaded)
    return keys[0]


def _cohort(session: Session, programme_key: str, term: str | None) -> Cohort:
    cohorts = session.scalars(
        select(Cohort).join(Programme, Programme.id == Cohort.programme_id).where(Programme.key == programme_key)
    ).all()
    wanted = [cohort for cohort in cohorts if cohort.term == term or (term is None and cohort.is_open)]
    if not wanted:
        raise DomainError(
            f"There is no {'open term' if term is None else 'term ' + term} of the programme {programme_key!r}; "
            "load it first: `lti-tool programme load`."
        )
    return wanted[0]
