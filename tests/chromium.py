"""Chromium for the tests: one Playwright and one browser in each process that needs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.databases import skip_or_fail

T = TypeVar("T")
# Of whatever is waited for in a browser, on a machine that has other things to do, in milliseconds.
PATIENCE = 20_000
expect.set_options(PATIENCE)
HOW_TO_GET_CHROMIUM = "Chromium is not installed (Debian: apt-get install chromium)"
# Containers run tests as root, for whom Chromium's sandbox does not start; the rest keeps it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A frame that goes from one site to the next stays in its process: Playwright may lose one that changes it.
    "--disable-site-isolation-trials",
]


def chromium_program() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        skip_or_fail(HOW_TO_GET_CHROMIUM)
        raise AssertionError("unreachable")
    return found


def shell_program() -> str:
    """Chromium without windows and settings, which takes a third of the time; else the whole of it."""
    return shutil.which("chromium-headless-shell") or chromium_program()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    chromium_program()
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=shell_program(), args=FLAGS)
    yield browser
    browser.close()


def forget_what_was_said(page: Page) -> None:
    """Before waiting for "Saved": a page whose draft was saved earlier says so from the beginning."""
    page.locator(".autosave").evaluate("(status) => { status.textContent = ''; }")


def apart(work: Callable[..., T], *args: Any) -> T:
    """Do `work` in a thread of its own: Playwright keeps an event loop in this one, which Flask's contexts refuse."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *args).result()
