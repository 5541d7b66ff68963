"""Authorised requests to a platform's services: pylti1p3's connector with what it lacks (time-outs, shared tokens that
expire, a second try after 401, answers that are not JSON, links as they were written)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse
from typing_extensions import override

from lti_tool.http import Answer, OutgoingError, Sender
from lti_tool.lti.services.registration import Client, ServiceRegistration
from lti_tool.lti.services.tokens import TokenCache

_QUOTES = " '\""


class Connector(ServiceConnector):
    def __init__(self, client: Client, tokens: TokenCache, send: Sender) -> None:
        self._registration: ServiceRegistration = ServiceRegistration(client)
        self._tokens = tokens
        self._send = send

    @override
    def get_access_token(self, scopes: Sequence[str]) -> str:
        return self._tokens.get(self._registration.client, scopes, self._send)

    @override
    def make_service_request(
        self,
        scopes: Sequence[str],
        url: str,
        is_post: bool = False,
        data: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        case_insensitive_headers: bool = False,
    ) -> TServiceConnectorResponse:
        """Raises `OutgoingError`; a 401 has then been answered with a fresh token once."""
        headers = {"Accept": accept, **({"Content-Type": content_type} if is_post else {})}
        return self.request(scopes, "POST" if is_post else "GET", url, headers, data)

    def request(
        self, scopes: Sequence[str], method: str, url: str, headers: dict[str, str], data: str | None = None
    ) -> TServiceConnectorResponse:
        """As `make_service_request`, with any method."""
        answer = self._authorised(scopes, method, url, headers, (data or "").encode() or None)
        return {
            "headers": dict(answer.headers),
            "body": _body(answer),
            "next_page_url": next_page(answer.headers.get("link"), url),
        }

    def _authorised(
        self, scopes: Sequence[str], method: str, url: str, headers: dict[str, str], data: bytes | None
    ) -> Answer:
        token = self.get_access_token(scopes)
        try:
            return self._send(method, url, headers={**headers, "Authorization": f"Bearer {token}"}, data=data)
        except OutgoingError as error:
            if error.status != 401:
                raise
        token = self._tokens.get(self._registration.client, scopes, self._send, instead_of=token)
        return self._send(method, url, headers={**headers, "Authorization": f"Bearer {token}"}, data=data)


def _body(answer: Answer) -> Any:
    try:
        return json.loads(answer.body) if answer.body else None
    except ValueError:
        # Moodle answers a score with an empty page, others with words; nobody needs them.
        return answer.body.decode("utf-8", "replace")


def next_page(link: str | None, page_url: str) -> str | None:
    """The address of the next page exactly as the platform wrote it, whatever its quotes (Moodle's are curly)."""
    for entry in _links(link or ""):
        # What is not ASCII are curly quotes, by now in some other encoding.
        relations = entry.get("rel", "").encode("ascii", "ignore").decode().strip(_QUOTES).lower().split()
        if "next" in relations and entry["url"]:
            return entry["url"] if urlsplit(entry["url"]).scheme else urljoin(page_url, entry["url"])
    return None


def _links(header: str) -> list[dict[str, str]]:
    entries = requests.utils.parse_header_links(header)
    return [{name.lower().strip(): value for name, value in entry.items()} for entry in entries]
