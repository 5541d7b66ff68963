"""The whole product in a real browser: three processes, two sites, one Chromium."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from tests.browser.stage import Person, Stage
from tests.chromium import PATIENCE, chromium_program
from tests.demo_lms.demo import running_demo

Enter = Callable[..., Person]
Behave = Callable[..., None]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    chromium_program()
    folder = tmp_path_factory.mktemp("stage")
    with running_demo(folder, [sys.executable, "-m", "lti_tool"]) as demo:
        yield Stage(demo, folder)


@pytest.fixture
def present() -> Iterator[list[Person]]:
    """Whatever their browsers say on the console, and any host they ask but ours, fails the test at its end."""
    people: list[Person] = []
    yield people
    assert [person.watch.unexpected for person in people] == [[] for _ in people]
    assert [person.watch.strangers for person in people] == [set() for _ in people]


@pytest.fixture
def enter(stage: Stage, chromium: Browser, present: list[Person]) -> Iterator[Enter]:
    """`enter("la-ingrid")` is that person at a fresh browser; options are those of a browser context."""
    with ExitStack() as open_contexts:

        def enter(sub: str, **options: Any) -> Person:
            context = open_contexts.enter_context(chromium.new_context(**options))
            context.set_default_timeout(PATIENCE)
            present.append(Person(stage, context, sub))
            return present[-1]

        yield enter


@pytest.fixture
def behave(stage: Stage) -> Iterator[Behave]:
    """`behave(storage=..., storage_mood=...)` changes the LMS until the test's end."""

    def change(**settings: Any) -> None:
        requests.put(f"{stage.lms}/_/behaviour", json=settings, timeout=10).raise_for_status()

    yield change
    change()
