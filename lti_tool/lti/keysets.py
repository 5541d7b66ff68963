"""Platforms' public keys, parsed once and kept by key id."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from lti_tool import http

log = logging.getLogger(__name__)

# Brightspace changes its keys about hourly; an unknown key id brings a new fetch anyway.
FRESH_SECONDS = 3600.0
# At most one fetch per key set in this time, so that invented key ids cannot make us flood a platform.
PAUSE_SECONDS = 10.0
# How long keys stay in use while the platform cannot be reached to renew them.
USABLE_SECONDS = 24 * 3600.0
_SMALLEST_KEY = 2048
_MOST_KEYS = 100

Fetch = Callable[[str], Any]


class KeySetUnreadable(Exception):
    """`reason` is a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyUnknown(Exception):
    """The platform's key set has no such key, or was fetched too recently to ask again."""


@dataclass(slots=True)
class _KeySet:
    keys: Mapping[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: float = float("-inf")
    tried_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


def fetch_json(url: str) -> Any:
    return http.send("GET", url, headers={"Accept": "application/json"}).json()


class KeySets:
    """A cache, per process: what it lacks is fetched again. Times are of the monotonic clock, in seconds."""

    def __init__(self, fetch: Fetch = fetch_json, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._sets: dict[str, _KeySet] = {}

    def known(self, url: str, kid: str) -> RSAPublicKey | None:
        """The key if it is at hand and fresh; never waits."""
        keys = self._sets.get(url)
        if keys is None or self._clock() - keys.fetched_at > FRESH_SECONDS:
            return None
        return keys.keys.get(kid)

    def find(self, url: str, kid: str) -> RSAPublicKey:
        """The key, fetched if need be; raises `KeyUnknown` or `KeySetUnreadable`."""
        keys = self._sets.setdefault(url, _KeySet())
        with keys.lock:
            key = self.known(url, kid)
            if key is not None:
                return key
            if self._clock() - keys.tried_at >= PAUSE_SECONDS:
                self._renew(url, keys)
            if not self._usable(keys):
                raise KeySetUnreadable("jwks-unavailable: failed a moment ago")
            if kid not in keys.keys:
                raise KeyUnknown
            return keys.keys[kid]

    def _renew(self, url: str, keys: _KeySet) -> None:
        keys.tried_at = self._clock()
        try:
            keys.keys = self._read(url)
            keys.fetched_at = keys.tried_at
        except KeySetUnreadable as error:
            if not self._usable(keys):
                raise
            log.warning("platform keys not renewed", extra={"reason": error.reason})

    def _read(self, url: str) -> dict[str, RSAPublicKey]:
        try:
            return read_keys(self._fetch(url))
        except (http.OutgoingError, RecursionError) as error:
            raise KeySetUnreadable(f"jwks-unavailable: {error}") from error

    def _usable(self, keys: _KeySet) -> bool:
        return self._clock() - keys.fetched_at <= USABLE_SECONDS


def read_keys(body: Any) -> dict[str, RSAPublicKey]:
    """The keys that can verify a launch, by their ids; raises `KeySetUnreadable` for what is no key set."""
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, list):
        raise KeySetUnreadable("jwks-invalid: no list of keys")
    return dict(pair for pair in map(_parsed_key, keys[:_MOST_KEYS]) if pair)


def _parsed_key(entry: Any) -> tuple[str, RSAPublicKey] | None:
    """The key with its id; None for entries that cannot verify RS256, which platforms may list beside it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("alg", "RS256") != "RS256" or entry.get("use", "sig") != "sig":
        return None
    try:
        key = RSAAlgorithm.from_jwk({name: entry.get(name) for name in ("kty", "n", "e")})
    except (jwt.InvalidKeyError, ValueError, TypeError):
        return None
    return (entry["kid"], key) if isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_KEY else None
