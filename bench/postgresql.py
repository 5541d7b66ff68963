"""A throw-away PostgreSQL server, where this machine has one installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.processes import pin
from tests.databases import postgresql_programs, postgresql_server


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    process: psutil.Process


@contextmanager
def postgresql(folder: Path, core: int | None) -> Iterator[Server | None]:
    """None where PostgreSQL is not installed."""
    if postgresql_programs() is None:
        yield None
        return
    home = folder / "postgresql"
    home.mkdir()
    folder.chmod(0o755)
    with postgresql_server(home) as url:
        process = psutil.Process(int((home / "data" / "postmaster.pid").read_text().split()[0]))
        pin(process.pid, core)
        yield Server(url, process)
