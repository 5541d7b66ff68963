"""Ask a platform for a roster. No database here."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from lti_tool import http
from lti_tool.http import OutgoingError, Sender
from lti_tool.lti.rosters.schedule import LEASE, Errand
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.limits import within
from lti_tool.lti.services.roster import Listing, Roster
from lti_tool.lti.services.tokens import TokenCache

# All pages together: a worker's, and those that a person waits for.
PATIENCE = LEASE.total_seconds() / 2
SHORT_PATIENCE = 10.0
# Some platforms put thousands of members on one page and need their time for it.
PAGE_SECONDS = 60.0


@dataclass(frozen=True)
class Fetcher:
    """How this process asks: one for each application, so that its threads share the tokens."""

    send: Sender = http.send
    tokens: TokenCache = field(default_factory=TokenCache)
    chance: Callable[[], float] = random.random
    # Held by the one thread that reads what is due: the others are there for scores.
    turn: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, errand: Errand, seconds: float) -> Listing:
        """Raises `OutgoingError`."""
        if errand.client is None:
            raise OutgoingError("no signing key", retry=True)
        send = within(self.send, seconds, each=PAGE_SECONDS)
        return Roster(Connector(errand.client, self.tokens, send), errand.url).listing()
