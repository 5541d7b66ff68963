from __future__ import annotations

import pytest
from flask import Flask

from tests.lti.checks import Refusals
from tests.lti.platform import LearningPlatform


@pytest.fixture
def refusals(app: Flask, lms: LearningPlatform, caplog: pytest.LogCaptureFixture) -> Refusals:
    """Made after the platform is registered, so that its rows are expected."""
    return Refusals(app, caplog)
