"""No file makes the reader take more than 256 MB, or long."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.exchange.evil import EVIL

# Beside the files to read, the process has the package and nothing else of the product.
_READER = """
import re, sys, types
from pathlib import Path
package = types.ModuleType("lti_tool")
package.__path__ = [sys.argv[1]]
sys.modules["lti_tool"] = package
from lti_tool.exchange.found import UnreadableFile
from lti_tool.exchange.reading import read
for file in sorted(Path(sys.argv[2]).iterdir()):
    try:
        read(file.read_bytes(), file.name)
    except UnreadableFile:
        pass
    # Of this process alone: getrusage would count what its parent had taken.
    print(file.name, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""
_MOST = 256


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the memory taken")
def test_no_file_takes_more_than_256_mb(tmp_path: Path) -> None:
    for name, make in EVIL.items():
        (tmp_path / name.replace(" ", "-")).write_bytes(make())
    package = Path(sys.modules["lti_tool"].__path__[0])
    command = [sys.executable, "-c", _READER, str(package), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    peaks = [line.split() for line in result.stdout.splitlines()]
    assert len(peaks) == len(EVIL)
    # A peak stays the peak, so the first file beyond the limit is the one to look at.
    assert next((name for name, peak in peaks if int(peak) > _MOST), "") == "", result.stdout
