"""Connections for `requests` that lead only to guarded addresses and that end at a deadline.

Which guard and which deadline hold is said for each request, by `errand`: one thread sends one request at a time.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import LocationParseError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from lti_tool.guard import Guard

# Each may take the whole time-out for connecting.
_MOST_ADDRESSES = 3


class _Errand(threading.local):
    guard = Guard()
    deadline = float("inf")


_errand = _Errand()


@contextmanager
def errand(guard: Guard, deadline: float) -> Iterator[None]:
    """Within, this thread's connections obey the guard and end at `deadline` (of the monotonic clock)."""
    _errand.guard, _errand.deadline = guard, deadline
    try:
        yield
    finally:
        _errand.guard, _errand.deadline = Guard(), float("inf")


class _InTime(io.RawIOBase):
    """What a socket receives until the deadline. A socket's own time-out begins anew with every byte, so an answer
    that trickles could hold a worker for hours."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = _errand.deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        if left != float("inf"):
            self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_InTime(sock))


class _Guarded(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        for address in self._addresses()[:_MOST_ADDRESSES]:
            try:
                return create_connection((address, self.port), self.timeout, self.source_address, self.socket_options)
            except OSError as error:
                failure = error
        raise NewConnectionError(self, f"nobody answers at {self.host}") from failure

    def _addresses(self) -> list[str]:
        try:
            return list(_errand.guard.addresses(self.host, self.port))
        except UnicodeError as error:
            raise LocationParseError(self.host) from error
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error


class _GuardedTls(_Guarded, HTTPSConnection):
    """Certificate and server name are still those of the host that was asked for."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


class GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
