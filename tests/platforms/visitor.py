"""People at browsers, as far as launches need one."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import requests


class Visitor:
    """A browser with cookies, which follows redirects and submits the forms that would submit themselves."""

    def __init__(self) -> None:
        self.web = requests.Session()

    def follow(self, url: str) -> requests.Response:
        """An address of a platform that begins a launch, to where the launch ends."""
        landed = self.submit(self.web.get(url, timeout=30))
        assert landed.status_code == 303, landed.text
        return self.web.get(urljoin(landed.url, landed.headers["Location"]), timeout=30)

    def choose(self, url: str, *names: str) -> requests.Response:
        """Place content with the tool, from the address that begins it; returns what the platform says in the end."""
        picker = self.follow(url)
        returning = self.submit(picker, choice=list(names), action="add" if names else "cancel")
        assert returning.status_code == 200, returning.text
        return self.submit(returning)

    def submit(self, page: requests.Response, **more: str | list[str]) -> requests.Response:
        """Post the first form of a page with its hidden fields and `more`; a redirect is left to the caller."""
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
