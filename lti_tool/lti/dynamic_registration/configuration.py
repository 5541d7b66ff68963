"""What a platform tells about itself.

https://www.imsglobal.org/spec/lti-dr/v1p0#platform-configuration
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lti_tool.lti.dynamic_registration.refusals import RegistrationRefused, unsound
from lti_tool.people.models import ID_LENGTH
from lti_tool.texts import gettext as _

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
# https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.registration
_CANVAS_ACCOUNT = "https://canvas.instructure.com/lti/account_name"
# Issuers that stand for all customers of a company: the description comes from another host of theirs. No whole
# domain where customers' own files may be served.
_SPEAK_FOR = {
    "canvas.instructure.com": "canvaslms.com",
    "canvas.beta.instructure.com": "canvaslms.com",
    "canvas.test.instructure.com": "canvaslms.com",
    "blackboard.com": "developer.blackboard.com",
}
BRIGHTSPACE = "desire2learn"
# Its token address is another one, and stands in no configuration.
_BRIGHTSPACE_AUDIENCE = "https://api.brightspace.com/auth/token"
_LONGEST_ADDRESS = 2000
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """`messages` are the types that the platform says it sends, `placements` where it can put them; both may be
    empty. `product` is its product_family_code in lower case."""

    name: str
    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    token_audience: str | None
    product: str | None
    messages: frozenset[str]
    placements: frozenset[str]


def read_configuration(document: Any, address: str) -> PlatformConfiguration:
    """The configuration that was found at `address`. Raises `RegistrationRefused`.

    Whether the addresses in it may be used is judged where they are: the guard asks them, `add_platform` keeps them.
    """
    if not isinstance(document, dict):
        raise unsound("JSON")
    issuer = _address(document, "issuer")
    _check_origin(issuer, address)
    told = _platform_part(document)
    product = _text(told.get("product_family_code"))
    product = product.lower() if product else None
    messages, placements = _messages(told.get("messages_supported"))
    return PlatformConfiguration(
        name=_text(told.get(_CANVAS_ACCOUNT)) or _host(issuer),
        issuer=issuer,
        auth_url=_address(document, "authorization_endpoint"),
        token_url=_address(document, "token_endpoint"),
        jwks_url=_address(document, "jwks_uri"),
        registration_url=_address(document, "registration_endpoint"),
        token_audience=_audience(document, product),
        product=product,
        messages=messages,
        placements=placements,
    )


def split(address: str) -> SplitResult | None:
    """None for what is no plain address with a host.

    Libraries differ in where they see the host of an odd one (`https://one\\@two/`), and the host that is compared
    here must be the host that is asked.
    """
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return None
    plain = address.isascii() and address.isprintable() and not set(address) & set(" \\#")
    return parts if plain and parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) else None


def _host(address: str) -> str:
    parts = split(address)
    return parts.hostname or "" if parts else ""


def _origin(address: str) -> tuple[str, int | None]:
    parts = split(address)
    return _host(address), parts and (parts.port or {"https": 443, "http": 80}[parts.scheme])


def _address(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS or split(value) is None:
        raise unsound(name)
    return value


def _check_origin(issuer: str, address: str) -> None:
    """Nobody may describe a platform but the platform: the two hosts must be one.

    https://www.imsglobal.org/spec/lti-dr/v1p0#issuer-and-openid-configuration-url-match
    """
    speaks_for = _SPEAK_FOR.get(_host(issuer))
    if _origin(issuer) == _origin(address) or (speaks_for and f".{_host(address)}".endswith(f".{speaks_for}")):
        return
    raise RegistrationRefused(
        "issuer-mismatch",
        _(
            "The description was found at %(address)s but calls itself %(issuer)s. Only a platform's own host may "
            "describe it.",
            address=_host(address),
            issuer=_host(issuer),
        ),
    )


def _platform_part(document: Mapping[str, Any]) -> Mapping[str, Any]:
    # Moodle up to 3.10 wrote the name with a blank at its end.
    for name, value in document.items():
        if name.strip() == PLATFORM_CONFIGURATION and isinstance(value, dict):
            return value
    return {}


def _text(value: Any) -> str | None:
    sound = isinstance(value, str) and value.strip() and len(value) <= ID_LENGTH and value.isprintable()
    return value.strip() if sound else None


def _messages(listed: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Types and placements; Moodle once listed bare names instead of objects."""
    types, placements = set[str](), set[str]()
    for entry in listed if isinstance(listed, list) else []:
        kind = entry.get("type") if isinstance(entry, dict) else entry
        places = entry.get("placements") if isinstance(entry, dict) else None
        types |= {kind} if isinstance(kind, str) else set()
        placements |= {place for place in places if isinstance(place, str)} if isinstance(places, list) else set()
    return frozenset(types), frozenset(placements)


def _audience(document: Mapping[str, Any], product: str | None) -> str | None:
    """The `aud` of our client assertion where it is not the token address. Canvas names a bare host there, which its
    token address does not accept."""
    if product == BRIGHTSPACE:
        return _BRIGHTSPACE_AUDIENCE
    named = _text(document.get("authorization_server"))
    return named if named and split(named) and named != document.get("token_endpoint") else None
