"""Registrations and deployments in the database, as pylti1p3 asks for them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.registration import Registration
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import table_of
from lti_tool.lti.claims import CLAIM
from lti_tool.lti.keys import public_jwks
from lti_tool.lti.models import Deployment, DeploymentStatus, Platform
from lti_tool.lti.refusals import UnknownPlatform


class PlatformRegistration(Registration):
    def __init__(self, row: Row[Any]) -> None:
        self.platform_id: int = row.id
        self.product: str | None = row.product
        self.trusts_administrators: bool = row.trusts_administrators
        self.set_issuer(row.issuer)
        self.set_client_id(row.client_id)
        self.set_auth_login_url(row.auth_url)
        self.set_auth_token_url(row.token_url)
        self.set_key_set_url(row.jwks_url)

    @property
    def jwks_url(self) -> str:
        return str(self.get_key_set_url())


class NamedDeployment(LibraryDeployment):
    """The deployment a launch names; one that nobody has heard of has no `id` and is pending."""

    def __init__(self, deployment_id: str, row: Row[Any]) -> None:
        self.id: int | None = row.deployment_pk
        self.status: DeploymentStatus = row.deployment_status or DeploymentStatus.PENDING
        self.set_deployment_id(deployment_id)


class RecentRegistrations:
    """What logins found lately, so that the login of a whole class asks the database once.

    A change is seen everywhere within SECONDS, which harms nobody: a login only sends the browser to its platform,
    and the launch that comes back from there is checked against the database. What is not found is not remembered.
    """

    SECONDS = 10.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: dict[tuple[str, str], tuple[float, PlatformRegistration]] = {}

    def get(self, issuer: str, client_id: str) -> PlatformRegistration | None:
        since, registration = self._found.get((issuer, client_id), (-math.inf, None))
        return registration if self._clock() - since < self.SECONDS else None

    def keep(self, issuer: str, client_id: str, registration: PlatformRegistration) -> PlatformRegistration:
        self._found[issuer, client_id] = self._clock(), registration
        return registration

    def clear(self) -> None:
        self._found.clear()


class Registrations(ToolConfAbstract[FlaskRequest]):
    """The library's tool configuration, for one request.

    Every issuer may have several clients: Canvas has one issuer for everybody. The library's own answer to "how
    many?" is a dictionary shared by all configurations, so it is not used.
    """

    def __init__(self, session: Session, recent: RecentRegistrations) -> None:
        self._session = session
        self._recent = recent
        self._named: NamedDeployment | None = None

    def check_iss_has_one_client(self, *_args: Any) -> bool:
        return False

    def check_iss_has_many_clients(self, *_args: Any) -> bool:
        return True

    def find_registration_by_issuer(self, iss: str, *_args: Any, **_kwargs: Any) -> PlatformRegistration:
        """The issuer's one registration; raises `UnknownPlatform` if it has none or several."""
        return self._only(_OF_ISSUER, {"issuer": iss})

    def find_registration_by_params(
        self, iss: str, client_id: str | None, *_args: Any, **kwargs: Any
    ) -> PlatformRegistration:
        """As `find_registration_by_issuer` without a client id, which some platforms leave out of the login."""
        body = kwargs.get("jwt_body")
        if body:
            return self._for_launch(iss, client_id, body[f"{CLAIM}deployment_id"])
        if not client_id:
            return self.find_registration_by_issuer(iss)
        known = self._recent.get(iss, client_id)
        return known or self._recent.keep(
            iss, client_id, self._only(_OF_CLIENT, {"issuer": iss, "client_id": client_id})
        )

    def find_deployment(self, *_args: Any, **_kwargs: Any) -> NamedDeployment | None:
        """What the look-up of the launch's registration found beside it, so that both cost one statement."""
        return self._named

    def find_deployment_by_params(self, *_args: Any, **_kwargs: Any) -> NamedDeployment | None:
        return self._named

    def _only(self, statement: Select[Any], values: dict[str, str]) -> PlatformRegistration:
        rows = self._session.connection().execute(statement, values).all()
        if len(rows) != 1:
            raise UnknownPlatform("registration-ambiguous" if rows else "registration-unknown")
        return PlatformRegistration(rows[0])

    def _for_launch(self, iss: str, client_id: str | None, deployment_id: str) -> PlatformRegistration:
        values = {"issuer": iss, "client_id": client_id, "deployment_id": deployment_id}
        row = self._session.connection().execute(_FOR_LAUNCH, values).one_or_none()
        if row is None:
            raise UnknownPlatform("registration-unknown")
        self._named = NamedDeployment(deployment_id, row)
        return PlatformRegistration(row)

    def clients_of(self, issuer: str) -> set[str]:
        return set(self._session.scalars(select(Platform.client_id).where(Platform.issuer == issuer)))

    def get_jwks(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        """Our keys, the same for every registration, those that retire included."""
        return {"keys": public_jwks(self._session)}

    def pause(self) -> None:
        """End the reading transaction: the platform's keys are fetched next, which may take seconds."""
        self._session.rollback()


_PLATFORM = table_of(Platform).c
_DEPLOYMENT = table_of(Deployment).c
_COLUMNS: tuple[ColumnElement[Any], ...] = (
    _PLATFORM.id,
    _PLATFORM.issuer,
    _PLATFORM.client_id,
    _PLATFORM.auth_url,
    _PLATFORM.token_url,
    _PLATFORM.jwks_url,
    _PLATFORM.product,
    _PLATFORM.trusts_administrators,
)


def _for_launch_query() -> Select[Any]:
    named = and_(_DEPLOYMENT.platform_id == _PLATFORM.id, _DEPLOYMENT.deployment_id == bindparam("deployment_id"))
    return (
        select(
            *_COLUMNS,
            _DEPLOYMENT.id.label("deployment_pk"),
            _DEPLOYMENT.status.label("deployment_status"),
        )
        .select_from(table_of(Platform).outerjoin(table_of(Deployment), named))
        .where(_PLATFORM.issuer == bindparam("issuer"), _PLATFORM.client_id == bindparam("client_id"))
    )


_OF_ISSUER = select(*_COLUMNS).where(_PLATFORM.issuer == bindparam("issuer")).limit(2)
_OF_CLIENT = select(*_COLUMNS).where(
    _PLATFORM.issuer == bindparam("issuer"), _PLATFORM.client_id == bindparam("client_id")
)
_FOR_LAUNCH = _for_launch_query()
