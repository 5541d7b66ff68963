"""A learning platform's pages around the tool, in the browser only: nothing of it is on any network.

https://lms.test has the course's page and the authorisation, https://other.test a frame of somebody else's. What their
windows answer to messages is JavaScript of the test's own; `heard` is what they were told.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import BrowserContext, Frame, Page, Route

from lti_tool.database import now
from tests.lti.platform import LearningPlatform

# Answers truly; `say(event, fields)` is an answer with other fields.
HONEST = """
  if (asked === "lti.put_data") { kept[event.data.key] = event.data.value; say(event, event.data); }
  if (asked === "lti.get_data") say(event, { key: event.data.key, value: kept[event.data.key] ?? null });
"""
SILENT = " "
# Becomes a page of another origin, which then answers from the same window.
TURNED_LIAR = """
  const question = encodeURIComponent(JSON.stringify(event.data));
  if (asked === "lti.get_data") location.replace(`https://other.test/liar#${question}`);
"""
_LIAR = """
<script>
const { subject, message_id, key } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
parent.frames.tool.postMessage({ subject: `${subject}.response`, message_id, key, value: "forged" }, "*");
</script>
"""
_LISTENER = """
<script>
const kept = {}, heard = [];
function say(event, fields, to = event.source) {
  const head = { subject: event.data.subject + ".response", message_id: event.data.message_id };
  to.postMessage({ ...fields, ...head, ...(fields.instead ?? {}) }, "*");
}
addEventListener("message", (event) => {
  const asked = event.data.subject;
  heard.push(event.data);
  %s
});
</script>
"""


def stop_the_clock(context: BrowserContext) -> None:
    """Of all its pages, which else would go on by themselves where the test is slow."""
    context.clock.install()
    context.clock.pause_at(now() + timedelta(minutes=1))


class FramingPlatform:
    """`course` and `storage` say how these windows answer; `storage` may be on another origin, or absent (empty).

    The time-outs of the pages pass as fast as anywhere; where `still`, only as the test's clock is moved.
    """

    def __init__(self, context: BrowserContext, lms: LearningPlatform, target: str = "storage") -> None:
        self.context, self.lms, self.target = context, lms, target
        self.course, self.storage = SILENT, ""
        self.storage_origin = lms.issuer
        self.sandbox: str | None = None
        self.still = False
        context.route(lambda url: urlsplit(url).hostname in {"lms.test", "other.test"}, self._answer)

    @property
    def login_url(self) -> str:
        sent = self.lms.login_parameters(lti_storage_target=self.target)
        return f"{self.lms.base_url}/lti/login?{urlencode(sent)}"

    def open_course(self, address: str = "/course") -> Page:
        page = self.context.new_page()
        if self.still:
            stop_the_clock(self.context)
        page.goto(f"{self.lms.issuer}{address}")
        return page

    def open_tool(self) -> tuple[Page, Frame]:
        """The course's page with the tool in its frame, which has begun its login."""
        page = self.open_course("/course/tool")
        frame = page.frame("tool")
        assert frame is not None
        return page, frame

    @staticmethod
    def heard(page: Page | Frame) -> list[Any]:
        return list(page.evaluate("heard"))

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        pages = {"/course": self._course_page, "/course/tool": self._tool_page, "/storage": self._storage_page}
        if url.path == "/liar":
            body = _LIAR
        else:
            body = pages[url.path]() if url.path in pages else self._authorisation(parse_qs(url.query))
        route.fulfill(content_type="text/html", body=f"<!doctype html><title>LMS</title>{body}")

    def _course_page(self) -> str:
        frame = f'<iframe name="storage" src="{self.storage_origin}/storage"></iframe>' if self.storage else ""
        return _LISTENER % self.course + frame

    def _tool_page(self) -> str:
        sandbox = f'sandbox="{self.sandbox}"' if self.sandbox else ""
        frame = f'<iframe name="tool" width="800" height="600" {sandbox} src="{html.escape(self.login_url)}"></iframe>'
        return self._course_page() + frame

    def _storage_page(self) -> str:
        return _LISTENER % self.storage

    def _authorisation(self, asked: dict[str, list[str]]) -> str:
        token = self.lms.token(asked["nonce"][0], without=["custom"])
        fields = _hidden({"id_token": token, "state": asked["state"][0]}.items())
        action = html.escape(asked["redirect_uri"][0])
        return (
            f'<form method="post" action="{action}">{fields}<button>Go on</button></form>'
            "<script>document.forms[0].submit()</script>"
        )


def _hidden(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in fields)


def capabilities(*offered: dict[str, str]) -> str:
    return f'if (asked === "lti.capabilities") say(event, {{ supported_messages: {json.dumps(offered)} }});'
