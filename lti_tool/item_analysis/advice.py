"""What the figures of a question suggest to whoever wrote it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from lti_tool.item_analysis import thresholds as limit
from lti_tool.item_analysis.analysis import Item
from lti_tool.item_analysis.figures import Chosen


class Kind(enum.StrEnum):
    """In the order of urgency."""

    AGAINST = "against"
    STRONGER = "stronger"
    RIVAL = "rival"
    HARD = "hard"
    STILL_WRONG = "still-wrong"
    EASY = "easy"
    HARDLY = "hardly"
    UNBELIEVED = "unbelieved"
    UNANSWERED = "unanswered"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Advice:
    """`options` are the keys of those it is about."""

    kind: Kind
    options: tuple[str, ...] = ()


def advise(item: Item) -> list[Advice]:
    """Nothing about a question that too few people have answered."""
    if not item.enough:
        return []
    of_question = [Advice(kind) for kind, holds in _holds(item).items() if holds]
    of_options = [Advice(kind, options) for kind, options in _of_options(item).items() if options]
    return sorted(of_question + of_options, key=lambda advice: list(Kind).index(advice.kind))


def _holds(item: Item) -> dict[Kind, bool]:
    correlation, easy = item.correlation, item.facility >= limit.EASY
    return {
        Kind.AGAINST: correlation is not None and correlation < 0 and not easy,
        Kind.HARDLY: correlation is not None and 0 <= correlation < limit.HARDLY and not easy,
        Kind.EASY: easy,
        Kind.HARD: item.facility < limit.HARD,
        Kind.STILL_WRONG: item.later >= limit.ENOUGH and item.later_right / item.later < limit.STILL_WRONG,
        Kind.UNANSWERED: item.unanswered / item.people >= limit.UNANSWERED,
        Kind.SLOW: item.timed >= limit.ENOUGH and item.pace is not None and item.pace >= limit.SLOW,
    }


def _of_options(item: Item) -> dict[Kind, tuple[str, ...]]:
    wrong = [choice for choice in item.choices if not choice.correct]
    stronger = {choice.key for choice in wrong if _is_stronger(choice, item)}
    rivals = [choice.key for choice in wrong if _is_rival(choice, item) and choice.key not in stronger]
    return {
        Kind.STRONGER: tuple(choice.key for choice in wrong if choice.key in stronger),
        Kind.RIVAL: tuple(rivals),
        Kind.UNBELIEVED: tuple(_unbelieved(wrong)),
    }


def _is_stronger(choice: Chosen, item: Item) -> bool:
    """Whether those who chose it did better elsewhere than those who were right."""
    if choice.people < limit.STRONGER or choice.others is None or item.right_others is None:
        return False
    return choice.others > item.right_others


def _is_rival(choice: Chosen, item: Item) -> bool:
    """Whether nearly as many chose it as the right option, or the one of several that fewest chose."""
    least = min(option.people for option in item.choices if option.correct)
    return choice.people >= limit.STRONGER and choice.people >= limit.RIVAL * least


def _unbelieved(wrong: list[Chosen]) -> Iterator[str]:
    """Wrong options that far fewer chose than chance would let; none where few wrong options were chosen at all."""
    alike = sum(choice.people for choice in wrong) / len(wrong)
    if alike < limit.EXPECTED:
        return
    for choice in wrong:
        if choice.share < limit.UNBELIEVED and choice.people < alike / 2:
            yield choice.key
