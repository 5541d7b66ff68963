"""What evaluators judged: how often each level was chosen, and how far two evaluators of one essay lie apart. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

# One evaluation: whose essay it is about, and the level of each criterion, lowest 0; None where no level is known.
Judged = tuple[int, Mapping[str, int | None]]


@dataclass(frozen=True, slots=True)
class Judgements:
    """Of one criterion: `levels[n]` evaluations chose level n; `apart[n]` pairs of one essay lie n levels apart."""

    levels: tuple[int, ...]
    apart: tuple[int, ...]

    @property
    def given(self) -> int:
        return sum(self.levels)

    @property
    def pairs(self) -> int:
        return sum(self.apart)


def judgements(criterion: str, levels: int, evaluations: Sequence[Judged]) -> Judgements:
    """`levels` is how many the criterion has. An essay with a third evaluation makes three pairs."""
    chosen = [(essay, judged[criterion]) for essay, judged in evaluations]
    counts = Counter(level for _essay, level in chosen if level is not None)
    apart = Counter(_distances(chosen))
    return Judgements(tuple(counts[n] for n in range(levels)), tuple(apart[n] for n in range(levels)))


def _distances(chosen: Iterable[tuple[int, int | None]]) -> Iterable[int]:
    of_essay: dict[int, list[int]] = {}
    for essay, level in chosen:
        if level is not None:
            of_essay.setdefault(essay, []).append(level)
    return (abs(one - other) for levels in of_essay.values() for one, other in combinations(levels, 2))
