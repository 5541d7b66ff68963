"""The pages' own scripts in a real browser, against the application served on a free port."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from werkzeug.serving import BaseWSGIServer, make_server

from lti_tool import create_app
from lti_tool.database import Base, db
from lti_tool.people.sessions import cookie_name
from lti_tool.settings import Settings
from tests.cast import Cast
from tests.chromium import FLAGS, PATIENCE, apart, chromium_program
from tests.conftest import settings_for
from tests.databases import empty
from tests.lti.platform import LearningPlatform
from tests.static.framing import FramingPlatform, stop_the_clock

T = TypeVar("T")
# A module that waits for something goes on after the page is loaded; whoever imports it once more waits for its end.
SCRIPTS_HAVE_RUN = "Promise.all(Array.from(document.querySelectorAll('script[type=module]'), ({ src }) => import(src)))"
Platform = Callable[..., FramingPlatform]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseWSGIServer]:
    """Scripts do not care which database it is, so SQLite is enough here."""
    folder: Path = tmp_path_factory.mktemp("served")
    server = make_server("127.0.0.1", 0, Flask("placeholder"), threaded=True)
    base_url = f"http://localhost:{server.port}"
    server.app = apart(_prepare, settings_for(f"sqlite:///{folder / 'served.sqlite3'}").with_changes(base_url=base_url))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=30)


def _prepare(settings: Settings) -> Flask:
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


def _empty(app: Flask) -> None:
    with app.app_context():
        empty(db.engine)


@pytest.fixture
def served_app(server: BaseWSGIServer) -> Iterator[Flask]:
    app = server.app
    assert isinstance(app, Flask)
    yield app
    apart(_empty, app)


class Desk:
    """One person's browser: tabs share its storage and cookies. Clocks stand still until `later` moves them."""

    def __init__(self, cast: Cast, context: BrowserContext, name: str) -> None:
        self.cast = cast
        self.context = context
        self.name = name
        self.base_url = cast.app.config["SETTINGS"].base_url

    def open_visit(self) -> str:
        """Launch once more; returns the address of the visit."""
        browser = apart(self.cast.visit, self.name)
        cookie_key = cookie_name(browser.prefix.split("/")[2], secure=False)
        cookie = browser.client.get_cookie(cookie_key, domain="localhost", path=browser.prefix)
        assert cookie is not None
        self.context.add_cookies(
            [{"name": cookie_key, "value": cookie.value, "domain": "localhost", "path": browser.prefix}]
        )
        return f"{self.base_url}{browser.prefix}"

    def stored(self, look: Callable[[Flask], T]) -> T:
        """What a helper such as `draft` finds in the database."""
        return apart(look, self.cast.app)

    def tab(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address)
        settled(page)
        return page


def settled(page: Page) -> None:
    """Wait for the page that a click has led to, and for its scripts."""
    page.wait_for_load_state()
    page.evaluate(SCRIPTS_HAVE_RUN)


def later(page: Page, seconds: float = 2) -> None:
    """Let the page's timers run."""
    page.clock.run_for(int(seconds * 1000))


def lose_the_connection(page: Page) -> None:
    """For good: a page that is closed while only the context is offline may still send its last text afterwards."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no connection')); }")


@pytest.fixture
def lina(chromium: Browser, served_app: Flask) -> Iterator[Desk]:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    stop_the_clock(context)
    yield Desk(apart(Cast, served_app), context, "lina")
    context.close()


@pytest.fixture
def lost(served_app: Flask, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Beginnings of the names of cookies that the browser never gets to see."""
    names = {"lti-state"}
    inner = served_app.wsgi_app

    def without_cookies(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(n, v) for n, v in headers if n != "Set-Cookie" or not v.startswith(tuple(names))]
            return start_response(status, kept, *rest)

        return inner(environ, start)

    monkeypatch.setattr(served_app, "wsgi_app", without_cookies)
    return names


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright) -> Iterator[Browser]:
    """Without windows of its own, Chromium loses what a form sends to a new one."""
    browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def platform(whole_chromium: Browser, served_app: Flask, lost: set[str]) -> Iterator[Platform]:
    lms = apart(LearningPlatform, served_app)
    contexts = []

    def around(target: str = "storage", **options: Any) -> FramingPlatform:
        contexts.append(whole_chromium.new_context(**options))
        contexts[-1].grant_permissions(["local-network-access"])
        contexts[-1].set_default_timeout(PATIENCE)
        return FramingPlatform(contexts[-1], lms, target)

    yield around
    for context in contexts:
        context.close()
