"""The product and the demo LMS in one process: browsers hand their requests on, servers speak over a real socket."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.demo_lms.app import Behaviour, create_demo_lms
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.tool_seed import seed_tool
from lti_tool.lti.keysets import KeySets
from lti_tool.passback.courier import Courier
from tests.conftest import BASE_URL
from tests.demo_lms.harness import FormReader
from tests.stages import kept

Enter = Callable[[str], "Player"]


@pytest.fixture(scope="session")
def listener() -> Iterator[socket.socket]:
    """Where the LMS of every test listens, so that what the tool knows of it is the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def lms(app: Flask, listener: socket.socket, tmp_path: Path) -> Iterator[Flask]:
    """The demo LMS, registered with the tool, which has seen some of its people at work."""
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # These browsers have no script, and so no use for a storage that scripts ask.
    plain = Behaviour(storage="none")
    config = DemoConfig(address, BASE_URL, tmp_path / "lms.sqlite3", fetch_jwks=_keys_of(app), behaviour=plain)
    lms = create_demo_lms(config)
    server = make_server("127.0.0.1", 0, lms, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    # Tokens and keys are kept per platform, and every test has a platform of its own under the same row ids.
    app.extensions["passback"], app.extensions["platform_keys"] = Courier(), KeySets()
    with app.app_context():
        kept(db.session, seed_tool, lambda: seed_tool(app, config), beside={"lms": address})
    yield lms
    server.shutdown()
    thread.join()
    server.server_close()


def _keys_of(app: Flask) -> Callable[[str], Mapping[str, Any]]:
    def keys(_url: str) -> Mapping[str, Any]:
        body: Mapping[str, Any] = app.test_client().get("/lti/jwks", base_url=BASE_URL).get_json()
        return body

    return keys


class Player:
    """Somebody at a browser: signed in to the LMS, and within the tool once a link is open."""

    def __init__(self, app: Flask, lms: Flask, sub: str) -> None:
        self._tool, self._lms, self.sub = app.test_client(), lms.test_client(), sub
        self._visit = ""
        assert self._lms.post("/sign-in", data={"person": sub}).status_code == 303

    def open(self, link_id: str) -> str:
        """Launch a link; returns the first page."""
        self._visit = self._launch(f"/launch/{link_id}")
        return self.look("").text

    def review(self, course_key: str, name: str) -> TestResponse:
        """Press "Review" in the gradebook beside the grade of whoever is so named; returns the page that opens."""
        found = re.search(
            rf'class="review" href="([^"]+)">[^<]*<span[^>]*>[^<]*{re.escape(name)}<', self.gradebook(course_key)
        )
        assert found, f"the gradebook offers no review of {name}"
        frame = re.search(r'<iframe class="tool" src="([^"]+)"', self._lms.get(found.group(1)).text)
        assert frame
        return self._tool.get(self._launch(frame.group(1)), base_url=BASE_URL)

    def place(self, course_key: str, *choices: str) -> TestResponse:
        """Have the tool add what is chosen in it to a course; returns the platform's last word."""
        button = re.search(r'href="([^"]+)">Add from ', self._lms.get(f"/courses/{course_key}").text)
        assert button, "the course offers no choice of the tool's content"
        frame = re.search(r'<iframe class="tool" src="([^"]+)"', self._lms.get(button.group(1)).text)
        assert frame
        picker = FormReader(self._tool.get(self._launch(frame.group(1)), base_url=BASE_URL).text)
        chosen = {**picker.fields, "choice": list(choices), "action": "add"}
        returning = FormReader(self._tool.post(picker.action, base_url=BASE_URL, data=chosen).text)
        return self._lms.post(urlsplit(returning.action).path, data=returning.fields)

    def _launch(self, address: str) -> str:
        """As a browser does it, redirect by redirect; returns the address of the first page."""
        login = self._lms.get(address).location
        asked = self._tool.get(login.removeprefix(BASE_URL), base_url=BASE_URL).location
        posting = FormReader(self._lms.get("/auth?" + asked.partition("?")[2]).text)
        assert posting.action == f"{BASE_URL}/lti/launch"
        answer = self._tool.post("/lti/launch", base_url=BASE_URL, data=posting.fields)
        assert answer.status_code == 303, answer.text
        return answer.location

    def look(self, path: str) -> TestResponse:
        answer = self._tool.get(f"{self._visit}{path}", base_url=BASE_URL)
        assert answer.status_code == 200, answer.text
        return answer

    def send(self, page: TestResponse, fields: Mapping[str, Any] | None = None) -> TestResponse:
        """Fill in the first form of a page and send it; returns the page it leads to."""
        form = FormReader(page.text.partition("</form>")[0])
        answer = self._tool.post(form.action, base_url=BASE_URL, data={**form.fields, **(fields or {})})
        assert answer.status_code == 303, answer.text
        return self._tool.get(answer.location, base_url=BASE_URL)

    def links(self, page: TestResponse, pattern: str) -> list[str]:
        """The addresses below the visit that match, in the order of the page."""
        found = re.findall(rf'href="{re.escape(self._visit)}({pattern})"', page.text)
        return list(dict.fromkeys(found))

    def gradebook(self, course_key: str) -> str:
        return self._lms.get(f"/courses/{course_key}/gradebook").text


@pytest.fixture
def enter(app: Flask, lms: Flask) -> Enter:
    return lambda sub: Player(app, lms, sub)
