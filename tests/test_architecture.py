"""Habits that keep the code easy to change: small files, short functions, pure rules, one direction of imports."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.paths import PACKAGE, TEMPLATES
from lti_tool.programme.pack import packaged

ROOT = PACKAGE.parent
LONGEST_FILE = 400
MEDIAN_FUNCTION = 8
NINE_IN_TEN = 25
PURE = (
    "attendance/planning_overlaps.py",
    "attendance/series.py",
    "peer_review/allocation.py",
    "peer_review/healing.py",
    "programme/video_hosts.py",
    "quiz/marking.py",
    "reflection/words.py",
)

SOURCES = sorted(PACKAGE.rglob("*.py"))
WRITTEN = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted(TEMPLATES.rglob("*.html"))]
WRITTEN += sorted((PACKAGE / "static").rglob("*.js"))


def test_no_file_is_too_long_to_read_in_one_go() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in WRITTEN}
    assert {file: length for file, length in lengths.items() if length >= LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    lengths = sorted(end - start for file in SOURCES for start, end in _bodies(ast.parse(file.read_text())))
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[int(len(lengths) * 0.9)] <= NINE_IN_TEN


def _bodies(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """First and last line (exclusive) of each function from its `def`, decorators left out."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, (node.end_lineno or node.lineno) + 1


@pytest.mark.parametrize("name", PURE)
def test_pure_rules_need_the_standard_library_and_each_other_only(name: str) -> None:
    imported = set(_imported(ast.parse((PACKAGE / name).read_text())))
    pure = {f"lti_tool.{other.removesuffix('.py').replace('/', '.')}" for other in PURE}
    assert imported <= {*sys.stdlib_module_names, *pure}


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_whole_or_first(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield _whole_or_first(node.module or "") if not node.level else "."


def _whole_or_first(module: str) -> str:
    return module if module.startswith("lti_tool") else module.split(".", maxsplit=1)[0]


def test_no_programme_is_named_in_the_code() -> None:
    """What programmes differ in is data; the demo has to show one of them."""
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in packaged()), re.IGNORECASE)
    sources = [file for file in SOURCES if "demo_lms" not in file.parts]
    assert len(packaged()) >= 2
    assert [str(file.relative_to(ROOT)) for file in sources if named.search(file.read_text())] == []


def test_imports_point_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
