"""What a platform answers when the tool has introduced itself.

https://www.imsglobal.org/spec/lti-dr/v1p0#client-registration-response
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.lti.dynamic_registration.offer import TOOL_CONFIGURATION
from lti_tool.lti.dynamic_registration.refusals import RegistrationRefused
from lti_tool.people.models import ID_LENGTH
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """`deployment_id` is None where the platform makes installations later, `scopes` where it does not say."""

    client_id: str
    deployment_id: str | None
    scopes: frozenset[str] | None


def read_answer(document: Any) -> RegistrationAnswer:
    """Raises `RegistrationRefused` where there is no client id, or an id that cannot be kept."""
    client_id = _id(document.get("client_id"), "client_id") if isinstance(document, dict) else None
    if client_id is None:
        raise _unusable("client_id")
    configured = document.get(TOOL_CONFIGURATION)
    inner = configured.get("deployment_id") if isinstance(configured, dict) else None
    outer = document.get("deployment_id")
    deployment_id = _id(inner if outer is None else outer, "deployment_id")
    return RegistrationAnswer(client_id, deployment_id, _scopes(document.get("scope")))


def _id(value: Any, name: str) -> str | None:
    # Some write their row's number as it is.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return str(value)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= ID_LENGTH:
        return value
    raise _unusable(name)


def _unusable(name: str) -> RegistrationRefused:
    return RegistrationRefused(
        f"answer: {name}",
        _("Your learning platform took the registration, but its answer cannot be used: %(what)s.", what=name),
    )


def _scopes(value: Any) -> frozenset[str] | None:
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(scope for scope in value if isinstance(scope, str)) if isinstance(value, list) else None
