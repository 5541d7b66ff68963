"""`make install` on machines that lack something: one clear line each, and nothing half made is trusted."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from lti_tool.paths import PACKAGE

ROOT = PACKAGE.parent

OLD = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.8.10" && exit
exit 1
"""
# New enough, but Debian's: without the package that brings venv and pip.
WITHOUT_VENV = """#!/bin/sh
case "$2" in *ensurepip*) exit 1 ;; esac
"""
# Makes an environment whose Python notes what pip is asked for.
COMPLETE = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.13.0"
[ "$2" = venv ] || exit 0
mkdir -p .venv/bin
printf '#!/bin/sh\\n[ "$1" = -c ] || echo "$*" >> pip.txt\\n' > .venv/bin/python
chmod +x .venv/bin/python
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with `bin`, where a shell finds the usual tools and no Python at all."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "env", "rm", "mkdir", "chmod", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def add_python(machine: Path, name: str, script: str) -> None:
    file = machine / "bin" / name
    file.write_text(script)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def install(machine: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(ROOT / "config" / "install.sh"), "locked.txt"],
        cwd=machine,
        env={"PATH": str(machine / "bin"), "HOME": str(machine), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_one_line(machine: Path) -> None:
    add_python(machine, "python3", OLD)
    result = install(machine)
    assert result.returncode == 1
    expected = "Python 3.11 or newer is needed, found Python 3.8.10. PYTHON=/path/to/python names another.\n"
    assert result.stderr == expected


def test_a_missing_venv_module_is_one_line_with_the_remedy(machine: Path) -> None:
    add_python(machine, "python3", WITHOUT_VENV)
    result = install(machine)
    assert result.returncode == 1
    assert result.stderr == "python3 lacks the venv module (Debian, Ubuntu: apt-get install python3-venv).\n"


def test_a_newer_python_beside_an_old_one_is_found(machine: Path) -> None:
    add_python(machine, "python3", OLD)
    add_python(machine, "python3.13", COMPLETE)
    result = install(machine)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Making .venv with Python 3.13.0" in result.stdout


def test_the_python_that_is_asked_for_is_taken_or_refused(machine: Path) -> None:
    add_python(machine, "python3.13", COMPLETE)
    add_python(machine, "mine", OLD)
    assert install(machine, PYTHON="mine").stderr == "PYTHON=mine is not Python 3.11 or newer.\n"
    assert install(machine, PYTHON="python3.13").returncode == 0


def test_packages_are_checked_against_the_lock_and_the_project_needs_no_other(machine: Path) -> None:
    add_python(machine, "python3", COMPLETE)
    install(machine)
    locked, project = (machine / "pip.txt").read_text().splitlines()
    assert "--require-hashes -r locked.txt" in locked
    assert "--no-deps --no-build-isolation -e ." in project


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Path) -> None:
    add_python(machine, "python3", COMPLETE)
    (machine / ".venv" / "bin").mkdir(parents=True)
    (machine / ".venv" / "bin" / "python").symlink_to("/no/longer/there")
    assert "Making .venv" in install(machine).stdout
    assert "Making .venv" not in install(machine).stdout


def test_the_locks_have_hashes_and_no_addresses() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / "config" / file).read_text()
        assert "http" not in text
        entries = [block for block in text.replace("\\\n", " ").splitlines() if "==" in block]
        assert len(entries) > 30
        assert all("--hash=sha256:" in entry for entry in entries)


def test_make_alone_lists_what_there_is() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ).stdout
    for target in ("install", "demo", "demo-reset", "test", "check", "bench", "lock", "migration", "translations"):
        assert f"\n{target} " in listed
