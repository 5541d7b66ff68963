from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from lti_tool.http import OutgoingError


@pytest.fixture(autouse=True)
def no_platform_answers(shared_app: Flask) -> Iterator[None]:
    """Nothing leaves this process."""

    def send(*_args: object, **_options: object) -> None:
        raise OutgoingError("no answer", retry=True)

    kept, shared_app.extensions["probing"] = shared_app.extensions["probing"], send
    yield
    shared_app.extensions["probing"] = kept
