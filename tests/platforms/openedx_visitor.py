"""People who use Open edX and the tool in it, as far as that needs a browser, and the tool's registrations there."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import requests

from lti_tool.database import db
from lti_tool.lti.actions import NewPlatform, add_platform
from tests.cast import add_module, small_module
from tests.platforms.conftest import ServedTool


class Visitor:
    """A browser as far as launches need one: cookies, redirects, and forms that submit themselves."""

    def __init__(self, platform: str, username: str) -> None:
        self.platform = platform
        self.web = requests.Session()
        self.web.get(f"{platform}/_/as/{username}", timeout=30).raise_for_status()

    def launch(self, block: str) -> requests.Response:
        return self.follow(f"{self.platform}/_/launch/{block}")

    def follow(self, url: str) -> requests.Response:
        """An address of the platform that begins a launch, to where the launch ends."""
        landed = self.submit(self.web.get(url, timeout=30))
        return self.web.get(urljoin(landed.url, landed.headers["Location"]), timeout=30)

    def submit(self, page: requests.Response, **more: str | list[str]) -> requests.Response:
        """Post the first form of a page with its hidden fields and `more`; the redirect is left to the caller."""
        form = re.search(r'<form[^>]*action="([^"]+)".*?</form>', page.text, re.DOTALL)
        assert form, page.text[:500]
        fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form.group(0))
        data = {**{name: unescape(value) for name, value in fields}, **more}
        self._allow_loopback()
        url = urljoin(page.url, unescape(form.group(1)))
        answer = self.web.post(url, data=data, timeout=30, allow_redirects=False)
        self._allow_loopback()
        return answer

    def _allow_loopback(self) -> None:
        # Browsers send Secure cookies to loopback over plain http; Python's jar does not.
        for cookie in self.web.cookies:
            cookie.secure = False


def register(tool: ServedTool, platform: str, *blocks: str) -> None:
    """Register each block's client, as all of them have one issuer, and put a module into the tool."""
    with tool.app.app_context():
        for block in blocks:
            told = requests.get(f"{platform}/_/info/{block}", timeout=30).json()
            registration = NewPlatform(
                name=f"Open edX {block}",
                issuer=told["issuer"],
                client_id=told["client_id"],
                auth_url=told["oidc_callback"],
                token_url=told["token_url"],
                jwks_url=told["keyset_url"],
                deployment_ids=(told["deployment_id"],),
            )
            add_platform(db.session, registration, development=True)
        add_module(db.session, small_module())
        db.session.commit()


def kept(platform: str, what: str, block: str) -> list[dict[str, object]]:
    """What the platform keeps of a block: its "grades", "line-items" or "content"."""
    answer = requests.get(f"{platform}/_/{what}/{block}", timeout=30).json()
    return list(answer[what.replace("-", "_")])
