"""Who we are at a platform, as its services need to know it."""

from __future__ import annotations

from dataclasses import dataclass

from pylti1p3.registration import Registration
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.lti.keys import SigningKey, signing_key
from lti_tool.lti.models import Deployment, Platform


@dataclass(frozen=True, slots=True, repr=False)
class Client:
    """One registration and deployment with the key that signs for it. Plain values, so that no transaction stays
    open while a platform is asked."""

    platform_id: int
    client_id: str
    token_url: str
    token_audience: str | None
    # The deployment_id claim's value.
    deployment_id: str
    key: SigningKey


def client_of(session: Session, deployment_id: int) -> Client | None:
    """Us at the deployment with this row id, signing with our newest key; None while we have no key."""
    key = signing_key(session)
    if key is None:
        return None
    row = session.execute(
        select(Platform.id, Platform.client_id, Platform.token_url, Platform.token_audience, Deployment.deployment_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .where(Deployment.id == deployment_id)
    ).one()
    return Client(*row, key)


class ServiceRegistration(Registration):
    """pylti1p3's registration with what it has no place for: the deployment, and a key that is parsed once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.set_client_id(client.client_id)
        self.set_auth_token_url(client.token_url)
        if client.token_audience:
            self.set_auth_audience(client.token_audience)
