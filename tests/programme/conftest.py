from pathlib import Path

import pytest

from tests.programme.small_pack import copy_small_pack


@pytest.fixture
def small_pack(tmp_path: Path) -> Path:
    """A folder with a pack that has nothing wrong."""
    return copy_small_pack(tmp_path)
