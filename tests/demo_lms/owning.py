"""Processes that own others, as `lti-tool demo` does; to be started by `tests.processes`, for a process with threads
should not be forked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from lti_tool.demo_lms.processes import ChildEnded, children

_SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


def own_a_parent(logs: Path, told: Event) -> None:
    """Own a child with a child of its own, which would outlive it, until `told` to end."""
    with children(logs, {}) as started:
        started.start("parent", lambda: subprocess.run(_SLEEP, check=True))
        told.wait()


def own_a_printer(logs: Path, said: Connection) -> None:
    """Own two children, one of which ends by itself; what is said of that is sent."""
    try:
        with children(logs, {"PAPER": "none"}) as started:
            started.start("other", lambda: time.sleep(600))
            started.start("printer", _print)
            while True:
                started.refuse_ended()
                time.sleep(0.01)
    except ChildEnded as error:
        said.send(str(error))


def _print() -> None:
    sys.stdout.write(f"first {dict(os.environ)}\n")
    raise SystemExit("no more paper")
