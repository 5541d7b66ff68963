from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.choosing.offering import offer_modules
from tests.work import done_before


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The same people before a choice of two among four modules."""
    with done_before(cast) as session:
        offer_modules(session)
    return cast
