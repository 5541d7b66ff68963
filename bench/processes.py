"""Servers in processes of their own, on a core of their own where there are two, and the CPU time they use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60


@contextmanager
def cores() -> Iterator[int | None]:
    """Keep this process (and threads it starts from now on) to one core; yields the other one for the servers.

    None where the machine has a single core or cannot pin: then they share.
    """
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        yield None
        return
    before = os.sched_getaffinity(0)
    driver, server = sorted(before)[:2]
    os.sched_setaffinity(0, {driver})
    try:
        yield server
    finally:
        os.sched_setaffinity(0, before)


def pin(pid: int, core: int | None) -> None:
    """Children that start later stay there, too."""
    if core is not None:
        os.sched_setaffinity(pid, {core})


@contextmanager
def server(arguments: list[str], port: int, environ: Mapping[str, str], core: int | None) -> Iterator[psutil.Process]:
    """Run `python <arguments>` until the block ends; yields once the port answers."""
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        pin(process.pid, core)
        _wait_for(port, process)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(masters: list[psutil.Process]) -> float:
    """User and system time so far of these processes and all below them."""
    total = 0.0
    for master in masters:
        for process in [master, *master.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
    return total


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not answer in time")
