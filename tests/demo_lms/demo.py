"""Runs `lti-tool demo` as a person at a terminal does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

READY = "Ctrl-C stops everything."


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return int(one.getsockname()[1]), int(two.getsockname()[1])


class RunningDemo:
    """`said` is what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str], ports: tuple[int, int]) -> None:
        self.process = process
        self.tool_url = f"http://localhost:{ports[0]}"
        self.lms_url = f"http://127.0.0.1:{ports[1]}"
        self.said = ""

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if READY in line:
                return
        raise AssertionError(f"the demo ended early:\n{self.said}")

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def running_demo(
    folder: Path,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    ports: tuple[int, int] | None = None,
) -> Iterator[RunningDemo]:
    """A demo in `folder` that has printed its addresses; killed at the end if the test has not stopped it."""
    ports = ports or free_ports()
    process = subprocess.Popen(
        [*command, "demo"],
        cwd=folder,
        env={**(environment or os.environ), "PORT": str(ports[0]), "LMS_PORT": str(ports[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    demo = RunningDemo(process, ports)
    try:
        demo.wait_until_ready()
        yield demo
    finally:
        process.terminate()
        demo.said += process.communicate(timeout=60)[0]
