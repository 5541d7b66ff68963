"""An application that has nothing but a guard of outgoing requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from lti_tool.guard import Guard


@contextmanager
def under(guard: Guard) -> Iterator[None]:
    app = Flask("guarded")
    app.extensions["guard"] = guard
    with app.app_context():
        yield
