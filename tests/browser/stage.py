"""Everything a browser test needs to know of the running demo, and what people do in it again and again."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, FrameLocator, Page, Playwright, Request, expect

from lti_tool.database import now
from lti_tool.demo_lms.cast import programme_course
from lti_tool.demo_lms.seed_work import MODULE, essay_text, evaluation_texts
from lti_tool.programme.pack import read_pack
from lti_tool.quiz.queries import solutions_of
from tests.chromium import FLAGS, PATIENCE, chromium_program
from tests.demo_lms.demo import RunningDemo

SAVED = re.compile(r"^Saved \d\d:\d\d$")
# Pages that answer 4xx are opened on purpose by some tests; Chromium reports each as an error.
_ANSWERED_BADLY = re.compile(r"^Failed to load resource: the server responded with a status of (\d+)")


class Stage:
    """The demo in its folder, and a Chromium to look at it with."""

    def __init__(self, demo: RunningDemo, folder: Path) -> None:
        self.tool, self.lms = demo.tool_url, demo.lms_url
        self.course = programme_course(now().date()).key
        self.database = folder / "var" / "lti-tool.sqlite3"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(self.tool).netloc, urlsplit(self.lms).netloc}

    def end_visits(self) -> None:
        """Let eight hours pass for everybody who is signed in."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database:
            database.execute("UPDATE launch_session SET expires_at = '2020-01-01 00:00:00.000000'")
            database.commit()


class Person:
    """Somebody at a browser of their own, under watch. `frame` is the tool within the LMS's page, `page` the tab."""

    def __init__(self, stage: Stage, context: BrowserContext, sub: str) -> None:
        self.stage, self.context, self.sub = stage, context, sub
        self.watch = Watch(stage, context)
        self.page = context.new_page()

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe.tool")

    def sign_in(self) -> None:
        """By the first click that anybody makes in the demo."""
        self.page.goto(self.stage.lms)
        self.page.locator(f'button[value="{self.sub}"]').click()
        expect(self.page.get_by_role("heading", name="My courses")).to_be_visible()

    def open_in_frame(self, link_id: str, course: str | None = None) -> FrameLocator:
        self.page.goto(f"{self.stage.lms}/courses/{course or self.stage.course}/activities/{link_id}")
        return self.frame

    def open(self, link_id: str | None = None, language: str = "en") -> str:
        """Launch into a tab of its own; returns the address of the visit."""
        self.context.request.post(f"{self.stage.lms}/sign-in", form={"person": self.sub})
        self.page.goto(f"{self.stage.lms}/launch/{link_id or self.stage.course + '-om1'}?target=window")
        self.page.wait_for_url(f"{self.stage.tool}/l/**")
        speak(self.page, language)
        return "/".join(self.page.url.split("/")[:5])


def speak(place: Page | FrameLocator, language: str = "en") -> None:
    """Most of the cast reads Norwegian; most tests read English."""
    expect(place.locator("footer.foot")).to_be_visible()
    button = place.locator(f'button[name="language"][value="{language}"]')
    if button.count():
        button.click()
        expect(place.locator(f'strong[lang="{language}"]')).to_be_visible()


class Watch:
    """What a browser complains about and whom it talks to."""

    def __init__(self, stage: Stage, context: BrowserContext) -> None:
        self._hosts = stage.hosts
        self.expected: list[str] = []
        self.complaints: list[str] = []
        self.strangers: set[str] = set()
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._see)

    def expect(self, complaint: str) -> None:
        """Let the browser complain of what contains this."""
        self.expected.append(complaint)

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(known in said for known in self.expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc not in self._hosts:
            self.strangers.add(request.url)


def open_profile(
    playwright: Playwright, folder: Path, preferences: Mapping[str, Any], **options: Any
) -> BrowserContext:
    """A browser with settings that a person would choose on its settings page."""
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium_program(), args=FLAGS, headless=True, **options
    )
    context.set_default_timeout(PATIENCE)
    return context


class Learner:
    """Takes the steps of the module, in whatever frame or page the tool is shown."""

    def __init__(self, place: Page | FrameLocator) -> None:
        self.place = place

    @cached_property
    def answers(self) -> Mapping[str, frozenset[str]]:
        module = next(module for module in read_pack("laos").modules if module.key == MODULE)
        return solutions_of(module.text_in("en"))

    def go(self, button: str) -> None:
        self.place.get_by_role("link", name=button, exact=True).click()

    def next_step(self, button: str) -> None:
        self.place.locator(".next-step").get_by_role("link", name=button, exact=True).click()

    def back(self) -> None:
        self.place.locator(".back a").click()

    def press(self, button: str) -> None:
        self.place.get_by_role("button", name=button, exact=True).click()

    def heading(self, text: str) -> None:
        expect(self.place.locator("h1")).to_have_text(text)

    def answer_rightly(self) -> None:
        for question, options in self.answers.items():
            for option in options:
                self.place.locator(f"#q-{question}-{option}").check()

    def write_essay(self) -> str:
        text = essay_text("la-amina")
        self.place.get_by_label("Your essay").fill(text)
        return text

    def evaluate(self, author: str, number: int) -> None:
        answers = evaluation_texts(author)[number]
        for key, answer in answers["criteria"].items():
            self.place.locator(f'input[name="level-{key}"][value="{answer["level"]}"]').check()
            self.place.locator(f'textarea[name="comment-{key}"]').fill(answer["comment"])
        self.place.locator('textarea[name="overall"]').fill(answers["overall"])
