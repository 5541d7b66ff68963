"""The figures of a sample, put together from what was counted. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lti_tool.item_analysis import figures
from lti_tool.item_analysis.counted import Counted
from lti_tool.item_analysis.figures import Alike, Chosen
from lti_tool.item_analysis.thresholds import ENOUGH, ENOUGH_TO_DISCRIMINATE, FEWEST
from lti_tool.item_analysis.wordings import Wording
from lti_tool.quiz.marking import is_right


@dataclass(frozen=True, slots=True)
class Item:
    """One wording of a question: figures of first attempts, but for `later`, which are attempts, and `later_right`.

    `correlation` and `index` are None where too few people answered or there is nothing to compare. `right_others` is
    what share of the other questions those had right who were right here. `seconds` is the median of the `timed`
    people whose time is known, `pace` how many times that of the other questions it is.
    """

    wording: Wording
    people: int
    right: int
    unanswered: int
    correlation: float | None
    index: float | None
    choices: tuple[Chosen, ...]
    right_others: float | None
    later: int
    later_right: int
    timed: int
    seconds: float | None
    pace: float | None = None

    @property
    def facility(self) -> float:
        """The share who were right, high for an easy question; Crocker & Algina 1986, ch. 14, call it difficulty."""
        return self.right / self.people if self.people else 0.0

    @property
    def told(self) -> bool:
        """Whether any figure is shown."""
        return self.people >= FEWEST

    @property
    def enough(self) -> bool:
        """Whether there is anything to say about it."""
        return self.people >= ENOUGH

    @property
    def missing(self) -> int:
        """How many more people it takes to tell how well the question discriminates."""
        return max(0, ENOUGH_TO_DISCRIMINATE - self.people)


@dataclass(frozen=True, slots=True)
class Whole:
    """The test as a whole. `passed_at` says how many passed at which attempt, `scores` how many had how many right at
    their first, from none to all. Where versions ask different questions, `scores` is empty and nothing is reliable.
    """

    people: int
    passed_at: Mapping[int, int]
    scores: tuple[int, ...]
    reliability: float | None

    @property
    def not_passed(self) -> int:
        return self.people - sum(self.passed_at.values())

    @property
    def told(self) -> bool:
        return self.people >= FEWEST

    @property
    def missing(self) -> int:
        return max(0, ENOUGH_TO_DISCRIMINATE - self.people)


def items(wordings: Iterable[Wording], counted: Counted) -> list[Item]:
    """In the order of the wordings; each is compared in time with the others."""
    found = [_item(wording, counted.asked(wording.key, wording.versions)) for wording in wordings]
    return [replace(item, pace=_pace(item, found)) for item in found]


def whole(found: Sequence[Item], counted: Counted) -> Whole:
    """`found` are the items of everything that is asked in the sample."""
    scores, passed = Counter[int](), Counter[int]()
    for row in counted.first:
        scores[row.score] += row.people
    for row in counted.outcomes:
        passed[row.attempt] += row.people if row.passed else 0
    people, passed_at = sum(scores.values()), {attempt: n for attempt, n in sorted(passed.items()) if n}
    answered = {row.version for row in counted.first}
    asked = [item for item in found if answered & set(item.wording.versions)]
    if not all(answered <= set(item.wording.versions) for item in asked):
        return Whole(people, passed_at, (), None)
    consistent = figures.reliability([item.facility for item in asked], scores)
    spread = tuple(scores[score] for score in range(len(asked) + 1))
    return Whole(people, passed_at, spread, consistent if people >= ENOUGH_TO_DISCRIMINATE else None)


def _item(wording: Wording, counted: Counted) -> Item:
    answers = alike(wording.solution, counted)
    people = figures.people_in(answers)
    enough = people >= ENOUGH_TO_DISCRIMINATE
    right = [group for group in answers if group.right]
    later = [row for row in counted.answers if row.score is None and is_right(wording.solution, row.chosen)]
    times = Counter[int]()
    for row in counted.times:
        times[row.seconds] += row.people
    return Item(
        wording=wording,
        people=people,
        right=figures.people_in(right),
        unanswered=figures.people_in(group for group in answers if not group.chosen),
        correlation=figures.item_rest_correlation(answers) if enough else None,
        index=figures.upper_lower_index(answers) if enough else None,
        choices=figures.choices(answers, {option.key: option.correct for option in wording.question.options}),
        right_others=figures.mean_others(right),
        later=sum(row.people for row in counted.outcomes if row.attempt > 1),
        later_right=sum(row.people for row in later),
        timed=sum(times.values()),
        seconds=figures.median(times),
    )


def alike(solution: frozenset[str], counted: Counted) -> list[Alike]:
    """Everybody who was asked at a first attempt, those who left the question unanswered too."""
    found = Counter[tuple[int, int, frozenset[str]]]()
    for row in counted.first:
        found[row.version, row.score, frozenset()] += row.people
    for answer in counted.answers:
        if answer.score is not None:
            found[answer.version, answer.score, frozenset()] -= answer.people
            found[answer.version, answer.score, answer.chosen] += answer.people
    return [
        Alike(chosen, is_right(solution, chosen), score, counted.questions[version], people)
        for (version, score, chosen), people in found.items()
        if people
    ]


def _pace(item: Item, found: Iterable[Item]) -> float | None:
    others = [other.seconds for other in found if other is not item and other.seconds is not None]
    usual = statistics.median(others) if others else 0
    return item.seconds / usual if item.seconds is not None and usual else None
