"""Which tests of a parallel run stay together in one process, and in which order.

Handing tests out one by one has each process wait for its next after every test. pytest-xdist writes its own groups
into the ids of tests, which pytest 9.2 no longer reads (https://github.com/pytest-dev/pytest-xdist, `remote.py`).
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# Their tests wait for browsers and for other people's programs.
SLOW = (
    "tests/browser/",
    "tests/static/",
    "tests/platforms/",
    "tests/demo_lms/test_registering",
    "tests/demo_lms/test_st",
)
# Open edX's platform is made once.
TOGETHER = "tests/platforms/"


def group_of(nodeid: str) -> str:
    """A file's tests on one database."""
    if nodeid.startswith(TOGETHER):
        return TOGETHER
    file = nodeid.split("::", maxsplit=1)[0]
    return f"{file} postgresql" if "[postgresql" in nodeid else file


def arrange(items: list[pytest.Item]) -> None:
    """Spread slow files evenly among the others, so that two processes seldom both drive a browser."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(group_of(item.nodeid), []).append(item)
    slow = [group for group in groups if group.startswith(SLOW)]
    others = [group for group in groups if not group.startswith(SLOW)]
    share = len(others) / max(1, len(slow))
    order = list(others)
    for number in reversed(range(len(slow))):
        order.insert(round(number * share), slow[number])
    items[:] = [item for group in order for item in groups[group]]


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
