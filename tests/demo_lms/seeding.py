"""The tool of the demo as its seed leaves it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.tool_seed import seed_tool
from tests.demo_lms.harness import LMS_URL, TOOL_URL

_LMS = DemoConfig(LMS_URL, TOOL_URL, database=None)  # type: ignore[arg-type]

# The demo runs on no other database, and what its people do is tested on both.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def seed(session: Session) -> Session:
    seed_tool(None, _LMS)  # type: ignore[arg-type]
    session.commit()
    return session
