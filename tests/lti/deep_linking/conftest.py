from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.lti.deep_linking.asking import Placing, placing_at
from tests.lti.platform import LearningPlatform


@pytest.fixture
def placing(app: Flask, cast: Cast, lms: LearningPlatform, client: FlaskClient) -> Placing:
    """The cast's module can be placed by the cast's platform."""
    return placing_at(app, lms, client)
