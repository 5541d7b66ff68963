"""The order of options within an attempt: different in each, the same on every reload."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def shuffled(keys: Iterable[str], seed: int, question_key: str) -> list[str]:
    """`keys` in an order that follows from `seed` and the question alone, on any machine and Python."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{question_key}:{key}".encode()).digest())
