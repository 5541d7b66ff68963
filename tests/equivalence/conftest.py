from __future__ import annotations

import pytest

from lti_tool.database import db
from tests.cast import Browser, Cast
from tests.employment.lists import with_positions


@pytest.fixture
def lina(cast: Cast) -> Browser:
    """In a programme that recognises other training."""
    with cast.app.app_context():
        with_positions(db.session)
    return cast.visit("lina")


@pytest.fixture
def kari(lina: Browser, cast: Cast) -> Browser:
    return cast.visit("kari")
