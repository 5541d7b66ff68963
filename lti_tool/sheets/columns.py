"""Which column of a table means what, by what its head says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lti_tool.sheets.sheet import Row

# People put titles and dates above their tables.
_LOOKED_AT = 20
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Head:
    """`columns` are those that are known, by their names; `place` is the number of the row among all, from 0."""

    place: int
    columns: dict[str, int]
    unknown: tuple[str, ...]


def plain(text: str) -> str:
    """For comparing what people write: without case, accents of other letters than Norwegian ones, and punctuation."""
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(map(_without_accent, folded))
    return _APART.sub(" ", folded).strip()


def find_head(rows: Sequence[Row], names: Mapping[str, Iterable[str]]) -> Head | None:
    """The first of the rows that knows most columns; None if none knows any. `names` are what heads may say of each.

    Of two columns with the same meaning the first counts.
    """
    meanings = {plain(name): key for key, all_names in names.items() for name in all_names}
    heads = [_head(place, row, meanings) for place, row in enumerate(rows[:_LOOKED_AT])]
    best = max(heads, key=lambda head: len(head.columns), default=None)
    return best if best and best.columns else None


def _head(place: int, row: Row, meanings: Mapping[str, str]) -> Head:
    columns: dict[str, int] = {}
    unknown: list[str] = []
    for number, cell in enumerate(row.cells):
        key = meanings.get(plain(cell))
        if key is None or key in columns:
            unknown.append(cell)
        else:
            columns[key] = number
    return Head(place, columns, tuple(filter(None, unknown)))


def _without_accent(letter: str) -> str:
    return letter if letter in "æøåäö" else unicodedata.normalize("NFD", letter)[0]
