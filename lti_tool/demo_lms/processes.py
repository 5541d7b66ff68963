"""Several processes that live and end together, whichever way this one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_SECONDS = 10.0
LAST_LINES = 15

# Reads process groups until the pipe that only we hold open ends, so that even `kill -9` on us leaves nobody behind.
_GUARD = 'while read -r group; do all="$all -$group"; done; kill -TERM $all; sleep 5; kill -KILL $all'


class ChildEnded(Exception):
    """A child ended by itself; the message has the last lines of its log."""


class Children:
    """Use within `children(...)`, which stops them all at its end."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = subprocess.Popen(  # noqa: S603 - no input of anybody
            ["/bin/sh", "-c", _GUARD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def start(self, name: str, command: Sequence[str]) -> None:
        """What it says goes to `<name>.log` in the folder of logs."""
        with self._log_of(name).open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 - commands of ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                # A group of its own: Ctrl-C reaches us alone, and what the child started is stopped with it.
                start_new_session=True,
            )
        self._running[name] = child
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{child.pid}\n".encode())
        self._guard.stdin.flush()

    def refuse_ended(self) -> None:
        """Raises `ChildEnded` if one of them is gone."""
        for name, child in self._running.items():
            if child.poll() is not None:
                log = self._log_of(name)
                lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
                first = f"The {name} ended by itself (code {child.returncode}), so all stop. The end of {log}:"
                raise ChildEnded("\n".join([first, *lines]))

    def stop(self) -> None:
        for child in self._running.values():
            _signal_group(child, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for child in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, end - time.monotonic()))
            # What a child leaves behind in its group when it ends or crashes goes too.
            _signal_group(child, signal.SIGKILL)
            child.wait()
        self._guard.kill()
        self._guard.wait()

    def _log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"


@contextmanager
def children(logs: Path, environment: Mapping[str, str]) -> Iterator[Children]:
    started = Children(logs, environment)
    try:
        yield started
    finally:
        started.stop()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
