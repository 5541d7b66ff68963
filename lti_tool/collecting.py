"""The garbage collector, where it would only be in the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """For what makes thousands of objects that all stay: to look through them for garbage every so often takes a third
    of the time. https://docs.python.org/3/library/gc.html#gc.disable
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
