"""Where the demo LMS and its tool live, and what they have agreed on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from lti_tool.demo_lms.behaviour import Behaviour

FetchJwks = Callable[[str], Mapping[str, Any]]
_FETCH_SECONDS = 5


def fetch_over_http(url: str) -> Mapping[str, Any]:
    """Raises requests.RequestException when there is no answer in five seconds, an error status or no JSON."""
    answer = requests.get(url, timeout=_FETCH_SECONDS, headers={"User-Agent": "demo-lms"})
    answer.raise_for_status()
    keys: Mapping[str, Any] = answer.json()
    return keys


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class DemoConfig:
    """Addresses carry no slash at the end; the tool's three follow from `tool_url` unless they are given.

    The tool described here is registered from the start; others may register themselves.
    """

    base_url: str
    tool_url: str
    database: Path
    client_id: str = "demo-client"
    deployment_id: str = "1"
    tool_login_url: str = ""
    tool_launch_url: str = ""
    tool_jwks_url: str = ""
    fetch_jwks: FetchJwks = fetch_over_http
    behaviour: Behaviour = field(default_factory=Behaviour)

    def __post_init__(self) -> None:
        for name in ("login", "launch", "jwks"):
            url = f"tool_{name}_url"
            object.__setattr__(self, url, getattr(self, url) or f"{self.tool_url}/lti/{name}")

    @property
    def issuer(self) -> str:
        return self.base_url

    @property
    def authorisation_url(self) -> str:
        return f"{self.base_url}/auth"

    @property
    def token_url(self) -> str:
        return f"{self.base_url}/token"

    @property
    def jwks_url(self) -> str:
        return f"{self.base_url}/jwks"

    @property
    def registration_url(self) -> str:
        return f"{self.base_url}/register"

    @property
    def openid_configuration_url(self) -> str:
        return f"{self.base_url}/.well-known/openid-configuration"
