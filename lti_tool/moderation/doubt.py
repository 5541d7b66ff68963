"""Why an evaluation is worth a coordinator's look, and how much. Figures about one evaluation, never about a person."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# Of the four levels of a criterion, neighbours are a matter of taste.
GAP_FROM = 2
SHORT_BELOW = 1.1
# Ordinary comments of 60 to 500 words have between 65 and 45 different ones in a hundred.
REPEATED_BELOW = 0.3
COPIED_FROM = 0.3
# The upper end of how fast adults read non-fiction: Brysbaert 2019, https://doi.org/10.1016/j.jml.2019.104047
READ_WORDS_PER_MINUTE = 300
# What trained typists reach who do it for a living: Feit et al. 2016, https://doi.org/10.1145/2858036.2858233
WRITTEN_WORDS_PER_MINUTE = 80


class Reason(enum.StrEnum):
    FLAGGED = "flagged"
    COPIED = "copied"
    GAP = "gap"
    FAST = "fast"
    REPEATED = "repeated"
    NOT_USEFUL = "not-useful"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of an evaluation; `models.Doubt` says what each figure means."""

    words: int
    distinct_words: int
    words_min: int
    seconds: int
    seconds_needed: int
    gap: int | None = None
    gap_on: str | None = None
    copied_share: float | None = None
    flagged: bool = False
    not_useful: bool = False


def doubt_points(figures: Figures) -> int:
    """0 is undoubtful; what makes any figure worse never makes this less."""
    return sum(reasons(figures).values())


def reasons(figures: Figures) -> dict[Reason, int]:
    """The points of each reason there is, the weightiest first."""
    found = {
        Reason.FLAGGED: 100 if figures.flagged else 0,
        Reason.COPIED: _copied(figures.copied_share or 0),
        Reason.GAP: _gap(figures.gap or 0),
        Reason.FAST: _fast(figures.seconds, figures.seconds_needed),
        Reason.REPEATED: 40 if figures.distinct_words < REPEATED_BELOW * figures.words else 0,
        Reason.NOT_USEFUL: 20 if figures.not_useful else 0,
        Reason.SHORT: 10 if figures.words < SHORT_BELOW * figures.words_min else 0,
    }
    return {reason: points for reason, points in sorted(found.items(), key=lambda item: -item[1]) if points}


def largest_gap(own: Mapping[str, int], others: Collection[Mapping[str, int]]) -> tuple[str, int] | None:
    """The criterion on which `own` levels lie furthest from those of another evaluation, and how far.

    None where nobody else has rated any of them.
    """
    gaps = [(key, abs(level - other[key])) for key, level in own.items() for other in others if key in other]
    return max(gaps, key=lambda gap: gap[1], default=None)


def seconds_to_read(words: int) -> int:
    """What a quick reader takes."""
    return round(words * 60 / READ_WORDS_PER_MINUTE)


def seconds_to_write(words: int) -> int:
    """What a quick typist takes who does not stop to think."""
    return round(words * 60 / WRITTEN_WORDS_PER_MINUTE)


def _copied(share: float) -> int:
    return round(100 * share) if share >= COPIED_FROM else 0


def _gap(levels: int) -> int:
    return 25 * (levels - 1) if levels >= GAP_FROM else 0


def _fast(seconds: int, needed: int) -> int:
    """Up to 60, at least 10: one second less than needed is a reason, too."""
    return 10 + round(50 * (1 - seconds / needed)) if seconds < needed else 0
