"""Registrations with learning platforms, our keys, line items, and nonces that were used."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now
from lti_tool.people.models import ID_LENGTH, enum_column


class DeploymentStatus(enum.StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    INACTIVE = "inactive"


class Platform(Base):
    """One registration: an issuer and the client id it gave us. One issuer may have many (Canvas, Blackboard)."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(ID_LENGTH))
    issuer: Mapped[str] = mapped_column(String(ID_LENGTH))
    client_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    auth_url: Mapped[str] = mapped_column(Text)
    token_url: Mapped[str] = mapped_column(Text)
    jwks_url: Mapped[str] = mapped_column(Text)
    # The `aud` of our client assertion where it is not the token URL (Brightspace).
    token_audience: Mapped[str | None] = mapped_column(Text)
    # The platform's product_family_code ("canvas", "moodle"), once it has told us.
    product: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    # Whether its system and institution administrators administer this installation, too.
    trusts_administrators: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    deployments: Mapped[list[Deployment]] = relationship(back_populates="platform", order_by="Deployment.id")


class Deployment(Base):
    """One installation of the tool within a registration; launches count only once it is approved."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    deployment_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    status: Mapped[DeploymentStatus] = mapped_column(enum_column(DeploymentStatus, "status"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    platform: Mapped[Platform] = relationship(back_populates="deployments")


class ToolKey(Base):
    """An RSA key pair of ours. The newest whose time has come signs; the others are in the JWKS until they retire."""

    __tablename__ = "tool_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    private_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Later than created_at where platforms still have to notice the key in our JWKS.
    signs_from: Mapped[datetime] = mapped_column(default=now)
    retires_at: Mapped[datetime | None] = mapped_column()


class LineItem(Base):
    """The column of a platform's gradebook that belongs to a resource link.

    `url` is None until the column is known; `container_url` is the claim's `lineitems`. Scopes are those the claim
    granted, space separated.
    """

    __tablename__ = "line_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    # The deployment_id claim's value belongs in the client assertion.
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"), unique=True)
    url: Mapped[str | None] = mapped_column(Text)
    container_url: Mapped[str | None] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    # When the results in this column are to be read next, and how many attempts in a row have failed.
    results_due_at: Mapped[datetime | None] = mapped_column(index=True)
    results_failures: Mapped[int] = mapped_column(default=0)


class UsedNonce(Base):
    """The hash of a nonce whose launch has been accepted; kept until its token would have expired anyway."""

    __tablename__ = "used_nonce"

    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RegistrationInvitation(Base):
    """Lets one platform register itself. Only a hash of the code is kept; `note` says whom it is for."""

    __tablename__ = "registration_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    note: Mapped[str] = mapped_column(String(ID_LENGTH))
    # Who invited, in words: an administrator's person id, "one-time link" or "command line".
    created_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None] = mapped_column()
    # The registration it led to.
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"))


class DeepLinkingRequest(Base):
    """What a platform asked for when it let somebody choose what to place; belongs to the visit that it opened.

    https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-settings
    """

    __tablename__ = "deep_linking_request"

    visit_id: Mapped[int] = mapped_column(
        ForeignKey("launch_session.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    return_url: Mapped[str] = mapped_column(Text)
    # Opaque; None if the platform sent none, and then none is sent back.
    data: Mapped[str | None] = mapped_column(Text)
    accept_types: Mapped[list[str]] = mapped_column()
    # Empty where the platform does not say.
    accept_targets: Mapped[list[str]] = mapped_column()
    accept_multiple: Mapped[bool] = mapped_column()
    # None where the platform does not say.
    accept_lineitem: Mapped[bool | None] = mapped_column()
