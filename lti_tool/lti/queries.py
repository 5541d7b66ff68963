"""Registrations as administrators see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from lti_tool.errors import DomainError, NotFound
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform
from lti_tool.texts import gettext as _

_ORDER = (DeploymentStatus.PENDING, DeploymentStatus.APPROVED, DeploymentStatus.INACTIVE)


@dataclass(frozen=True, slots=True)
class ListedDeployment:
    id: int
    deployment_id: str
    status: DeploymentStatus
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ListedPlatform:
    """A registration with its deployments, those that wait for approval first."""

    id: int
    name: str
    issuer: str
    client_id: str
    deployments: tuple[ListedDeployment, ...]

    @property
    def waiting(self) -> bool:
        return any(deployment.status is DeploymentStatus.PENDING for deployment in self.deployments)


def listed_platforms(session: Session) -> list[ListedPlatform]:
    """Every registration; those with a deployment that waits for approval first, then by name."""
    platforms = session.scalars(select(Platform).options(selectinload(Platform.deployments)))
    return sorted((_listed(platform) for platform in platforms), key=lambda p: (not p.waiting, p.name, p.id))


def platform_with(session: Session, platform_id: int) -> Platform:
    """The registration and, loaded with it, its deployments; raises `NotFound`."""
    platform = session.scalars(
        select(Platform).where(Platform.id == platform_id).options(selectinload(Platform.deployments))
    ).one_or_none()
    if platform is None:
        raise NotFound("no such platform")
    return platform


def find_platform(session: Session, name: str) -> Platform:
    """By client id, or by issuer where only one registration has it; raises `NotFound` or `DomainError`."""
    found = session.scalars(select(Platform).where(or_(Platform.client_id == name, Platform.issuer == name))).all()
    if not found:
        raise NotFound(
            "no such platform",
            explanation=_("No learning platform has the client id or issuer “%(name)s”.", name=name),
        )
    if len(found) > 1:
        raise DomainError(
            "platform-ambiguous",
            explanation=_(
                "Several registrations share “%(name)s”; use a client id: %(clients)s.",
                name=name,
                clients=", ".join(sorted(platform.client_id for platform in found)),
            ),
        )
    return found[0]


def find_deployment(platform: Platform, deployment_id: str) -> Deployment:
    """Raises `NotFound`."""
    for deployment in platform.deployments:
        if deployment.deployment_id == deployment_id:
            return deployment
    raise NotFound(
        "no such deployment",
        explanation=_("%(platform)s has no deployment “%(id)s”.", platform=platform.client_id, id=deployment_id),
    )


def listed_deployments(platform: Platform) -> tuple[ListedDeployment, ...]:
    """Those that wait for approval first."""
    deployments = sorted(platform.deployments, key=lambda d: (_ORDER.index(d.status), d.id))
    return tuple(ListedDeployment(d.id, d.deployment_id, d.status, d.created_at) for d in deployments)


def _listed(platform: Platform) -> ListedPlatform:
    return ListedPlatform(
        platform.id,
        platform.name,
        platform.issuer,
        platform.client_id,
        listed_deployments(platform),
    )
