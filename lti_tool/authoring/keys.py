"""Names of things, made of what they say. Nobody sees them but in addresses, and they never change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 40
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ŋ": "n", "ŧ": "t"})
_OTHERS = re.compile(r"[^a-z0-9]+")


def key_for(text: str, taken: Collection[str], usual: str) -> str:
    """A key for `text` that is none of `taken`; `usual` where it has no letter that a key can have."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    words = _OTHERS.sub("-", plain).strip("-")
    wanted = _shortened(words) or usual
    return wanted if wanted not in taken else next_key(f"{wanted}-", taken)


def next_key(prefix: str, taken: Collection[str]) -> str:
    """`prefix` and a number higher than any that is taken, from 1."""
    numbers = [int(key.removeprefix(prefix)) for key in taken if re.fullmatch(re.escape(prefix) + r"\d{1,9}", key)]
    return f"{prefix}{max(numbers, default=0) + 1}"


def _shortened(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    head, _, _last = words[: LONGEST + 1].rpartition("-")
    return head or words[:LONGEST]
