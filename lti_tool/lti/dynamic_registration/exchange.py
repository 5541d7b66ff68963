"""The two requests of a registration: fetch the platform's description, then introduce the tool."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool import http
from lti_tool.http import Answer, OutgoingError, Sender
from lti_tool.lti.dynamic_registration.refusals import RegistrationRefused
from lti_tool.texts import gettext as _

# Both within one request of a person who waits.
_SECONDS = 10.0
_MOST_TOLD = 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """How this application speaks with platforms that register themselves."""

    send: Sender = http.send

    def configuration(self, address: str, token: str | None) -> Any:
        """The document at `address`, as JSON. Brightspace gives out no token. Raises `RegistrationRefused`."""
        return self._asked("GET", address, token)

    def register(self, address: str, token: str | None, metadata: Mapping[str, Any]) -> Any:
        """What the platform answers to our metadata, as JSON. Raises `RegistrationRefused`."""
        return self._asked("POST", address, token, json.dumps(metadata).encode())

    def _asked(self, method: str, address: str, token: str | None, body: bytes | None = None) -> Any:
        headers = {"Accept": "application/json"}
        headers |= {"Content-Type": "application/json"} if body else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return _json(self.send(method, address, headers=headers, data=body, seconds=_SECONDS))
        except OutgoingError as error:
            raise _refusal(method, error, token) from error


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except RecursionError as error:
        raise OutgoingError("the answer is nested too deep", retry=False) from error


def _refusal(method: str, error: OutgoingError, token: str | None) -> RegistrationRefused:
    step = "configuration" if method == "GET" else "registration"
    if error.status is None or error.status < 300:
        return RegistrationRefused(f"{step}: {error}", _unreached(step, str(error)), _check_the_platform())
    return RegistrationRefused(
        f"{step}: answered {error.status}",
        _("Your learning platform answered %(status)s: %(text)s", status=error.status, text=_told(error.body, token)),
        _("Nothing was stored here. Begin anew in your learning platform: what it sent along may be used up by now."),
    )


def _unreached(step: str, problem: str) -> str:
    if step == "configuration":
        return _("Your learning platform's description of itself could not be read (%(problem)s).", problem=problem)
    return _("Your learning platform did not take the registration (%(problem)s).", problem=problem)


def _check_the_platform() -> str:
    return _(
        "Nothing was stored here. The tool must be able to reach your learning platform over https; if it stands on a "
        "private network, whoever runs the tool has to name its host."
    )


def _told(body: str, token: str | None) -> str:
    """What the platform says went wrong: RFC 7591's description, else the beginning of what it wrote."""
    text = _described(body) or body
    text = text.replace(token, "…") if token else text
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return (text[:_MOST_TOLD] + "…" if len(text) > _MOST_TOLD else text) or _("no explanation")


def _described(body: str) -> str | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    told = [document.get(name) for name in ("error", "error_description")] if isinstance(document, dict) else []
    return ": ".join(text for text in told if isinstance(text, str)) or None
