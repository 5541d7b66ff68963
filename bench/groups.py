"""The groups of measurements. Each is a module with `run() -> list[Figure]`, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from bench.figures import Figure

GROUPS = {
    "launch": "bench.launch",
    "arrivals": "bench.arrivals",
    "pool": "bench.pool",
    "inbox": "bench.inbox",
    "matrix": "bench.matrix",
    "import": "bench.employment",
}


class UnknownGroup(Exception):
    """Nothing is measured under that name; the message says what is."""


def chosen(only: str) -> list[str]:
    """The groups that `only` names, joined by commas; all when it is empty. Raises `UnknownGroup`."""
    names = [name.strip() for name in only.split(",") if name.strip()] or list(GROUPS)
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        raise UnknownGroup(f"There is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}.")
    return names


def run(name: str) -> list[Figure]:
    figures: list[Figure] = import_module(GROUPS[name]).run()
    return figures
