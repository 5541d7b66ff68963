"""The code of a certificate, which people read from paper and type."""

from __future__ import annotations

import secrets

# No vowels, so that no words come about, and nothing that looks like something else: 57 bits in twelve of them.
_SYMBOLS = "23456789BCDFGHJKMNPQRTVWXZ"
_LENGTH, _GROUP = 12, 4


def new_code() -> str:
    """Such as "4F7K2MPQ9RTX", as it is stored."""
    return "".join(secrets.choice(_SYMBOLS) for _place in range(_LENGTH))


def shown_code(code: str) -> str:
    """Such as "4F7K-2MPQ-9RTX"."""
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def typed_code(text: str) -> str | None:
    """What somebody has typed, as it is stored; None for what cannot be a code."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return signs if len(signs) == _LENGTH and set(signs) <= set(_SYMBOLS) else None
