"""What changes registrations, deployments and our keys; used by the launch, the command line and the web."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import now, rows_changed, table_of
from lti_tool.errors import Conflict, DomainError, NotFound
from lti_tool.lti.keys import new_key
from lti_tool.lti.models import (
    Deployment,
    DeploymentStatus,
    Platform,
    RegistrationInvitation,
    ToolKey,
    UsedNonce,
)
from lti_tool.lti.upsert import insert_once
from lti_tool.people.models import ID_LENGTH, Course, LaunchSession, Person
from lti_tool.texts import gettext as _

# By then platforms that keep our key set have fetched it anew, and know the key before they meet it.
KEY_NOTICE = timedelta(hours=24)
# What an old key has signed stays verifiable for so long after the next one signs.
KEY_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """A registration as the platform's administrator hands it over."""

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployment_ids: tuple[str, ...] = ()
    token_audience: str | None = None


class PlatformRefused(DomainError):
    """`problems` says what is wrong with which field of `NewPlatform` or `PlatformChanges`."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"platform: {', '.join(problems)}", explanation=" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PlatformChanges:
    """What of a registration may be corrected later. Issuer and client id are what it is found by: others make another
    registration."""

    name: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None


class Removal(enum.Enum):
    DELETED = "deleted"
    # Launches have left people and work behind: those stay, nobody gets in any more.
    CLOSED = "closed"


def add_platform(session: Session, new: NewPlatform, *, development: bool) -> Platform:
    """Register a platform with its approved deployments, and make our first key if there is none yet.

    Raises `PlatformRefused` for values that cannot work (plain http outside `development` among them) and `Conflict`
    for an issuer and client id that are registered.
    """
    _refuse(_problems(new, development))
    platform = Platform(
        name=new.name,
        issuer=new.issuer,
        client_id=new.client_id,
        auth_url=new.auth_url,
        token_url=new.token_url,
        jwks_url=new.jwks_url,
        token_audience=new.token_audience,
        deployments=[
            Deployment(deployment_id=deployment_id, status=DeploymentStatus.APPROVED)
            for deployment_id in dict.fromkeys(new.deployment_ids)
        ],
    )
    try:
        with session.begin_nested():
            session.add(platform)
    except IntegrityError as error:
        raise Conflict(
            "platform-exists", explanation=_("This issuer and client id are registered already; nothing was changed.")
        ) from error
    if not session.scalar(select(exists().where(ToolKey.id.is_not(None)))):
        session.add(new_key())
    session.flush()
    return platform


def change_platform(session: Session, platform_id: int, changes: PlatformChanges, *, development: bool) -> None:
    """Raises `PlatformRefused` for values that cannot work, and `NotFound`."""
    values = asdict(changes)
    _refuse(_text_problems(values) | _address_problems(values, development))
    platform = _platform(session, platform_id)
    for name, value in values.items():
        setattr(platform, name, value)
    session.flush()


def trust_administrators(session: Session, platform_id: int, *, trusted: bool) -> None:
    """Whether the platform's system and institution administrators administer here, too; raises `NotFound`.

    Trust that is taken back is gone from visits that are open at that moment as well.
    """
    _platform(session, platform_id).trusts_administrators = trusted
    session.flush()
    if not trusted:
        people = select(Person.id).where(Person.platform_id == platform_id)
        visits = update(LaunchSession).where(LaunchSession.person_id.in_(people), LaunchSession.administrator)
        session.execute(visits.values(administrator=False), execution_options={"synchronize_session": False})


def remove_platform(session: Session, platform_id: int) -> Removal:
    """Delete a registration nobody has used; otherwise close its deployments, which `approve_deployment` reopens."""
    deployments = select(Deployment.id).where(Deployment.platform_id == platform_id)
    used = exists().where(Person.platform_id == platform_id) | exists().where(Course.deployment_id.in_(deployments))
    if session.scalar(select(used)):
        closed = update(Deployment).where(Deployment.platform_id == platform_id)
        session.execute(closed.values(status=DeploymentStatus.INACTIVE))
        return Removal.CLOSED
    led_here = update(RegistrationInvitation).where(RegistrationInvitation.platform_id == platform_id)
    session.execute(led_here.values(platform_id=None))
    session.execute(delete(Deployment).where(Deployment.platform_id == platform_id))
    session.execute(delete(Platform).where(Platform.id == platform_id))
    return Removal.DELETED


def remember_deployment(session: Session, platform_id: int, deployment_id: str) -> None:
    """Keep a deployment that a verified launch named, once, for an administrator to approve."""
    row = {"platform_id": platform_id, "deployment_id": deployment_id, "status": DeploymentStatus.PENDING}
    insert_once(session.connection(), table_of(Deployment), row)


def approve_deployment(session: Session, deployment_pk: int) -> None:
    """Let launches from this deployment in, whatever its state was; raises `NotFound`."""
    _deployment(session, deployment_pk).status = DeploymentStatus.APPROVED
    session.flush()


def close_deployment(session: Session, deployment_pk: int) -> None:
    """Let no more launches from this deployment in, which `approve_deployment` reopens; raises `NotFound`."""
    _deployment(session, deployment_pk).status = DeploymentStatus.INACTIVE
    session.flush()


def rotate_keys(session: Session, *, at_once: bool = False) -> ToolKey:
    """Publish a new key, which signs once platforms have had time to notice it; then the one before it retires.

    `at_once` is for keys that others may know: the new one signs now and all others go. Platforms that keep our key set
    then refuse us until they fetch it anew. The first key of all signs at once, too.
    """
    moment = now()
    session.execute(delete(ToolKey) if at_once else delete(ToolKey).where(ToolKey.retires_at <= moment))
    others = session.scalar(select(exists().where(ToolKey.id.is_not(None))))
    key = new_key()
    key.signs_from = moment + KEY_NOTICE if others else moment
    current = update(ToolKey).where(ToolKey.retires_at.is_(None))
    session.execute(current.values(retires_at=key.signs_from + KEY_OVERLAP))
    session.add(key)
    session.flush()
    return key


def forget_expired_nonces(session: Session) -> int:
    """Delete the spent nonces whose state has expired, which alone would stop a replay; returns how many."""
    return rows_changed(session.execute(delete(UsedNonce).where(UsedNonce.expires_at < now())))


def _platform(session: Session, platform_id: int) -> Platform:
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise NotFound("no such platform")
    return platform


def _deployment(session: Session, deployment_pk: int) -> Deployment:
    deployment = session.get(Deployment, deployment_pk)
    if deployment is None:
        raise NotFound("no such deployment")
    return deployment


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        raise PlatformRefused(problems)


def _problems(new: NewPlatform, development: bool) -> dict[str, str]:
    values = asdict(new)
    problems = _text_problems(values) | _address_problems(values, development)
    if len(new.issuer) > ID_LENGTH:
        problems["issuer"] = _("The issuer must be at most 255 characters.")
    return problems


def _text_problems(values: Mapping[str, Any]) -> dict[str, str]:
    labels = {
        "name": _("name"),
        "client_id": _("client id"),
        "deployment_ids": _("deployment id"),
        "token_audience": _("token audience"),
    }
    return {
        field: _("The %(label)s must be 1 to 255 printable characters.", label=label)
        for field, label in labels.items()
        if not all(map(_printable, _texts(values.get(field))))
    }


def _texts(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


def _printable(text: str) -> bool:
    return bool(text.strip()) and len(text) <= ID_LENGTH and text.isprintable()


def _address_problems(values: Mapping[str, Any], development: bool) -> dict[str, str]:
    labels = {
        "issuer": _("issuer"),
        "auth_url": _("authorisation URL"),
        "token_url": _("token URL"),
        "jwks_url": _("key set URL"),
    }
    wanted = "http:// or https://" if development else "https://"
    return {
        field: _("The %(label)s must be an address that begins with %(wanted)s.", label=label, wanted=wanted)
        for field, label in labels.items()
        if field in values and not _sound(values[field], development)
    }


def _sound(url: str, development: bool) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if development else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url and not parts.fragment and "@" not in parts.netloc
    return plain and parts.scheme in schemes and bool(host) and port != 0
