"""What a registration leaves behind: the platform, its installation where it is known, a spent invitation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from lti_tool.lti.actions import (
    NewPlatform,
    PlatformChanges,
    add_platform,
    approve_deployment,
    change_platform,
    remember_deployment,
)
from lti_tool.lti.dynamic_registration import invitations
from lti_tool.lti.dynamic_registration.answer import RegistrationAnswer
from lti_tool.lti.dynamic_registration.configuration import PlatformConfiguration
from lti_tool.lti.dynamic_registration.refusals import RegistrationRefused
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform, RegistrationInvitation
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Registered:
    """`again` if the registration was known before and has been brought up to date, `deployed` if the platform named
    an installation, which people may open now."""

    platform_id: int
    again: bool
    deployed: bool


def keep_registration(
    session: Session,
    configuration: PlatformConfiguration,
    answer: RegistrationAnswer,
    *,
    code: str | None,
    development: bool,
) -> Registered:
    """Store or update the registration and spend the invitation, all in one transaction. `code` None is a stranger's
    registration, which may not change one that is there.

    Raises `PlatformRefused` for values that cannot be kept, `Conflict` if the same platform registers at this very
    moment, `InvitationClosed`, and `RegistrationRefused`.
    """
    invitation_id = invitations.use(session, code) if code else None
    known = session.scalar(
        select(Platform.id).where(Platform.issuer == configuration.issuer, Platform.client_id == answer.client_id)
    )
    if known is None:
        platform_id = _add(session, configuration, answer, development)
    elif code is None:
        raise _already_registered()
    else:
        platform_id = known
        _update(session, known, configuration, answer, development)
    if configuration.product:
        session.execute(update(Platform).where(Platform.id == platform_id).values(product=configuration.product))
    if invitation_id is not None:
        led_here = update(RegistrationInvitation).where(RegistrationInvitation.id == invitation_id)
        session.execute(led_here.values(platform_id=platform_id))
    return Registered(platform_id, known is not None, _deployed(session, platform_id, answer.deployment_id))


def _add(session: Session, told: PlatformConfiguration, answer: RegistrationAnswer, development: bool) -> int:
    new = NewPlatform(
        name=told.name,
        issuer=told.issuer,
        client_id=answer.client_id,
        auth_url=told.auth_url,
        token_url=told.token_url,
        jwks_url=told.jwks_url,
        deployment_ids=(answer.deployment_id,) if answer.deployment_id else (),
        token_audience=told.token_audience,
    )
    return add_platform(session, new, development=development).id


def _update(
    session: Session, platform_id: int, told: PlatformConfiguration, answer: RegistrationAnswer, development: bool
) -> None:
    """The name stays as administrators chose it, and an installation that they closed stays closed."""
    name = session.scalars(select(Platform.name).where(Platform.id == platform_id)).one()
    changes = PlatformChanges(
        name=name,
        auth_url=told.auth_url,
        token_url=told.token_url,
        jwks_url=told.jwks_url,
        token_audience=told.token_audience,
    )
    change_platform(session, platform_id, changes, development=development)
    if answer.deployment_id:
        _approve_unless_closed(session, platform_id, answer.deployment_id)


def _approve_unless_closed(session: Session, platform_id: int, deployment_id: str) -> None:
    remember_deployment(session, platform_id, deployment_id)
    found = session.scalars(
        select(Deployment).where(Deployment.platform_id == platform_id, Deployment.deployment_id == deployment_id)
    ).one()
    if found.status is DeploymentStatus.PENDING:
        approve_deployment(session, found.id)


def _deployed(session: Session, platform_id: int, deployment_id: str | None) -> bool:
    named = Deployment.platform_id == platform_id, Deployment.deployment_id == deployment_id
    approved = exists().where(*named, Deployment.status == DeploymentStatus.APPROVED)
    return bool(deployment_id and session.scalar(select(approved)))


def _already_registered() -> RegistrationRefused:
    return RegistrationRefused(
        "registered-already",
        _("This learning platform is registered here already, and only an invitation lets it change that."),
        _("Nothing was changed here. Ask whoever runs the tool for an invitation, and register once more."),
    )
