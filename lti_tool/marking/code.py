"""The code that is shown where people meet: another every half minute, and nothing of it is stored. Pure."""

from __future__ import annotations

import hmac
from datetime import datetime

STEP = 30
# No vowels, so that no words come about, and nothing that looks like something else.
_SYMBOLS = "23456789BCDFGHJKMNPQRTVWXZ"
_LENGTH = 6


def code_at(secret: str, session_id: int, moment: datetime) -> str:
    """Such as "4F7K2M"."""
    return _code(secret, session_id, _step(moment))


def is_shown(secret: str, session_id: int, typed: str, moment: datetime) -> bool:
    """Whether it is the code of now, or the one before: somebody who began to type it can finish."""
    entered = "".join(typed.upper().split()).replace("-", "").encode(errors="replace")
    steps = (_step(moment), _step(moment) - 1)
    return any(hmac.compare_digest(_code(secret, session_id, step).encode(), entered) for step in steps)


def seconds_left(moment: datetime) -> int:
    """Until another code is shown."""
    return STEP - int(moment.timestamp()) % STEP


def spaced(code: str) -> str:
    """Such as "4F7 K2M"."""
    return f"{code[:3]} {code[3:]}"


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def _code(secret: str, session_id: int, step: int) -> str:
    # As one-time passwords by time, RFC 6238, but with letters.
    digest = hmac.digest(secret.encode(), f"check-in {session_id} {step}".encode(), "sha256")
    number = int.from_bytes(digest)
    return "".join(_SYMBOLS[number // len(_SYMBOLS) ** place % len(_SYMBOLS)] for place in range(_LENGTH))
