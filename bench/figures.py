"""Figures with a name, and the table that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is the most the value may be, None where nothing is promised."""

    name: str
    value: float
    unit: str
    about: str
    target: float | None = None


def table(title: str, figures: Iterable[Figure]) -> str:
    rows = [(figure.name, f"{figure.value:.3g}", figure.unit, _target(figure), figure.about) for figure in figures]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {target:<{widths[3]}}  {about}".rstrip()
        for name, value, unit, target, about in rows
    ]
    return "\n".join([title, *lines, ""])


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'within' if figure.value <= figure.target else 'OVER'} {figure.target:g}"
