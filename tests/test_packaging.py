"""The built wheel has everything in it and works alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lti_tool.paths import PACKAGE
from tests.demo_lms.demo import running_demo

ROOT = PACKAGE.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _uv("build", "--wheel", "--no-build-isolation", "--offline", "--out-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_has_what_lies_beside_the_package(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("lti_tool/")}
    missing = set(_expected()) - packed
    assert missing == set()
    assert [name for name in packed if "__pycache__" in name or name.endswith((".sqlite3", ".sh"))] == []


def _expected() -> Iterator[str]:
    yield from ("lti_tool/config/gunicorn.conf.py", "lti_tool/config/env.example")
    for folder in ("templates", "migrations", "config/programmes"):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                yield f"lti_tool/{file.relative_to(ROOT).as_posix()}"
    for source in (PACKAGE / "translations").rglob("*.po"):
        yield source.relative_to(ROOT).with_suffix(".mo").as_posix()


def test_the_demo_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    tool = _install(wheel, tmp_path / "environment")
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with running_demo(elsewhere, [str(tool)], environment | {"HOME": str(elsewhere)}) as demo:
        assert requests.get(f"{demo.tool_url}/healthz", timeout=30).ok
        assert requests.get(f"{demo.lms_url}/", timeout=30).ok
        assert demo.stop(signal.SIGINT) == 0
        for url in (demo.tool_url, demo.lms_url):
            with pytest.raises(requests.ConnectionError):
                requests.get(url, timeout=30)
    assert "Traceback" not in "".join(log.read_text() for log in (elsewhere / "var" / "log").iterdir())


def _install(wheel: Path, environment: Path) -> Path:
    """An environment with the wheel and, to be quick and offline, the packages of this one; gives its `lti-tool`."""
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    own = Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))
    # A path that a .pth file adds is searched, but the editable install in it is not followed.
    (own / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    _uv("pip", "install", "--python", python, "--no-deps", "--no-index", "--offline", wheel)
    # Only looked for: to load it all takes longer than the rest of this.
    where = subprocess.run(
        [python, "-c", "from importlib.util import find_spec as find; print(find('lti_tool').origin)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=environment,
    )
    assert where.stdout.startswith(str(own))
    return environment / "bin" / "lti-tool"


def _uv(*arguments: object) -> None:
    command = [sys.executable, "-m", "uv", "--quiet", "--no-config", "--no-cache", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stderr
