"""People who use Open edX and the tool in it, the tool's registrations there, and what the platform keeps."""

from __future__ import annotations

import requests

from lti_tool.database import db
from lti_tool.lti.actions import NewPlatform, add_platform
from tests.cast import add_module, small_module
from tests.platforms.conftest import ServedTool
from tests.platforms.visitor import Visitor


class EdxVisitor(Visitor):
    """Somebody who is signed in to Open edX."""

    def __init__(self, platform: str, username: str) -> None:
        super().__init__()
        self.platform = platform
        self.web.get(f"{platform}/_/as/{username}", timeout=30).raise_for_status()

    def launch(self, block: str) -> requests.Response:
        return self.follow(f"{self.platform}/_/launch/{block}")


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
