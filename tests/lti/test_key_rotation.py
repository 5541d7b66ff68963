"""Rotation without downtime, seen from platforms that keep our key set for a while."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.demo_lms.app import Behaviour, DemoConfig, create_demo_lms
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.actions import KEY_NOTICE, KEY_OVERLAP, rotate_keys
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.lti.services.registration import client_of
from lti_tool.lti.services.tokens import TokenCache, TokenRefused
from tests.cast import Cast

HOUR = timedelta(hours=1)
FetchKeys = Callable[[], Mapping[str, Any]]
Platforms = Callable[[FetchKeys, timedelta], Callable[..., Answer]]


class CachingPlatform:
    """Gives tokens, and fetches our key set only when what it has is older than its patience, whatever kid it meets."""

    def __init__(self, fetch: FetchKeys, keeps: timedelta) -> None:
        self._fetch = fetch
        self._keeps = keeps
        self._known: dict[str, jwt.PyJWK] = {}
        self._until: datetime | None = None

    def __call__(self, method: str, url: str, *, data: Any = None, **_options: Any) -> Answer:
        assertion = data["client_assertion"]
        if self._until is None or self._until <= now():
            keys = jwt.PyJWKSet.from_dict(dict(self._fetch())).keys
            self._known, self._until = {key.key_id or "": key for key in keys}, now() + self._keeps
        key = self._known.get(jwt.get_unverified_header(assertion)["kid"])
        if key is None:
            raise OutgoingError("answered 400", retry=False, status=400)
        jwt.decode(assertion, key, algorithms=["RS256"], audience=url)
        return Answer(200, {}, json.dumps({"access_token": "token", "expires_in": 60}).encode())


def demo_lms(folder: Path) -> Platforms:
    """The demo LMS with its switch for keeping the keys of tools."""

    def make(fetch: FetchKeys, keeps: timedelta) -> Callable[..., Answer]:
        behaviour = Behaviour(tool_jwks_cache_seconds=int(keeps.total_seconds()))
        config = DemoConfig(
            "https://lms.test",
            "https://tool.test",
            folder / "lms.sqlite3",
            client_id="client-1",
            fetch_jwks=lambda _url: fetch(),
            behaviour=behaviour,
        )
        client = create_demo_lms(config).test_client()

        def send(method: str, url: str, *, data: Any = None, **_options: Any) -> Answer:
            answer = client.open(url, method=method, data=data)
            if answer.status_code != 200:
                raise OutgoingError("refused", retry=False, status=answer.status_code, body=answer.text)
            return Answer(200, {}, answer.data)

        return send

    return make


@pytest.fixture(params=["a platform", "the demo LMS"])
def platforms(request: pytest.FixtureRequest, tmp_path: Path) -> Platforms:
    return CachingPlatform if request.param == "a platform" else demo_lms(tmp_path)


class Tool:
    """Us, our keys and the time."""

    def __init__(self, session: Session, cast: Cast, client: FlaskClient, clock: time_machine.Traveller) -> None:
        self._session, self._cast, self._client, self._clock = session, cast, client, clock

    def rotate(self, *, at_once: bool = False) -> str:
        kid = rotate_keys(self._session, at_once=at_once).kid
        self._session.commit()
        return kid

    def wait(self, how_long: timedelta) -> None:
        self._clock.shift(how_long)

    def key_set(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._client.get("/lti/jwks").get_json()
        return found

    def get_token(self, platform: Callable[..., Answer]) -> str:
        """A new one each time; raises `TokenRefused`. Returns the id of the key that signed for it."""
        us = client_of(self._session, self._cast.deployment_pk)
        self._session.rollback()
        assert us is not None
        TokenCache().get(us, [SCORE_SCOPE], platform)
        return us.key.kid


@pytest.fixture
def tool(session: Session, cast: Cast, client: FlaskClient) -> Iterator[Tool]:
    with time_machine.travel(now()) as clock:
        yield Tool(session, cast, client, clock)


@pytest.mark.parametrize("keeps", [timedelta(0), HOUR, 23 * HOUR, 24 * HOUR])
def test_tokens_are_had_before_during_and_after_a_rotation(tool: Tool, platforms: Platforms, keeps: timedelta) -> None:
    old = tool.rotate()
    platform = platforms(tool.key_set, keeps)
    assert tool.get_token(platform) == old
    new = tool.rotate()
    signers = []
    for _step in range(int((KEY_NOTICE + KEY_OVERLAP) / (6 * HOUR)) + 4):
        tool.wait(6 * HOUR)
        signers.append(tool.get_token(platform))
    assert signers == sorted(signers, key=[old, new].index), "first the old one, then the new one"
    assert signers[0] == old
    assert signers[3] == new
    assert [key["kid"] for key in tool.key_set()["keys"]] == [new]


def test_a_platform_that_keeps_keys_refuses_one_that_replaced_another_at_once_until_it_looks_again(
    tool: Tool, platforms: Platforms
) -> None:
    tool.rotate()
    platform = platforms(tool.key_set, HOUR)
    tool.get_token(platform)
    new = tool.rotate(at_once=True)
    with pytest.raises(TokenRefused):
        tool.get_token(platform)
    tool.wait(HOUR)
    assert tool.get_token(platform) == new
