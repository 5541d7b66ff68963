"""What a launch costs, beside a minimal pylti1p3 + Flask tool on the same server, cores and freshly signed tokens.

A round is one batch of launches of each kind after the other, so that a machine that slows down slows all of them;
figures are medians of the rounds, ratios medians of each round's ratio. CPU is user and system time of all processes of
the tool (and of its database server); the driver's, which signs the tokens, is not counted.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import psutil

from bench.figures import Figure
from bench.people import let_half_of_them_work
from bench.platform import Browser, Platform, ToolUnderTest, served_keys
from bench.postgresql import postgresql
from bench.processes import cores, cpu_seconds
from bench.tools import minimal_tool, settings, this_tool


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `batch` launches of each kind in each of `rounds`, by `browsers` at a time."""

    people: int = 200
    batch: int = 150
    rounds: int = 9
    browsers: int = 4
    # Where it is installed.
    postgresql: bool = True


# The system counts CPU time in ticks; what used less than one cannot be told from one.
_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Subject:
    """A tool that is running, and what was measured of it, one value a round."""

    tool: ToolUnderTest
    processes: list[psutil.Process]
    with_page: bool = False
    cpu_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)


def run(size: Size | None = None) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, cores() as core, ExitStack() as stack:
        return _measured(Path(folder), size or Size(), core, stack)


def _measured(folder: Path, size: Size, core: int | None, stack: ExitStack) -> list[Figure]:
    platform = Platform()
    keys_url = stack.enter_context(served_keys(platform))
    driver = Driver(platform, size)
    subjects: dict[str, Subject] = {}
    first: dict[str, Subject] = {}
    for name, url, servers in _databases(folder, size, core, stack):
        tool, process = stack.enter_context(this_tool(url, keys_url, core))
        first[name] = Subject(tool, [process, *servers])
        driver.everybody(first[name])
        let_half_of_them_work(settings(url))
        subjects[name] = Subject(tool, [process, *servers])
        subjects[f"{name}_page"] = Subject(tool, [process, *servers], with_page=True)
    for name, address in (("minimal", keys_url), ("minimal_inline_keys", None)):
        tool, process = stack.enter_context(minimal_tool(folder / name, platform, address, core))
        subjects[name] = Subject(tool, [process])
    for subject in subjects.values():
        driver.everybody(subject, measured=False)
    for _round in range(size.rounds):
        for subject in subjects.values():
            driver.batch(subject)
    return list(_figures(subjects, first))


def _databases(
    folder: Path, size: Size, core: int | None, stack: ExitStack
) -> Iterator[tuple[str, str, list[psutil.Process]]]:
    yield "launch", f"sqlite:///{folder / 'bench.sqlite3'}", []
    found = stack.enter_context(postgresql(folder, core)) if size.postgresql else None
    if found:
        yield "launch_postgresql", found.url, [found.process]


class Driver:
    def __init__(self, platform: Platform, size: Size) -> None:
        self._platform = platform
        self._size = size
        self._next = 0

    def everybody(self, subject: Subject, measured: bool = True) -> None:
        """Each person once."""
        with _measuring(subject if measured else None, self._size.people):
            self._launch(subject, range(self._size.people))

    def batch(self, subject: Subject) -> None:
        """The next people in turn."""
        people = [(self._next + step) % self._size.people for step in range(self._size.batch)]
        self._next += self._size.batch
        with _measuring(subject, self._size.batch):
            self._launch(subject, people)

    def _launch(self, subject: Subject, people: range | list[int]) -> None:
        lanes = [list(people)[lane :: self._size.browsers] for lane in range(self._size.browsers)]
        with ThreadPoolExecutor(self._size.browsers) as pool:
            for _done in pool.map(lambda lane: self._visit(subject, lane), lanes):
                pass

    def _visit(self, subject: Subject, people: list[int]) -> None:
        """One after the other, over one connection."""
        with closing(HTTPConnection("127.0.0.1", subject.tool.port, timeout=30)) as connection:
            for person in people:
                browser = Browser(subject.tool, self._platform, person, connection)
                landed = browser.launch()
                if subject.with_page:
                    browser.open(landed)


@contextmanager
def _measuring(subject: Subject | None, launches: int) -> Iterator[None]:
    if subject is None:
        yield
        return
    cpu, clock = cpu_seconds(subject.processes), time.perf_counter()
    yield
    subject.per_second.append(launches / (time.perf_counter() - clock))
    used = max(cpu_seconds(subject.processes) - cpu, _TICK)
    subject.cpu_ms.append(used * 1000 / launches)


def _figures(subjects: dict[str, Subject], first: dict[str, Subject]) -> Iterator[Figure]:
    minimal, inline = subjects["minimal"], subjects["minimal_inline_keys"]
    for name, about in _ABOUT.items():
        if name in subjects:
            yield Figure(f"{name}_cpu_ms", median(subjects[name].cpu_ms), "ms", about)
    for name, subject in first.items():
        yield Figure(f"first_{name}_cpu_ms", median(subject.cpu_ms), "ms", "login and launch of somebody new")
    for name, target in (("launch", 0.7), ("launch_page", 1.3)):
        yield Figure(f"{name}_cpu_ratio", _ratio(subjects[name], minimal), "", "of minimal_cpu_ms", target)
    for name in ("launch", "launch_page"):
        yield Figure(f"{name}_inline_keys_ratio", _ratio(subjects[name], inline), "", "of minimal_inline_keys_cpu_ms")
    for name, prefix in (("launch", ""), ("launch_page", "page_"), ("minimal", "minimal_")):
        about = "on one core" + (", page included" if subjects[name].with_page else "")
        yield Figure(f"{prefix}launches_per_second", median(subjects[name].per_second), "/s", about)


_ABOUT = {
    "launch": "login and launch of somebody known, SQLite",
    "launch_page": "the same with the start page it leads to",
    "launch_postgresql": "login and launch, PostgreSQL (its server included)",
    "launch_postgresql_page": "the same with the start page",
    "minimal": "login and launch, minimal pylti1p3 + Flask tool",
    "minimal_inline_keys": "the same with the platform's keys in its configuration",
}


def _ratio(subject: Subject, other: Subject) -> float:
    return median(mine / theirs for mine, theirs in zip(subject.cpu_ms, other.cpu_ms, strict=True))
