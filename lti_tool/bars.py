"""Bars of a chart, as shares of their whole. Their table stands in `templates/_bars.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: where it begins and how wide it is, both as shares of the whole bar in [0, 1]."""

    count: int
    share: float
    start: float


def parts(counts: Sequence[int]) -> list[Part]:
    """The bar of these counts, side by side; nothing but zeros is a bar without width."""
    total = sum(counts) or 1
    return [Part(count, count / total, sum(counts[:place]) / total) for place, count in enumerate(counts)]
