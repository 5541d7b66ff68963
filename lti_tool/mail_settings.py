"""The mail server and the sender, as two settings name them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import getaddresses, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")
# The usual ones; quoted names and comments are for no one, and line ends would make headers of their own.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_LONGEST_ADDRESS = 254
_FORMS = "smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://host:25"


class Security(enum.StrEnum):
    """How the connection is kept private; the value is the scheme that asks for it."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+plain"


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: Security
    # As in the header From.
    sender: Address
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server(url: str, sender: str) -> MailServer | None:
    """None without a URL. `mail_problems` must have found nothing."""
    if not url:
        return None
    parts = urlsplit(url)
    security = _security(parts)
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or _PORTS[security],
        security=security,
        sender=_address(sender),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def mail_problems(url: str, sender: str) -> list[str]:
    """Every mistake, in words that name the setting and never the password."""
    if not url:
        return []
    return [problem for problem in (_url_problem(url), _sender_problem(sender)) if problem]


def is_mail_address(text: str) -> bool:
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _security(parts: SplitResult) -> Security:
    security = Security(parts.scheme)
    # What stays on this machine needs no secrecy, and the relays there have no certificate.
    return Security.NONE if security is Security.STARTTLS and parts.hostname in LOOPBACK else security


def _url_problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        port, host = 0, ""
    if port == 0 or not HOST_NAME.fullmatch(host) or parts.path not in ("", "/") or parts.query or parts.fragment:
        return f"LTI_TOOL_SMTP_URL must be like {_FORMS} (%-encode what is special in a password)."
    if parts.scheme not in set(Security):
        return f"LTI_TOOL_SMTP_URL must be like {_FORMS}."
    return _login_problem(parts)


def _login_problem(parts: SplitResult) -> str | None:
    if bool(parts.username) != bool(parts.password):
        return "LTI_TOOL_SMTP_URL must name both a user and a password, or neither."
    if not (unquote(parts.username or "") + unquote(parts.password or "")).isascii():
        return "LTI_TOOL_SMTP_URL must name a user and a password of ASCII characters."
    if parts.password and _security(parts) is Security.NONE and parts.hostname not in LOOPBACK:
        return "LTI_TOOL_SMTP_URL must not be smtp+plain:// with a password: anybody on the way could read it."
    return None


def _sender_problem(sender: str) -> str | None:
    found = getaddresses([sender])
    if len(found) == 1 and is_mail_address(found[0][1]):
        return None
    return "LTI_TOOL_MAIL_FROM must be like Training <training@example.edu>; LTI_TOOL_SMTP_URL needs it."


def _address(sender: str) -> Address:
    name, address = parseaddr(sender)
    username, _at, domain = address.rpartition("@")
    return Address(name, username, domain)
