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
while size := sys.stdin.buffer.read(8):
    try:
        read(sys.stdin.buffer.read(int.from_bytes(size, "big")), "file")
    except UnreadableFile:
        pass
    # Of this process alone: getrusage would count what its parent had taken.
    print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024, flush=True)
"""
_MOST = 256


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the memory taken")
def test_no_file_takes_more_than_256_mb() -> None:
    command = [sys.executable, "-c", _READER, sys.modules["lti_tool"].__path__[0]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        peaks = {name: _peak(reader, make()) for name, make in EVIL.items()}
        reader.communicate()
    assert {name: peak for name, peak in peaks.items() if peak > _MOST} == {}


def _peak(reader: subprocess.Popen[bytes], data: bytes) -> int:
    """The most memory the reader has taken so far, in MB."""
    assert reader.stdin
    assert reader.stdout
    reader.stdin.write(len(data).to_bytes(8, "big") + data)
    reader.stdin.flush()
    return int(reader.stdout.readline())
