"""Columns with results in them, read back."""

from __future__ import annotations

from typing import Any

from lti_tool.database import now
from lti_tool.passback import results
from lti_tool.passback.queries import HeldResult, held_results
from lti_tool.passback.reader import read_next
from tests.passback.conftest import Outbox

ITEM = "/items/TDT4100"


def shown(given: float, comment: str | None = None, maximum: float = 100) -> dict[str, Any]:
    return {"timestamp": now().isoformat(), "scoreGiven": given, "scoreMaximum": maximum, "comment": comment}


def fetch(outbox: Outbox, course: str = "TDT4100") -> None:
    """What a member of staff does who wants to know."""
    results.ask_for(outbox.session, outbox.cast.courses[course])
    outbox.session.commit()
    read_all(outbox)


def read_all(outbox: Outbox) -> int:
    count = 0
    while read_next(outbox.session, outbox.courier):
        count += 1
    return count


def held(outbox: Outbox, name: str = "lina") -> HeldResult | None:
    item_id, person_id = outbox.item().id, outbox.cast.person_id(name)
    found = held_results(outbox.session, [item_id], [person_id]).get((item_id, person_id))
    outbox.session.rollback()
    return found
