"""Several processes that live and end together, whichever way this one ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path

STOP_SECONDS = 10.0
LAST_LINES = 15

# What this process has loaded, which takes most of the time of a start, need not be loaded again by each of them.
_FORK = multiprocessing.get_context("fork")
# Reads process groups until the pipe that only we hold open ends, so that even `kill -9` on us leaves nobody behind.
_GUARD = 'while read -r group; do all="$all -$group"; done; kill -TERM $all; sleep 5; kill -KILL $all'
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildEnded(Exception):
    """A child ended by itself; the message has the last lines of its log."""


class Children:
    """Use within `children(...)`, which stops them all at its end."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._environment = environment
        self._running: dict[str, ForkProcess] = {}
        self._guard = subprocess.Popen(  # noqa: S603 - no input of anybody
            ["/bin/sh", "-c", _GUARD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._guard.stdin is not None
        self._groups = self._guard.stdin

    def start(self, name: str, work: Callable[[], object]) -> None:
        """What it says goes to `<name>.log` in the folder of logs. No thread may run here, for it is forked."""
        here, there = _FORK.Pipe(duplex=False)
        with self._log_of(name).open("wb") as log, here, there:
            child = _FORK.Process(target=self._live, args=(work, log.fileno(), there))
            child.start()
            self._running[name] = child
            there.close()
            # From here on a signal to its group reaches it, and ends it.
            here.recv()
        self._groups.write(f"{child.pid}\n".encode())
        self._groups.flush()

    def refuse_ended(self) -> None:
        """Raises `ChildEnded` if one of them is gone."""
        for name, child in self._running.items():
            if not child.is_alive():
                log = self._log_of(name)
                lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
                first = f"The {name} ended by itself (code {child.exitcode}), so all stop. The end of {log}:"
                raise ChildEnded("\n".join([first, *lines]))

    def stop(self) -> None:
        for child in self._running.values():
            _signal_group(child, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for child in self._running.values():
            child.join(max(0.1, end - time.monotonic()))
            # What a child leaves behind in its group when it ends or crashes goes too.
            _signal_group(child, signal.SIGKILL)
            child.join()
        self._guard.kill()
        self._guard.wait()

    def _live(self, work: Callable[[], object], log: int, started: Connection) -> None:
        # Its end tells the guard that the first process has ended.
        self._groups.close()
        # A group of its own: Ctrl-C reaches the first process alone, and what the child starts is stopped with it.
        os.setsid()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        for output in (1, 2):
            os.dup2(log, output)
        os.environ.clear()
        os.environ.update(self._environment)
        started.send(None)
        work()

    def _log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"


@contextmanager
def children(logs: Path, environment: Mapping[str, str]) -> Iterator[Children]:
    started = Children(logs, environment)
    try:
        yield started
    finally:
        started.stop()


def _signal_group(child: ForkProcess, number: signal.Signals) -> None:
    assert child.pid is not None
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
