"""What a platform sends along, and the code of an invitation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.lti.dynamic_registration.configuration import split
from lti_tool.lti.dynamic_registration.refusals import RegistrationRefused
from lti_tool.texts import gettext as _

# A signed token of a few kB at most.
_LONGEST = 8000


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """`token` goes to the platform and nowhere else: not to the log, not into an address of ours."""

    address: str
    token: str | None
    code: str | None

    @property
    def host(self) -> str:
        parts = split(self.address)
        return parts.netloc if parts else ""


def read(sent: Mapping[str, str], invitation: str | None) -> Asked:
    """Raises `RegistrationRefused` for what no platform sends."""
    address = sent.get("openid_configuration", "").strip()
    token = sent.get("registration_token", "").strip()
    if len(address) > _LONGEST or (address and not split(address)):
        raise _unusable("openid_configuration")
    if len(token) > _LONGEST or not (token.isascii() and token.isprintable()):
        raise _unusable("registration_token")
    return Asked(address, token or None, (invitation or sent.get("invitation", "")).strip() or None)


def _unusable(name: str) -> RegistrationRefused:
    return RegistrationRefused(
        f"request: {name}",
        _("What your learning platform sent along cannot be used: %(what)s.", what=name),
        _("Begin the registration anew in your learning platform."),
    )
