"""Terms as people write them in lists: "2026-autumn", "Høst 2026", "H26". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from lti_tool.programme.content import ProgrammeContent, Term
from lti_tool.sheets.columns import plain

_PARTS = re.compile(r"\d+|[^\W\d_]+")


def known_terms(programme: ProgrammeContent) -> Callable[[str], str | None]:
    """As `term_of`, for many lines that say the same few terms."""
    return lru_cache(maxsize=100)(lambda said: term_of(said, programme))


def term_of(said: str, programme: ProgrammeContent) -> str | None:
    """Such as "2026-autumn"; None for what is no term of the programme."""
    parts = _PARTS.findall(plain(said))
    years = [part for part in parts if part.isascii() and part.isdigit() and len(part) in (2, 4)]
    words = [part for part in parts if not part.isdigit()]
    if len(parts) != 2 or len(years) != 1 or len(words) != 1:
        return None
    meant = [term for term in programme.terms if words[0] in _names(term)]
    initial = [term for term in programme.terms if words[0] in {name[0] for name in _names(term)}]
    year = years[0] if len(years[0]) == 4 else f"20{years[0]}"
    # An initial that two terms have says nothing.
    return f"{year}-{(meant or initial)[0].key}" if len(meant or initial) == 1 else None


def _names(term: Term) -> set[str]:
    return {plain(name) for name in (term.key, *term.titles.values())}
