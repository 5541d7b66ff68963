"""Which tests of a parallel run stay together in one process.

pytest-xdist writes its own groups into the ids of tests, which pytest 9.2 no longer reads
(https://github.com/pytest-dev/pytest-xdist, `remote.py`), and handing tests out one by one has each process wait for
its next after every test.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# One demo, one Playwright and one Chromium do for all of them; Open edX's platform is made once, too.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/static/": "browser",
    "tests/demo_lms/test_registering": "browser",
    "tests/demo_lms/test_storage": "browser",
    "tests/platforms/": "platforms",
}
_FIRST = list(dict.fromkeys(TOGETHER.values()))


def group_of(nodeid: str) -> str:
    """A file's tests on one database, or one of `TOGETHER`."""
    for beginning, name in TOGETHER.items():
        if nodeid.startswith(beginning):
            return name
    file = nodeid.split("::", maxsplit=1)[0]
    return f"{file} postgresql" if "[postgresql" in nodeid else file


def order_of(nodeid: str) -> int:
    """What takes longest begins first, so that no process is left with it at the end."""
    group = group_of(nodeid)
    return _FIRST.index(group) if group in _FIRST else len(_FIRST)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
